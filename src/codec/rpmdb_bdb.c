/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Berkeley DB hash files (Packages), in the byte order of the machine that
 * wrote them.  Hash pages hold pairs of key and header; a header that does not
 * fit is a chain of overflow pages.  Hash pages are read in the file's order:
 * Berkeley DB marks pages that it frees, so no bucket needs to be followed.
 */
#include "codec/rpmdb.h"

#include "base/auto.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <stdio.h>

enum page_type {
	PAGE_FREE = 0,
	PAGE_HASH_UNSORTED = 2,
	PAGE_OVERFLOW = 7,
	PAGE_HASH_META = 8,
	PAGE_HASH = 13,
};

enum item_type {
	ITEM_DATA = 1,
	ITEM_OVERFLOW = 3,
};

/* Offsets in the metadata page. */
enum {
	META_MAGIC = 12,
	META_VERSION = 16,
	META_PAGE_SIZE = 20,
	META_ENCRYPTION = 24,
	META_TYPE = 25,
	META_FLAGS = 26,
	META_LAST_PAGE = 32,
	META_RECORD_COUNT = 88,
	META_SIZE = 512,
};

/* Offsets in every other page. */
enum {
	PAGE_NUMBER = 8,
	PAGE_NEXT = 16,
	PAGE_ENTRIES = 20,
	PAGE_LENGTH = 22,
	PAGE_TYPE = 25,
	PAGE_HEAD_SIZE = 26,
};

#define FLAG_CHECKSUM 1
#define NO_PAGE       0

struct bdb {
	struct slice db;
	bool big_endian;
	size_t page_size;
	uint32_t page_count;
	uint32_t records, records_wanted;
	struct page_set seen;    /* overflow pages */
	struct strbuf blob;      /* of the record being assembled */
	const struct rpmdb_sink *sink;
};

static void
bdb_done(struct bdb *bdb)
{
	page_set_done(&bdb->seen);
	strbuf_done(&bdb->blob);
}

static void
auto_bdb(struct bdb *bdb)
{
	bdb_done(bdb);
}

static uint32_t
u32_at(const struct bdb *bdb, struct slice page, size_t at)
{
	struct cursor c = cursor_of(slice_from(page, at));
	return bdb->big_endian ? cursor_u32be(&c) : cursor_u32le(&c);
}

static uint16_t
u16_at(const struct bdb *bdb, struct slice page, size_t at)
{
	struct cursor c = cursor_of(slice_from(page, at));
	return bdb->big_endian ? cursor_u16be(&c) : cursor_u16le(&c);
}

static uint8_t
u8_at(struct slice page, size_t at)
{
	struct cursor c = cursor_of(slice_from(page, at));
	return cursor_u8(&c);
}

static int
damage(const struct bdb *bdb, uint32_t number, const char *why, struct plim_error *err)
{
	return bdb->sink->damage(bdb->sink->context, (struct rpmdb_place){ "page", number }, why, err);
}

static struct slice
page_at(const struct bdb *bdb, uint32_t number)
{
	return slice_first(slice_from(bdb->db, (size_t)number * bdb->page_size), bdb->page_size);
}

static const char *
overflow_open(struct bdb *bdb, uint32_t number, struct slice *page)
{
	if (number == NO_PAGE || number >= bdb->page_count)
		return "a link leads out of the file";
	if (!page_set_add(&bdb->seen, number))
		return "an overflow page is linked twice";
	*page = page_at(bdb, number);
	if (u8_at(*page, PAGE_TYPE) != PAGE_OVERFLOW || u32_at(bdb, *page, PAGE_NUMBER) != number)
		return "a link leads to a page that is no overflow page";
	return NULL;
}

/* The item holds the first page and the whole length.  Each page brings a byte at least, so the chain ends. */
static const char *
overflow_read(struct bdb *bdb, struct slice item, struct slice *out)
{
	uint32_t number = u32_at(bdb, item, 4), length = u32_at(bdb, item, 8);
	if (item.n != 12 || length > bdb->db.n || length > LIMIT_RPM_HEADER_BYTES)
		return "the length of an overflow item is not believable";
	strbuf_clear(&bdb->blob);
	while (bdb->blob.n < length) {
		struct slice page;
		const char *fault = overflow_open(bdb, number, &page);
		if (fault)
			return fault;
		size_t n = u16_at(bdb, page, PAGE_LENGTH);
		if (n == 0 || n > bdb->page_size - PAGE_HEAD_SIZE || n > length - bdb->blob.n)
			return "the length of an overflow page does not fit";
		strbuf_put(&bdb->blob, slice_first(slice_from(page, PAGE_HEAD_SIZE), n));
		if (bdb->blob.failed)
			return NULL;
		number = u32_at(bdb, page, PAGE_NEXT);
	}
	if (number != NO_PAGE)
		return "a chain of overflow pages goes on behind its length";
	*out = strbuf_slice(&bdb->blob);
	return NULL;
}

static const char *
item_read(struct bdb *bdb, struct slice item, struct slice *out)
{
	switch (u8_at(item, 0)) {
	case ITEM_DATA:
		*out = slice_from(item, 1);
		return NULL;
	case ITEM_OVERFLOW:
		return overflow_read(bdb, item, out);
	default:
		return "an item of unknown type";
	}
}

/* Items fill a page from its end; each ends where the one before it begins. */
static bool
item_find(const struct bdb *bdb, struct slice page, size_t at, size_t entries, struct slice *out)
{
	size_t from = u16_at(bdb, page, PAGE_HEAD_SIZE + 2 * at);
	size_t to = at ? u16_at(bdb, page, PAGE_HEAD_SIZE + 2 * (at - 1)) : bdb->page_size;
	if (from < PAGE_HEAD_SIZE + 2 * entries || from >= to || to > bdb->page_size)
		return false;
	*out = slice_range(page.p + from, page.p + to);
	return true;
}

/* rpm keeps the number of its next package under the key 0. */
static bool
key_is_counter(struct slice key)
{
	return slice_eq(key, SLICE("\1\0\0\0\0"));
}

static int
pair_take(struct bdb *bdb, uint32_t number, struct slice key, struct slice value, struct plim_error *err)
{
	bdb->records++;
	if (key_is_counter(key))
		return 0;
	struct slice blob;
	const char *fault = item_read(bdb, value, &blob);
	if (bdb->blob.failed)
		return error_nomem(err);
	if (fault)
		return damage(bdb, number, fault, err);
	return bdb->sink->header(bdb->sink->context, (struct rpmdb_place){ "page", number }, blob, err);
}

static int
hash_page_walk(struct bdb *bdb, uint32_t number, struct slice page, struct plim_error *err)
{
	size_t entries = u16_at(bdb, page, PAGE_ENTRIES);
	if (u32_at(bdb, page, PAGE_NUMBER) != number || entries % 2 != 0 || PAGE_HEAD_SIZE + 2 * entries > bdb->page_size)
		return damage(bdb, number, "the head of a hash page is damaged", err);
	for (size_t i = 0; i < entries; i += 2) {
		struct slice key, value;
		if (!item_find(bdb, page, i, entries, &key) || !item_find(bdb, page, i + 1, entries, &value))
			return damage(bdb, number, "the items of a hash page are not in order", err);
		int r = pair_take(bdb, number, key, value, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
page_walk(struct bdb *bdb, uint32_t number, struct plim_error *err)
{
	struct slice page = page_at(bdb, number);
	switch (u8_at(page, PAGE_TYPE)) {
	case PAGE_HASH:
	case PAGE_HASH_UNSORTED:
		return hash_page_walk(bdb, number, page, err);
	case PAGE_FREE:
	case PAGE_OVERFLOW:
		return 0;
	default:
		return damage(bdb, number, "a page of a type that is not in hash files", err);
	}
}

/* A page that lost its type would look free: the metadata's own count says whether something is missing. */
static int
count_check(const struct bdb *bdb, struct plim_error *err)
{
	char why[96];
	if (bdb->records >= bdb->records_wanted)
		return 0;
	snprintf(why, sizeof why, "%u records counted, %u found", bdb->records_wanted, bdb->records);
	return damage(bdb, 0, why, err);
}

static int
bdb_bid(struct slice head)
{
	struct cursor c = cursor_of(slice_from(head, META_MAGIC));
	struct slice magic = cursor_take(&c, 4);
	return slice_eq(magic, SLICE("\x61\x15\x06\0")) || slice_eq(magic, SLICE("\0\x06\x15\x61")) ? 32 : 0;
}

static bool
page_size_is_lawful(uint32_t size)
{
	return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

static int
meta_read(struct bdb *bdb, struct plim_error *err)
{
	bdb->big_endian = u8_at(bdb->db, META_MAGIC) == 0;
	uint32_t version = u32_at(bdb, bdb->db, META_VERSION), page_size = u32_at(bdb, bdb->db, META_PAGE_SIZE);
	if (bdb->db.n < META_SIZE || u8_at(bdb->db, META_TYPE) != PAGE_HASH_META)
		return error_set(err, PLIM_EFORMAT, "page 0: not the metadata page of a hash file");
	if (version < 7 || version > 10)
		return error_set(err, PLIM_EUNSUPPORTED, "offset %d: version %u of Berkeley DB's hash format", META_VERSION, version);
	if (u8_at(bdb->db, META_ENCRYPTION) != 0 || u8_at(bdb->db, META_FLAGS) & FLAG_CHECKSUM)
		return error_set(err, PLIM_EUNSUPPORTED, "offset %d: an encrypted or checksummed Berkeley DB", META_ENCRYPTION);
	if (!page_size_is_lawful(page_size))
		return error_set(err, PLIM_EFORMAT, "offset %d: a page size of %u", META_PAGE_SIZE, page_size);
	bdb->page_size = page_size;
	bdb->records_wanted = u32_at(bdb, bdb->db, META_RECORD_COUNT);
	return 0;
}

/* Pages behind the last one are not the database's; pages that are missing before it are a loss. */
static int
extent_read(struct bdb *bdb, struct plim_error *err)
{
	uint64_t wanted = (uint64_t)u32_at(bdb, bdb->db, META_LAST_PAGE) + 1, have = bdb->db.n / bdb->page_size;
	bdb->page_count = (uint32_t)(wanted < have ? wanted : have);
	int r = page_set_init(&bdb->seen, bdb->page_count, err);
	if (r == 0 && wanted > have)
		r = damage(bdb, bdb->page_count, "the file ends before its last page", err);
	return r;
}

static int
bdb_each(struct slice db, const struct rpmdb_sink *sink, struct plim_error *err)
{
	AUTO(bdb) struct bdb bdb = { .db = db, .sink = sink };
	int r = meta_read(&bdb, err);
	if (r == 0)
		r = extent_read(&bdb, err);
	for (uint32_t number = 1; r == 0 && number < bdb.page_count; number++)
		r = page_walk(&bdb, number, err);
	return r < 0 ? r : count_check(&bdb, err);
}

const struct rpmdb_format rpmdb_bdb = {
	.name = "bdb",
	.bid = bdb_bid,
	.each = bdb_each,
};
