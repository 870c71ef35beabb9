/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives by their central directory; local headers are believed only where they agree with it. */
#include "codec/zip.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

#include <stdlib.h>
#include <zlib.h>

#define END_SIZE      22
#define END64_SIZE    56
#define LOCATOR_SIZE  20
#define COMMENT_MOST  65535

#define METHOD_STORED   0
#define METHOD_DEFLATED 8

struct directory {
	uint64_t at, size, entries;
};

/* The end record stands before a comment of unknown length: the last one whose comment ends the file. */
static bool
end_find(struct slice bytes, size_t *at)
{
	size_t least = bytes.n > END_SIZE + COMMENT_MOST ? bytes.n - END_SIZE - COMMENT_MOST : 0;
	for (size_t i = bytes.n < END_SIZE ? 0 : bytes.n - END_SIZE + 1; i-- > least;) {
		struct cursor c = cursor_of(slice_from(bytes, i));
		if (cursor_u32le(&c) != 0x06054b50)
			continue;
		cursor_seek(&c, 20);
		if (cursor_u16le(&c) == bytes.n - i - END_SIZE && !c.bad) {
			*at = i;
			return true;
		}
	}
	return false;
}

static int
directory64_read(struct slice bytes, size_t end_at, struct directory *out, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, end_at - LOCATOR_SIZE);
	if (cursor_u32le(&c) != 0x07064b50)
		return error_set(err, PLIM_EFORMAT, "zip: the zip64 locator is missing at offset %zu", end_at - LOCATOR_SIZE);
	cursor_u32le(&c);
	uint64_t at = cursor_u64le(&c);
	if (at > bytes.n)
		return error_set(err, PLIM_EFORMAT, "zip: the zip64 end record lies past the end");
	cursor_seek(&c, (size_t)at);
	if (cursor_u32le(&c) != 0x06064b50)
		return error_set(err, PLIM_EFORMAT, "zip: no zip64 end record at offset %llu", (unsigned long long)at);
	cursor_seek(&c, (size_t)at + 32);
	out->entries = cursor_u64le(&c);
	out->size = cursor_u64le(&c);
	out->at = cursor_u64le(&c);
	return c.bad ? error_set(err, PLIM_EFORMAT, "zip: the zip64 end record is cut off") : 0;
}

static int
directory_find(struct slice bytes, struct directory *out, struct plim_error *err)
{
	size_t at;
	if (!end_find(bytes, &at))
		return error_set(err, PLIM_EFORMAT, "zip: there is no end record: cut off, or not a zip");
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, at + 10);
	out->entries = cursor_u16le(&c);
	out->size = cursor_u32le(&c);
	out->at = cursor_u32le(&c);
	bool is64 = out->entries == UINT16_MAX || out->size == UINT32_MAX || out->at == UINT32_MAX;
	if (is64 && at >= LOCATOR_SIZE) {
		int r = directory64_read(bytes, at, out, err);
		if (r < 0)
			return r;
	}
	if (out->at > at || out->size > at - out->at)
		return error_set(err, PLIM_EFORMAT, "zip: the directory does not lie before its end record");
	if (out->entries > LIMIT_FEED_MEMBER_COUNT || out->entries * 46 > out->size)
		return error_set(err, PLIM_EFORMAT, "zip: the directory cannot hold the %llu entries that it claims", (unsigned long long)out->entries);
	return 0;
}

/* Zip64 sizes stand in the extra field of id 1, only those that are all ones in the entry itself. */
static void
extra_read(struct slice extra, struct zip_member *member)
{
	struct cursor c = cursor_of(extra);
	while (cursor_left(&c) >= 4) {
		uint16_t id = cursor_u16le(&c);
		struct cursor field = cursor_of(cursor_take(&c, cursor_u16le(&c)));
		if (id != 1)
			continue;
		if (member->size == UINT32_MAX)
			member->size = cursor_u64le(&field);
		if (member->packed == UINT32_MAX)
			member->packed = cursor_u64le(&field);
		if (member->header_at == UINT32_MAX)
			member->header_at = cursor_u64le(&field);
	}
}

static int
member_read(struct cursor *c, const struct zip *zip, struct zip_member *out, struct plim_error *err)
{
	size_t at = c->at;
	bool begins = cursor_u32le(c) == 0x02014b50;
	cursor_take(c, 4);
	uint16_t flags = cursor_u16le(c);
	out->method = cursor_u16le(c);
	cursor_take(c, 4);
	out->crc = cursor_u32le(c);
	out->packed = cursor_u32le(c);
	out->size = cursor_u32le(c);
	uint16_t name_size = cursor_u16le(c), extra_size = cursor_u16le(c), comment_size = cursor_u16le(c);
	cursor_take(c, 8);
	out->header_at = cursor_u32le(c);
	out->name = cursor_take(c, name_size);
	extra_read(cursor_take(c, extra_size), out);
	cursor_take(c, comment_size);
	if (c->bad || !begins)
		return error_set(err, PLIM_EFORMAT, "zip: no whole directory entry at offset %zu", at);
	if (out->name.n > LIMIT_PATH_BYTES)
		return error_set(err, PLIM_ELIMIT, "zip: a name beyond limit PATH_BYTES at offset %zu", at);
	if (flags & 1)
		return error_set(err, PLIM_EUNSUPPORTED, "zip: encrypted member at offset %zu", at);
	if (out->header_at > zip->bytes.n || out->packed > zip->bytes.n - out->header_at)
		return error_set(err, PLIM_EFORMAT, "zip: a member past the end of the file, at offset %zu", at);
	return 0;
}

struct span {
	uint64_t from, to;
};

static int
by_place(const void *a, const void *b)
{
	const struct span *left = a, *right = b;
	return (left->from > right->from) - (left->from < right->from);
}

/* Members that share bytes are how a small zip becomes a large one. */
static int
check_overlap(const struct zip *zip, struct arena *arena, struct plim_error *err)
{
	struct span *spans = arena_make_array(arena, zip->n + 1, struct span);
	if (spans == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < zip->n; i++)
		spans[i] = (struct span){ zip->members[i].header_at, zip->members[i].header_at + 30 + zip->members[i].name.n + zip->members[i].packed };
	if (zip->n > 1)
		qsort(spans, zip->n, sizeof *spans, by_place);
	for (size_t i = 1; i < zip->n; i++)
		if (spans[i].from < spans[i - 1].to)
			return error_set(err, PLIM_EFORMAT, "zip: members overlap at offset %llu", (unsigned long long)spans[i].from);
	return 0;
}

int
zip_open(struct slice bytes, struct arena *arena, struct zip **out, struct plim_error *err)
{
	struct directory directory = { 0 };
	struct zip *zip = arena_make(arena, struct zip);
	int r = directory_find(bytes, &directory, err);
	if (r < 0)
		return r;
	if (zip == NULL || (zip->members = arena_make_array(arena, (size_t)directory.entries + 1, struct zip_member)) == NULL)
		return error_nomem(err);
	zip->bytes = bytes;
	struct cursor c = cursor_of(slice_first(bytes, (size_t)(directory.at + directory.size)));
	cursor_seek(&c, (size_t)directory.at);
	for (; zip->n < directory.entries; zip->n++)
		if ((r = member_read(&c, zip, &zip->members[zip->n], err)) < 0)
			return r;
	if ((r = check_overlap(zip, arena, err)) < 0)
		return r;
	*out = zip;
	return 0;
}

/* The packed bytes, behind a local header that names the same member. */
static int
member_bytes(const struct zip *zip, const struct zip_member *member, struct slice *out, struct plim_error *err)
{
	struct cursor c = cursor_of(zip->bytes);
	cursor_seek(&c, (size_t)member->header_at);
	bool begins = cursor_u32le(&c) == 0x04034b50;
	cursor_take(&c, 22);
	uint16_t name_size = cursor_u16le(&c), extra_size = cursor_u16le(&c);
	struct slice name = cursor_take(&c, name_size);
	cursor_take(&c, extra_size);
	*out = cursor_take(&c, (size_t)member->packed);
	if (c.bad || !begins || !slice_eq(name, member->name))
		return error_set(err, PLIM_EFORMAT, "zip: the local header at offset %llu is not that of the directory",
		                 (unsigned long long)member->header_at);
	return 0;
}

static int
inflate_member(struct slice packed, char *into, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n, .next_out = (Bytef *)into, .avail_out = (uInt)size };
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return PLIM_ENOMEM;
	int status = inflate(&z, Z_FINISH);
	bool whole = status == Z_STREAM_END && z.avail_in == 0 && z.avail_out == 0;
	inflateEnd(&z);
	return whole ? 0 : PLIM_EFORMAT;
}

static int
member_unpack(const struct zip_member *member, struct slice packed, char *into, struct plim_error *err)
{
	size_t size = (size_t)member->size;
	int r = PLIM_EFORMAT;
	if (member->method == METHOD_STORED && packed.n == size) {
		memcpy(into, packed.p, size);
		r = 0;
	} else if (member->method == METHOD_DEFLATED) {
		r = inflate_member(packed, into, size);
	} else if (member->method != METHOD_STORED) {
		return error_set(err, PLIM_EUNSUPPORTED, "zip: compression method %u is not read here", member->method);
	}
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0 || crc32(0, (const Bytef *)into, (uInt)size) != member->crc)
		return error_set(err, PLIM_EFORMAT, "zip: the bytes at offset %llu are not those that the directory describes",
		                 (unsigned long long)member->header_at);
	return 0;
}

int
zip_read(const struct zip *zip, const struct zip_member *member, char **out, size_t *out_size, struct plim_error *err)
{
	struct slice packed;
	if (member->size > LIMIT_ZIP_MEMBER_BYTES)
		return error_set(err, PLIM_ELIMIT, "zip: a member beyond limit ZIP_MEMBER_BYTES");
	int r = member_bytes(zip, member, &packed, err);
	if (r < 0)
		return r;
	AUTO(free) char *bytes = malloc((size_t)member->size + 1);
	if (bytes == NULL)
		return error_nomem(err);
	if ((r = member_unpack(member, packed, bytes, err)) < 0)
		return r;
	bytes[member->size] = '\0';
	*out_size = (size_t)member->size;
	*out = ptr_take(&bytes);
	return 0;
}
