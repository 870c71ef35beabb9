/* SPDX-License-Identifier: Apache-2.0 */
/* Makes small rpm headers and databases of readable parts. */
#ifndef TESTS_RPM_MAKE_H
#define TESTS_RPM_MAKE_H

#include "base/strbuf.h"

#include <stdlib.h>
#include <zlib.h>

static inline void
put_be(struct strbuf *to, uint64_t value, int bytes)
{
	while (bytes-- > 0)
		strbuf_putc(to, (char)(value >> (8 * bytes)));
}

static inline void
put_le(struct strbuf *to, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_putc(to, (char)(value >> (8 * i)));
}

static inline void
poke(struct strbuf *in, size_t at, struct slice bytes)
{
	memcpy(in->p + at, bytes.p, bytes.n);
}

static inline void
poke_number(struct strbuf *in, size_t at, uint64_t value, int bytes, bool big)
{
	for (int i = 0; i < bytes; i++)
		in->p[at + (size_t)i] = (char)(value >> (8 * (big ? bytes - 1 - i : i)));
}

/* What headers provide, require, and have as files are lists of texts: words here. */
struct tag {
	uint32_t tag;
	const char *text;    /* NULL: the number, as INT32 */
	uint32_t number;
};

static inline bool
is_list(uint32_t tag)
{
	return tag == 1047 || tag == 1049 || tag == 1117 || tag == 1118;
}

static inline uint32_t
put_words(struct strbuf *data, const char *text)
{
	uint32_t n = 0;
	for (struct slice rest = slice_of(text), word; slice_word(&rest, &word); n++) {
		strbuf_put(data, word);
		strbuf_putc(data, '\0');
	}
	return n;
}

/* A header with `filler` bytes of a description, so that it can be made too long for one page. */
static inline void
make_header(struct strbuf *out, const struct tag *tags, size_t n, size_t filler)
{
	struct strbuf data = { 0 };
	struct strbuf index = { 0 };
	for (size_t i = 0; i < n; i++) {
		if (tags[i].text == NULL)
			strbuf_fill(&data, 0, (4 - data.n % 4) % 4);
		put_be(&index, tags[i].tag, 4);
		put_be(&index, is_list(tags[i].tag) ? 8 : tags[i].text ? 6 : 4, 4);
		put_be(&index, data.n, 4);
		put_be(&index, is_list(tags[i].tag) ? put_words(&data, tags[i].text) : 1, 4);
		if (is_list(tags[i].tag))
			continue;
		if (tags[i].text)
			strbuf_put(&data, (struct slice){ tags[i].text, strlen(tags[i].text) + 1 });
		else
			put_be(&data, tags[i].number, 4);
	}
	put_be(&index, 1005, 4);
	put_be(&index, 7, 4);
	put_be(&index, data.n, 4);
	put_be(&index, filler, 4);
	strbuf_fill(&data, 'd', filler);
	put_be(out, n + 1, 4);
	put_be(out, data.n, 4);
	strbuf_put(out, strbuf_slice(&index));
	strbuf_put(out, strbuf_slice(&data));
	strbuf_done(&index);
	strbuf_done(&data);
}

/* An ndb file: one page of slots, then the headers in order. */
static inline void
make_ndb(struct strbuf *out, const struct strbuf *headers, size_t n)
{
	strbuf_puts(out, "RpmP");
	put_le(out, 0, 4);
	put_le(out, 1, 4);
	put_le(out, 1, 4);
	put_le(out, n + 1, 4);
	strbuf_fill(out, 0, 12);
	for (size_t i = 0; i < 254; i++) {
		strbuf_puts(out, "Slot");
		strbuf_fill(out, 0, 12);
	}
	for (size_t i = 0; i < n; i++) {
		size_t start = out->n;
		strbuf_puts(out, "BlbS");
		put_le(out, i + 1, 4);
		put_le(out, 1, 4);
		put_le(out, headers[i].n, 4);
		strbuf_put(out, strbuf_slice(&headers[i]));
		strbuf_fill(out, 0, (16 - (out->n + 12) % 16) % 16);
		put_le(out, adler32(1, (const Bytef *)out->p + start, (uInt)(out->n - start)), 4);
		put_le(out, headers[i].n, 4);
		strbuf_puts(out, "BlbE");
		poke_number(out, 32 + 16 * i + 4, i + 1, 4, false);
		poke_number(out, 32 + 16 * i + 8, start / 16, 4, false);
		poke_number(out, 32 + 16 * i + 12, (out->n - start) / 16, 4, false);
	}
}

/* One page of a Berkeley DB file. */
static inline size_t
make_bdb_page(struct strbuf *out, int type, uint32_t next, uint32_t entries, uint32_t length, bool big)
{
	size_t start = out->n;
	strbuf_fill(out, 0, 512);
	poke_number(out, start + 8, start / 512, 4, big);
	poke_number(out, start + 16, next, 4, big);
	poke_number(out, start + 20, entries, 2, big);
	poke_number(out, start + 22, length, 2, big);
	out->p[start + 25] = (char)type;
	return start;
}

/* A Berkeley DB hash file of 512-byte pages: metadata, a hash page with the counter, one per header, overflow pages. */
static inline void
make_bdb(struct strbuf *out, const struct strbuf *headers, size_t n, bool big)
{
	make_bdb_page(out, 8, 0, 0, 0, big);
	poke_number(out, 12, 0x061561, 4, big);
	poke_number(out, 16, 9, 4, big);
	poke_number(out, 20, 512, 4, big);
	poke_number(out, 88, n + 1, 4, big);
	for (size_t i = 0; i <= n; i++) {
		size_t page = make_bdb_page(out, 13, 0, 2, 0, big);
		poke_number(out, page + 26, 507, 2, big);
		out->p[page + 507] = 1;
		poke_number(out, page + 508, i, 4, big);
		size_t at = i ? 495 : 502;
		poke_number(out, page + 28, at, 2, big);
		out->p[page + at] = i ? 3 : 1;
		if (i == 0)
			continue;
		poke_number(out, page + at + 4, out->n / 512, 4, big);
		poke_number(out, page + at + 8, headers[i - 1].n, 4, big);
		for (struct slice rest = strbuf_slice(&headers[i - 1]); rest.n > 0; ) {
			struct slice piece = slice_first(rest, 486);
			rest = slice_from(rest, piece.n);
			size_t below = make_bdb_page(out, 7, rest.n ? (uint32_t)(out->n / 512 + 1) : 0, 1, (uint32_t)piece.n, big);
			poke(out, below + 26, piece);
		}
	}
	poke_number(out, 32, out->n / 512 - 1, 4, big);
}

static inline void
put_varint(struct strbuf *to, uint64_t value)
{
	if (value >= 1 << 14)
		strbuf_putc(to, (char)(0x80 | value >> 14));
	if (value >= 1 << 7)
		strbuf_putc(to, (char)(0x80 | (value >> 7 & 0x7f)));
	strbuf_putc(to, (char)(value & 0x7f));
}

/* Puts a record as the only cell of page `number`, with overflow pages behind the end of the file. */
static inline void
make_sqlite_leaf(struct strbuf *out, size_t number, struct slice record)
{
	struct strbuf cell = { 0 };
	size_t start = (number - 1) * 512, head = number == 1 ? 100 : 0;
	size_t here = record.n, least = (512 - 12) * 32 / 255 - 23;
	if (here > 512 - 35) {
		here = least + (record.n - least) % 508;
		here = here <= 512 - 35 ? here : least;
	}
	put_varint(&cell, record.n);
	put_varint(&cell, number);
	strbuf_put(&cell, slice_first(record, here));
	struct slice rest = slice_from(record, here);
	if (rest.n > 0)
		put_be(&cell, out->n / 512 + 1, 4);
	out->p[start + head] = 13;
	poke_number(out, start + head + 3, 1, 2, true);
	poke_number(out, start + head + 5, 512 - cell.n, 2, true);
	poke_number(out, start + head + 8, 512 - cell.n, 2, true);
	poke(out, start + 512 - cell.n, strbuf_slice(&cell));
	strbuf_done(&cell);
	while (rest.n > 0) {
		struct slice piece = slice_first(rest, 508);
		rest = slice_from(rest, piece.n);
		put_be(out, rest.n ? out->n / 512 + 2 : 0, 4);
		strbuf_put(out, piece);
		strbuf_fill(out, 0, 508 - piece.n);
	}
}

/* An SQLite file of 512-byte pages: schema, the root of Packages (interior), one leaf per header, overflow pages. */
static inline void
make_sqlite(struct strbuf *out, const struct strbuf *headers, size_t n)
{
	struct strbuf record = { 0 };
	strbuf_fill(out, 0, 512 * (2 + n));
	poke(out, 0, (struct slice){ "SQLite format 3", 16 });
	poke_number(out, 16, 512, 2, true);
	out->p[18] = out->p[19] = 2;
	poke(out, 21, SLICE("\x40\x20\x20"));
	poke_number(out, 44, 4, 4, true);
	poke_number(out, 56, 1, 4, true);
	strbuf_put(&record, SLICE("\6\x17\x1d\x1d\1\x75" "tablePackagesPackages\2" "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY,blob)"));
	make_sqlite_leaf(out, 1, strbuf_slice(&record));
	out->p[512] = 5;
	poke_number(out, 512 + 3, n - 1, 2, true);
	poke_number(out, 512 + 5, 512 - 5 * (n - 1), 2, true);
	poke_number(out, 512 + 8, n + 2, 4, true);
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n) {
			size_t at = 512 - 5 * (i + 1);
			poke_number(out, 512 + 12 + 2 * i, at, 2, true);
			poke_number(out, 512 + at, i + 3, 4, true);
			out->p[512 + at + 4] = (char)(i + 3);
		}
		strbuf_clear(&record);
		strbuf_putc(&record, headers[i].n * 2 + 12 >= 1 << 14 ? 5 : 4);
		strbuf_putc(&record, 0);
		put_varint(&record, headers[i].n * 2 + 12);
		strbuf_put(&record, strbuf_slice(&headers[i]));
		make_sqlite_leaf(out, i + 3, strbuf_slice(&record));
	}
	strbuf_done(&record);
}

#endif
