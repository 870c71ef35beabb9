/* SPDX-License-Identifier: Apache-2.0 */
/* The mapped file: opened by its header and leaves, each block verified when it is first touched. */
#include "advisory/database.h"

#include "advisory/builder.h"
#include "advisory/store.h"
#include "base/cursor.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static const size_t widths[SECTION_COUNT] = {
#define SECTION_WIDTH(name, width) [SECTION_##name] = width,
	FORMAT_SECTIONS(SECTION_WIDTH)
#undef SECTION_WIDTH
};

/* What a look-up learns about the file; a database is constant for those who ask it. */
struct touched {
	bool *verified;                /* of each block */
	uint64_t damaged_at;           /* offset of a block that is not what its leaf says, UINT64_MAX: none */
	bool lied;                     /* a record pointed outside its section */
};

struct database {
	char *path;
	struct slice file;
	uint64_t data_at;
	size_t leaves;
	struct digest root;
	struct {
		uint64_t at, count;
	} sections[SECTION_COUNT];
	struct touched *touched;
	struct data_feed *feeds;
	size_t feed_count;
};

void
database_close(struct database *database)
{
	if (database == NULL)
		return;
	if (database->touched)
		free(database->touched->verified);
	free(database->touched);
	free(database->feeds);
	file_unmap(&database->file);
	free(database->path);
	free(database);
}

/* opening */

static int
header_read(struct database *db, struct plim_error *err)
{
	struct cursor c = cursor_of(db->file);
	if (!slice_eq(cursor_take(&c, 8), SLICE(FORMAT_MAGIC)))
		return error_set(err, PLIM_EFORMAT, "it is no advisory database");
	uint32_t version = cursor_u32le(&c), sections = cursor_u32le(&c);
	if (version != DATABASE_VERSION || sections != SECTION_COUNT)
		return error_set(err, PLIM_EUNSUPPORTED, "it is a database of version %u; version %d is read here: build it again", version,
		                 DATABASE_VERSION);
	uint64_t size = cursor_u64le(&c);
	struct slice root = cursor_take(&c, FORMAT_ROOT_SIZE);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		db->sections[i].at = cursor_u64le(&c);
		db->sections[i].count = cursor_u64le(&c);
	}
	if (c.bad || size != db->file.n)
		return error_set(err, PLIM_EFORMAT, "it is %zu bytes, its header says %llu: cut off", db->file.n, (unsigned long long)size);
	db->root.algorithm = DIGEST_SHA256;
	memcpy(db->root.bytes, root.p, FORMAT_ROOT_SIZE);
	return 0;
}

static uint64_t
align(uint64_t at)
{
	return (at + FORMAT_ALIGNMENT - 1) / FORMAT_ALIGNMENT * FORMAT_ALIGNMENT;
}

/* The bytes between hashes and data are hashed by nobody: they must be what was written, zeros. */
static bool
is_padded(const struct database *db)
{
	size_t at = FORMAT_HEADER_SIZE + db->leaves * FORMAT_ROOT_SIZE;
	while (at < db->data_at && db->file.p[at] == '\0')
		at++;
	return at == db->data_at;
}

/* Where the data begins follows from the number of blocks, as when it was made. */
static int
layout_read(struct database *db, struct plim_error *err)
{
	db->data_at = db->sections[0].at;
	if (db->data_at < FORMAT_HEADER_SIZE || db->data_at > db->file.n || db->data_at % FORMAT_ALIGNMENT)
		return error_set(err, PLIM_EFORMAT, "offset %d: the data begins outside of the file", FORMAT_TABLE_AT);
	db->leaves = (size_t)((db->file.n - db->data_at + FORMAT_BLOCK - 1) / FORMAT_BLOCK);
	if (db->data_at != align(FORMAT_HEADER_SIZE + (uint64_t)db->leaves * FORMAT_ROOT_SIZE) || !is_padded(db))
		return error_set(err, PLIM_EFORMAT, "offset %d: the hashes do not fit the blocks", FORMAT_HEADER_SIZE);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		uint64_t at = db->sections[i].at, room = db->file.n - (at < db->file.n ? at : db->file.n);
		if (at < db->data_at || at > db->file.n || db->sections[i].count > room / widths[i])
			return error_set(err, PLIM_EFORMAT, "offset %zu: a section lies outside of the file", FORMAT_TABLE_AT + i * 16);
	}
	return 0;
}

static int
root_check(const struct database *db, struct plim_error *err)
{
	static const char zeros[FORMAT_ROOT_SIZE];
	char is[DIGEST_TEXT_SIZE], named[DIGEST_TEXT_SIZE];
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return error_nomem(err);
	size_t end = FORMAT_HEADER_SIZE + db->leaves * FORMAT_ROOT_SIZE;
	hasher_add(hasher, slice_first(db->file, FORMAT_ROOT_AT));
	hasher_add(hasher, (struct slice){ zeros, sizeof zeros });
	hasher_add(hasher, slice_from(slice_first(db->file, end), FORMAT_TABLE_AT));
	struct digest root = hasher_end(hasher);
	if (digest_eq(&root, &db->root))
		return 0;
	return error_set(err, PLIM_EDIGEST, "its header has digest %s, and names %s: it was changed or damaged", digest_text(&root, is),
	                 digest_text(&db->root, named));
}

/* records */

static bool
verify(const struct database *db, size_t block)
{
	struct touched *touched = db->touched;
	if (touched->verified[block])
		return true;
	uint64_t at = db->data_at + (uint64_t)block * FORMAT_BLOCK;
	struct digest is = digest_of(slice_first(slice_from(db->file, (size_t)at), FORMAT_BLOCK));
	const char *leaf = db->file.p + FORMAT_HEADER_SIZE + block * FORMAT_ROOT_SIZE;
	touched->verified[block] = memcmp(is.bytes, leaf, FORMAT_ROOT_SIZE) == 0;
	if (!touched->verified[block] && touched->damaged_at == UINT64_MAX)
		touched->damaged_at = at;
	return touched->verified[block];
}

/* Verified bytes; bad where a block is damaged. */
static struct cursor
touch(const struct database *db, uint64_t at, size_t n)
{
	struct cursor c = cursor_of(slice_first(slice_from(db->file, (size_t)at), n));
	size_t block = (size_t)(at - db->data_at) / FORMAT_BLOCK, last = (size_t)(at + n - (n > 0) - db->data_at) / FORMAT_BLOCK;
	/* Mostly one, and seen before. */
	if (block == last && db->touched->verified[block])
		return c;
	for (; n > 0 && block <= last; block++)
		if (!verify(db, block))
			c.bad = true;
	return c;
}

static struct cursor
record(const struct database *db, enum section section, size_t at)
{
	if (at < db->sections[section].count)
		return touch(db, db->sections[section].at + (uint64_t)at * widths[section], widths[section]);
	db->touched->lied = true;
	return (struct cursor){ .bad = true };
}

static struct slice
read_text(const struct database *db, struct cursor *c)
{
	uint32_t at = cursor_u32le(c), n = cursor_u32le(c);
	if (c->bad || n == 0)
		return SLICE_NONE;
	if (at > db->sections[SECTION_TEXT].count || n > db->sections[SECTION_TEXT].count - at) {
		db->touched->lied = true;
		return SLICE_NONE;
	}
	struct cursor text = touch(db, db->sections[SECTION_TEXT].at + at, n);
	return cursor_take(&text, n);
}

static struct store_run
read_run(const struct database *db, struct cursor *c, enum section section)
{
	struct store_run run;
	run.first = cursor_u32le(c);
	run.n = cursor_u32le(c);
	if (run.first <= db->sections[section].count && run.n <= db->sections[section].count - run.first)
		return run;
	db->touched->lied = true;
	return (struct store_run){ 0, 0 };
}

static enum severity
severity_of(const struct database *db, uint32_t number)
{
	if (number <= SEVERITY_CRITICAL)
		return (enum severity)number;
	db->touched->lied = true;
	return SEVERITY_UNKNOWN;
}

size_t
store_count(const struct database *db, enum section section)
{
	return (size_t)db->sections[section].count;
}

struct store_advisory
store_advisory(const struct database *db, size_t at)
{
	struct cursor c = record(db, SECTION_ADVISORIES, at);
	struct store_advisory a = { 0 };
	a.id = read_text(db, &c);
	a.title = read_text(db, &c);
	a.url = read_text(db, &c);
	a.vector = read_text(db, &c);
	a.feed = cursor_u32le(&c);
	a.severity = severity_of(db, cursor_u32le(&c));
	a.published = (int64_t)cursor_u64le(&c);
	a.modified = (int64_t)cursor_u64le(&c);
	a.aliases = read_run(db, &c, SECTION_TEXTS);
	a.related = read_run(db, &c, SECTION_TEXTS);
	if (a.feed >= db->feed_count) {
		db->touched->lied = true;
		a.feed = 0;
	}
	return a;
}

struct store_statement
store_statement(const struct database *db, size_t at)
{
	struct cursor c = record(db, SECTION_STATEMENTS, at);
	struct store_statement s = { 0 };
	s.ecosystem = read_text(db, &c);
	s.package = read_text(db, &c);
	s.advisory = cursor_u32le(&c);
	uint32_t state = cursor_u16le(&c);
	s.severity = severity_of(db, cursor_u16le(&c));
	s.fix_known = (int64_t)cursor_u64le(&c);
	s.events = read_run(db, &c, SECTION_EVENTS);
	s.versions = read_run(db, &c, SECTION_TEXTS);
	s.module = read_text(db, &c);
	s.channel = read_text(db, &c);
	if (state >= MATCH_STATE_COUNT)
		db->touched->lied = true;
	else
		s.state = (enum match_state)state;
	return s;
}

struct version_event
store_event(const struct database *db, size_t at)
{
	struct cursor c = record(db, SECTION_EVENTS, at);
	uint32_t kind = cursor_u32le(&c);
	if (kind >= EVENT_KIND_COUNT)
		db->touched->lied = true;
	return (struct version_event){ kind >= EVENT_KIND_COUNT ? EVENT_INTRODUCED : (enum event_kind)kind, read_text(db, &c) };
}

struct slice
store_text(const struct database *db, size_t at)
{
	struct cursor c = record(db, SECTION_TEXTS, at);
	return read_text(db, &c);
}

struct store_cover
store_cover(const struct database *db, size_t at)
{
	struct cursor c = record(db, SECTION_COVERS, at);
	struct store_cover cover = { 0 };
	cover.ecosystem = read_text(db, &c);
	cover.feed = cursor_u32le(&c);
	cover.named = cursor_u32le(&c);
	cover.packages = read_run(db, &c, SECTION_TEXTS);
	if (cover.feed >= db->feed_count) {
		db->touched->lied = true;
		cover.feed = 0;
	}
	return cover;
}

uint32_t
store_named_advisory(const struct database *db, size_t at)
{
	struct cursor c = record(db, SECTION_IDS, at);
	cursor_take(&c, 8);
	return cursor_u32le(&c);
}

/* searching */

/* Below, equal to or above zero: a record against what is sought. */
typedef int order_fn(const struct database *db, size_t at, const void *sought);

static size_t
lower_bound(const struct database *db, enum section section, order_fn *order, const void *sought)
{
	size_t low = 0, high = (size_t)db->sections[section].count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (order(db, middle, sought) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct store_run
find_run(const struct database *db, enum section section, order_fn *order, const void *sought)
{
	size_t first = lower_bound(db, section, order, sought), end = first;
	while (end < db->sections[section].count && order(db, end, sought) == 0)
		end++;
	return (struct store_run){ (uint32_t)first, (uint32_t)(end - first) };
}

struct package_key {
	struct slice ecosystem, package;
};

static int
order_statement(const struct database *db, size_t at, const void *sought)
{
	const struct package_key *key = sought;
	struct cursor c = record(db, SECTION_STATEMENTS, at);
	int order = slice_cmp(read_text(db, &c), key->ecosystem);
	return order ? order : slice_cmp(read_text(db, &c), key->package);
}

/* IDS and EXPLOITED both begin with the text that they are sorted by. */
static int
order_id(const struct database *db, size_t at, const void *sought)
{
	struct cursor c = record(db, SECTION_IDS, at);
	return slice_cmp(read_text(db, &c), *(const struct slice *)sought);
}

static int
order_exploited(const struct database *db, size_t at, const void *sought)
{
	struct cursor c = record(db, SECTION_EXPLOITED, at);
	return slice_cmp(read_text(db, &c), *(const struct slice *)sought);
}

static int
order_lifetime(const struct database *db, size_t at, const void *sought)
{
	struct cursor c = record(db, SECTION_LIFETIMES, at);
	return slice_cmp(read_text(db, &c), *(const struct slice *)sought);
}

static int
order_score(const struct database *db, size_t at, const void *sought)
{
	struct cursor c = record(db, SECTION_SCORES, at);
	uint32_t key = cursor_u32le(&c), wanted = *(const uint32_t *)sought;
	return (key > wanted) - (key < wanted);
}

struct store_run
store_find_package(const struct database *db, struct slice ecosystem, struct slice package)
{
	struct package_key key = { ecosystem, package };
	return find_run(db, SECTION_STATEMENTS, order_statement, &key);
}

struct store_run
store_find_id(const struct database *db, struct slice id)
{
	return find_run(db, SECTION_IDS, order_id, &id);
}

int64_t
store_exploited(const struct database *db, struct slice id)
{
	struct store_run run = find_run(db, SECTION_EXPLOITED, order_exploited, &id);
	if (run.n == 0)
		return DATE_NONE;
	struct cursor c = record(db, SECTION_EXPLOITED, run.first);
	cursor_take(&c, 8);
	return (int64_t)cursor_u64le(&c);
}

bool
store_lifetime(const struct database *db, struct slice key, struct lifetime *out)
{
	struct store_run run = find_run(db, SECTION_LIFETIMES, order_lifetime, &key);
	if (run.n == 0)
		return false;
	struct cursor c = record(db, SECTION_LIFETIMES, run.first);
	out->key = read_text(db, &c);
	out->ends = (int64_t)cursor_u64le(&c);
	out->extended_ends = (int64_t)cursor_u64le(&c);
	return true;
}

double
store_score(const struct database *db, struct slice id)
{
	uint32_t key = cve_key(id);
	struct store_run run = key ? find_run(db, SECTION_SCORES, order_score, &key) : (struct store_run){ 0, 0 };
	if (run.n == 0)
		return -1;
	struct cursor c = record(db, SECTION_SCORES, run.first);
	cursor_u32le(&c);
	return cursor_u32le(&c) / 1000000.0;
}

int
store_check(const struct database *db, struct plim_error *err)
{
	const struct touched *touched = db->touched;
	if (touched->damaged_at != UINT64_MAX)
		return error_set(err, PLIM_EDIGEST, "%s: the block at offset %llu is not what its hash says: the file was changed or damaged",
		                 db->path, (unsigned long long)touched->damaged_at);
	if (touched->lied)
		return error_set(err, PLIM_EFORMAT, "%s: a record points outside of its section", db->path);
	return 0;
}

int
store_verify(const struct database *db, struct plim_error *err)
{
	for (size_t block = 0; block < db->leaves; block++)
		verify(db, block);
	return store_check(db, err);
}

/* feeds are few and everybody wants them: read at once */

static int
feeds_load(struct database *db, struct plim_error *err)
{
	size_t n = (size_t)db->sections[SECTION_FEEDS].count;
	db->feeds = calloc(n + 1, sizeof *db->feeds);
	if (db->feeds == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		struct cursor c = record(db, SECTION_FEEDS, i);
		struct data_feed *feed = &db->feeds[i];
		feed->name = read_text(db, &c);
		feed->format = read_text(db, &c);
		struct slice digest = cursor_take(&c, 32);
		if (digest.p)
			memcpy(feed->digest.bytes, digest.p, 32);
		feed->digest.algorithm = DIGEST_SHA256;
		feed->snapshot = (int64_t)cursor_u64le(&c);
		feed->records = cursor_u64le(&c);
		feed->sample = cursor_u32le(&c) != 0;
	}
	db->feed_count = n;
	return store_check(db, err);
}

static int
touched_new(struct database *db, struct plim_error *err)
{
	db->touched = calloc(1, sizeof *db->touched);
	if (db->touched == NULL || (db->touched->verified = calloc(db->leaves + 1, sizeof *db->touched->verified)) == NULL)
		return error_nomem(err);
	db->touched->damaged_at = UINT64_MAX;
	return 0;
}

static int
database_read(struct database *db, struct plim_error *err)
{
	int r = header_read(db, err);
	if (r < 0 || (r = layout_read(db, err)) < 0 || (r = root_check(db, err)) < 0)
		return error_wrap(err, r, "%s", db->path);
	if ((r = touched_new(db, err)) < 0)
		return r;
	return feeds_load(db, err);
}

/* Takes `map` over, whatever comes of it. */
static int
open_map(struct slice map, const char *name, struct database **out, struct plim_error *err)
{
	AUTO(database) struct database *db = calloc(1, sizeof *db);
	if (db == NULL || (db->path = strdup(name)) == NULL) {
		file_unmap(&map);
		return error_nomem(err);
	}
	db->file = map;
	int r = database_read(db, err);
	if (r == 0)
		*out = ptr_take(&db);
	return r;
}

int
database_open(const char *path, struct database **out, struct plim_error *err)
{
	struct slice map;
	int r = file_map(AT_FDCWD, path, &map, err);
	return r < 0 ? error_wrap(err, r, "advisory database") : open_map(map, path, out, err);
}

int
database_open_fd(int fd, const char *name, struct database **out, struct plim_error *err)
{
	struct slice map;
	int r = file_map_fd(fd, 0, &map, err);
	return r < 0 ? error_wrap(err, r, "advisory database") : open_map(map, name, out, err);
}

struct digest
database_digest(const struct database *db)
{
	return db->root;
}

const struct data_feed *
database_feeds(const struct database *db, size_t *count)
{
	*count = db->feed_count;
	return db->feeds;
}

bool
database_is_sample(const struct database *db)
{
	for (size_t i = 0; i < db->feed_count; i++)
		if (db->feeds[i].sample)
			return true;
	return false;
}

char *
database_default_path(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int n = -1;
	if (cache && cache[0] == '/')
		n = asprintf(&path, "%s/plimsoll/advisories.db", cache);
	else if (home && home[0] == '/')
		n = asprintf(&path, "%s/.cache/plimsoll/advisories.db", home);
	return n < 0 ? NULL : path;
}
