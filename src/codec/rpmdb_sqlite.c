/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table that matters of rpmdb.sqlite: Packages (hnum, blob).  A file
 * is pages; a table is a b-tree of interior and leaf pages; a row too long for
 * its leaf goes on in a chain of overflow pages.  Only table trees in UTF-8 are
 * read, which is all that rpm writes.
 */
#include "codec/rpmdb.h"

#include "base/auto.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

#define MAGIC "SQLite format 3\0"

/* Offsets in the head of the file, which is also the beginning of page 1. */
enum {
	HEAD_PAGE_SIZE = 16,
	HEAD_READ_VERSION = 19,
	HEAD_RESERVED = 20,
	HEAD_CHANGES = 24,
	HEAD_PAGE_COUNT = 28,
	HEAD_ENCODING = 56,
	HEAD_COUNTED_AT = 92,
	HEAD_SIZE = 100,
};

enum page_type {
	PAGE_INTERIOR = 5,
	PAGE_LEAF = 13,
};

#define INTERIOR_HEAD_SIZE 12
#define LEAF_HEAD_SIZE     8
#define SCHEMA_PAGE        1
#define ENCODING_UTF8      1
#define SERIAL_BLOB        12    /* a blob of n bytes has the type 12 + 2n, a text 13 + 2n */

struct walk {
	struct slice db;
	size_t page_size, usable;
	uint32_t page_count;
	struct page_set seen;
	struct strbuf payload;    /* of the row being assembled */
	const struct rpmdb_sink *sink;
	uint32_t root;            /* of Packages; 0 until the schema named it */
	int (*row)(struct walk *walk, uint32_t page, struct slice record, struct plim_error *err);
};

static void
auto_walk(struct walk *walk)
{
	page_set_done(&walk->seen);
	strbuf_done(&walk->payload);
}

static int
damage(const struct walk *walk, uint32_t page, const char *why, struct plim_error *err)
{
	return walk->sink->damage(walk->sink->context, (struct rpmdb_place){ "page", page }, why, err);
}

/* A number of 1 to 9 bytes: seven bits of each, the ninth byte whole. */
static uint64_t
varint(struct cursor *c)
{
	uint64_t value = 0;
	for (int i = 0; i < 8; i++) {
		uint8_t byte = cursor_u8(c);
		value = value << 7 | (byte & 0x7f);
		if (byte < 0x80)
			return value;
	}
	return value << 8 | cursor_u8(c);
}

static const char *
page_open(struct walk *walk, uint32_t number, struct slice *page)
{
	if (number == 0 || number > walk->page_count)
		return "a link leads out of the file";
	if (!page_set_add(&walk->seen, number))
		return "a page is linked twice";
	*page = slice_first(slice_from(walk->db, (size_t)(number - 1) * walk->page_size), walk->usable);
	return NULL;
}

/* How much of a payload its leaf holds, by the rule of the format: a short rest rather goes to the overflow pages. */
static size_t
payload_on_leaf(const struct walk *walk, size_t n)
{
	size_t most = walk->usable - 35;
	size_t least = (walk->usable - 12) * 32 / 255 - 23;
	if (n <= most)
		return n;
	size_t filled = least + (n - least) % (walk->usable - 4);
	return filled <= most ? filled : least;
}

static const char *
overflow_read(struct walk *walk, uint32_t number, size_t length)
{
	while (walk->payload.n < length && !walk->payload.failed) {
		struct slice page;
		const char *fault = page_open(walk, number, &page);
		if (fault)
			return fault;
		struct cursor c = cursor_of(page);
		number = cursor_u32be(&c);
		strbuf_put(&walk->payload, slice_first(cursor_rest(&c), length - walk->payload.n));
	}
	return number != 0 && !walk->payload.failed ? "a chain of overflow pages goes on behind its row" : NULL;
}

/* The record of a leaf's cell: borrowed from the page, or put together in walk->payload. */
static const char *
cell_read(struct walk *walk, struct cursor *c, size_t *left, struct slice *record)
{
	uint64_t length = varint(c);
	varint(c);    /* rowid */
	if (c->bad || length > walk->db.n)
		return "a cell is longer than the file";
	if (length > LIMIT_RPM_HEADER_BYTES)
		return "a cell is larger than RPM_HEADER_BYTES";
	size_t here = payload_on_leaf(walk, length);
	*record = cursor_take(c, here);
	if (c->bad || here > *left)
		return "a cell reaches out of its page";
	*left -= here;
	if (here == length)
		return NULL;
	strbuf_clear(&walk->payload);
	strbuf_put(&walk->payload, *record);
	uint32_t next = cursor_u32be(c);
	const char *fault = c->bad ? "a cell reaches out of its page" : overflow_read(walk, next, length);
	*record = strbuf_slice(&walk->payload);
	return fault;
}

static int
cell_take(struct walk *walk, uint32_t number, struct cursor *c, size_t *left, struct plim_error *err)
{
	struct slice record;
	const char *fault = cell_read(walk, c, left, &record);
	if (walk->payload.failed)
		return error_nomem(err);
	return fault ? damage(walk, number, fault, err) : walk->row(walk, number, record, err);
}

/* The next of the page's cell pointers as a cursor at the cell; bad when it points out of the page. */
static struct cursor
cell_next(struct slice page, struct cursor *pointers)
{
	struct cursor cell = cursor_of(page);
	cursor_seek(&cell, cursor_u16be(pointers));
	return cell;
}

/* `left` keeps cells that overlap from being worth more than the page has bytes. */
static int
leaf_walk(struct walk *walk, uint32_t number, struct slice page, struct cursor pointers, size_t cells, struct plim_error *err)
{
	size_t left = page.n;
	for (size_t i = 0; i < cells; i++) {
		struct cursor cell = cell_next(page, &pointers);
		int r = cell_take(walk, number, &cell, &left, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int tree_walk(struct walk *walk, uint32_t number, unsigned depth, struct plim_error *err);

static int
interior_walk(struct walk *walk, struct slice page, uint32_t last, struct cursor pointers, size_t cells, unsigned depth,
              struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; i < cells && r == 0; i++) {
		struct cursor cell = cell_next(page, &pointers);
		r = tree_walk(walk, cursor_u32be(&cell), depth + 1, err);
	}
	return r < 0 ? r : tree_walk(walk, last, depth + 1, err);
}

/* Recursion ends at the named depth; each page is entered once. */
static int
tree_walk(struct walk *walk, uint32_t number, unsigned depth, struct plim_error *err)
{
	struct slice page;
	const char *fault = depth > LIMIT_BTREE_DEPTH_COUNT ? "a tree deeper than BTREE_DEPTH_COUNT" : page_open(walk, number, &page);
	if (fault)
		return damage(walk, number, fault, err);

	size_t start = number == SCHEMA_PAGE ? HEAD_SIZE : 0;
	struct cursor c = cursor_of(page);
	cursor_seek(&c, start);
	uint8_t type = cursor_u8(&c);
	cursor_u16be(&c);    /* first free block */
	size_t cells = cursor_u16be(&c);
	size_t head = type == PAGE_INTERIOR ? INTERIOR_HEAD_SIZE : LEAF_HEAD_SIZE;
	if (type != PAGE_INTERIOR && type != PAGE_LEAF)
		return damage(walk, number, "not a page of a table", err);
	if (start + head + 2 * cells > page.n)
		return damage(walk, number, "more cells than fit into the page", err);

	cursor_seek(&c, start + LEAF_HEAD_SIZE);
	if (type == PAGE_LEAF)
		return leaf_walk(walk, number, page, c, cells, err);
	uint32_t last = cursor_u32be(&c);
	return interior_walk(walk, page, last, c, cells, depth, err);
}

static uint64_t
serial_size(uint64_t type)
{
	static const uint64_t fixed[SERIAL_BLOB] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, UINT64_MAX, UINT64_MAX };
	return type < SERIAL_BLOB ? fixed[type] : (type - SERIAL_BLOB) / 2;
}

/* Column `at` of a record; false when the record is damaged or has fewer. */
static bool
record_column(struct slice record, size_t at, uint64_t *type, struct slice *out)
{
	struct cursor types = cursor_of(record), values = cursor_of(record);
	uint64_t head = varint(&types);
	if (types.bad || head > record.n || head < types.at)
		return false;
	types.in.n = head;
	cursor_seek(&values, head);
	for (size_t i = 0; i <= at; i++) {
		*type = varint(&types);
		*out = cursor_take(&values, types.bad ? 0 : serial_size(*type));
	}
	return !types.bad && !values.bad;
}

static bool
record_text(struct slice record, size_t at, struct slice *out)
{
	uint64_t type;
	return record_column(record, at, &type, out) && type > SERIAL_BLOB && type % 2 == 1;
}

static bool
record_u32(struct slice record, size_t at, uint32_t *out)
{
	uint64_t type, value = 0;
	struct slice bytes;
	if (!record_column(record, at, &type, &bytes) || type > 9)
		return false;
	for (size_t i = 0; i < bytes.n; i++)
		value = value << 8 | (uint8_t)bytes.p[i];
	*out = type == 9 ? 1 : (uint32_t)value;
	return value <= UINT32_MAX && type != 7;
}

/* A row of the schema: type, name, table, root page, SQL. */
static int
schema_row(struct walk *walk, uint32_t page, struct slice record, struct plim_error *err)
{
	struct slice type, name;
	if (!record_text(record, 0, &type) || !record_text(record, 1, &name))
		return damage(walk, page, "a row of the schema cannot be read", err);
	if (!slice_is(type, "table") || !slice_eq_nocase(name, SLICE("Packages")))
		return 0;
	if (!record_u32(record, 3, &walk->root) || walk->root == 0)
		return error_set(err, PLIM_EFORMAT, "page %u: the table Packages has no root page", page);
	return 0;
}

/* The column hnum is the rowid, and NULL in the record. */
static int
package_row(struct walk *walk, uint32_t page, struct slice record, struct plim_error *err)
{
	uint64_t type;
	struct slice blob;
	if (!record_column(record, 1, &type, &blob) || type < SERIAL_BLOB || type % 2 != 0)
		return damage(walk, page, "a row of Packages without a blob", err);
	return walk->sink->header(walk->sink->context, (struct rpmdb_place){ "page", page }, blob, err);
}

static int
head_read(struct walk *walk, struct plim_error *err)
{
	struct cursor c = cursor_of(walk->db);
	cursor_seek(&c, HEAD_PAGE_SIZE);
	uint32_t page_size = cursor_u16be(&c);
	cursor_u8(&c);    /* version for writers */
	uint8_t read_version = cursor_u8(&c), reserved = cursor_u8(&c);
	cursor_seek(&c, HEAD_ENCODING);
	uint32_t encoding = cursor_u32be(&c);
	if (page_size == 1)
		page_size = 65536;
	if (c.bad || walk->db.n < HEAD_SIZE)
		return error_set(err, PLIM_EFORMAT, "offset %zu: the SQLite file ends in its head", walk->db.n);
	if (read_version > 2)
		return error_set(err, PLIM_EUNSUPPORTED, "offset %d: version %u of the SQLite format", HEAD_READ_VERSION, read_version);
	if (page_size < 512 || (page_size & (page_size - 1)) != 0)
		return error_set(err, PLIM_EFORMAT, "offset %d: a page size of %u", HEAD_PAGE_SIZE, page_size);
	if (page_size - reserved < 480)
		return error_set(err, PLIM_EFORMAT, "offset %d: %u reserved bytes in a page", HEAD_RESERVED, reserved);
	if (encoding > ENCODING_UTF8)
		return error_set(err, PLIM_EUNSUPPORTED, "offset %d: an SQLite file in UTF-16", HEAD_ENCODING);
	walk->page_size = page_size;
	walk->usable = page_size - reserved;
	return 0;
}

/* The head's page count holds only if the last writer knew of that field. */
static int
extent_read(struct walk *walk, struct plim_error *err)
{
	struct cursor c = cursor_of(walk->db);
	cursor_seek(&c, HEAD_CHANGES);
	uint32_t changes = cursor_u32be(&c), wanted = cursor_u32be(&c);
	cursor_seek(&c, HEAD_COUNTED_AT);
	bool counted = cursor_u32be(&c) == changes;
	walk->page_count = (uint32_t)(walk->db.n / walk->page_size);
	int r = page_set_init(&walk->seen, (uint64_t)walk->page_count + 1, err);
	if (r == 0 && counted && wanted > walk->page_count)
		r = damage(walk, walk->page_count + 1, "the file ends before its last page", err);
	return r;
}

static int
sqlite_bid(struct slice head)
{
	return slice_starts(head, (struct slice){ MAGIC, 16 }) ? 128 : 0;
}

static int
sqlite_each(struct slice db, const struct rpmdb_sink *sink, struct plim_error *err)
{
	AUTO(walk) struct walk walk = { .db = db, .sink = sink, .row = schema_row };
	int r = head_read(&walk, err);
	if (r == 0)
		r = extent_read(&walk, err);
	if (r == 0)
		r = tree_walk(&walk, SCHEMA_PAGE, 0, err);
	if (r < 0)
		return r;
	if (walk.root == 0)
		return error_set(err, PLIM_EFORMAT, "page %d: no table Packages", SCHEMA_PAGE);
	walk.row = package_row;
	return tree_walk(&walk, walk.root, 0, err);
}

const struct rpmdb_format rpmdb_sqlite = {
	.name = "sqlite",
	.bid = sqlite_bid,
	.each = sqlite_each,
};
