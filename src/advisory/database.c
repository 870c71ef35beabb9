/* SPDX-License-Identifier: Apache-2.0 */
/* The mapped file: opened by its header and nodes, each block verified when it is first touched. */
#include "advisory/database.h"

#include "advisory/feed.h"
#include "advisory/hash_tree.h"
#include "advisory/mapped.h"
#include "advisory/store.h"
#include "advisory/trailer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/varint.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static const size_t widths[SECTION_COUNT] = {
#define SECTION_WIDTH(name, width) [SECTION_##name] = width,
	FORMAT_SECTIONS(SECTION_WIDTH)
#undef SECTION_WIDTH
};

void
database_close(struct database *database)
{
	if (database == NULL)
		return;
	if (database->touched) {
		free(database->touched->blocks);
		free(database->touched->nodes);
		hasher_free(database->touched->hasher);
	}
	free(database->touched);
	free(database->feeds);
	free(database->keys);
	file_unmap(&database->file);
	free(database->path);
	free(database);
}

/* opening */

static int
header_read(struct database *db, struct plim_error *err)
{
	struct cursor c = cursor_of(slice_first(db->file, FORMAT_BLOCK));
	if (!slice_eq(cursor_take(&c, 8), SLICE(FORMAT_MAGIC)))
		return error_set(err, PLIM_EFORMAT, "it is no advisory database");
	uint32_t version = cursor_u32le(&c), sections = cursor_u32le(&c);
	if (version != DATABASE_VERSION || sections != SECTION_COUNT)
		return error_set(err, PLIM_EUNSUPPORTED, "it is a database of version %u; version %d is read here: build it again", version,
		                 DATABASE_VERSION);
	db->size = cursor_u64le(&c);
	db->blocks = cursor_u64le(&c);
	struct slice root = cursor_take(&c, FORMAT_HASH);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		db->sections[i].at = cursor_u64le(&c);
		db->sections[i].size = cursor_u64le(&c);
		db->sections[i].count = cursor_u64le(&c);
	}
	if (c.bad || db->size > db->file.n)
		return error_set(err, PLIM_EFORMAT, "it is %zu bytes, its header says %llu: cut off", db->file.n, (unsigned long long)db->size);
	db->root.algorithm = DIGEST_SHA256;
	memcpy(db->root.bytes, root.p, FORMAT_HASH);
	return 0;
}

/* The header may say anything: whatever it places lies inside of the file afterwards. */
static int
layout_read(struct database *db, struct plim_error *err)
{
	if (db->blocks > db->size / FORMAT_BLOCK)
		return error_set(err, PLIM_EFORMAT, "offset %d: more blocks than the file has room for", FORMAT_SIZE_AT + 8);
	db->leaves_at = FORMAT_BLOCK + db->blocks * FORMAT_BLOCK;
	db->nodes_at = db->leaves_at + db->blocks * FORMAT_HASH;
	db->nodes = (db->blocks + FORMAT_FAN - 1) / FORMAT_FAN;
	if (db->nodes_at + db->nodes * FORMAT_HASH != db->size)
		return error_set(err, PLIM_EFORMAT, "offset %d: blocks and hashes do not make up the file", FORMAT_SIZE_AT);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		uint64_t at = db->sections[i].at, room = at < db->leaves_at ? db->leaves_at - at : 0;
		uint64_t size = db->sections[i].size, least = widths[i] ? widths[i] : 1;
		if (at < FORMAT_BLOCK || size > room || db->sections[i].count > size / least)
			return error_set(err, PLIM_EFORMAT, "offset %zu: a section lies outside of the file", FORMAT_TABLE_AT + i * 24);
	}
	return 0;
}

static int
root_check(const struct database *db, struct plim_error *err)
{
	char is[DIGEST_TEXT_SIZE], named[DIGEST_TEXT_SIZE];
	struct digest root;
	if (!hash_tree_root(slice_first(db->file, FORMAT_BLOCK), slice_from(slice_first(db->file, (size_t)db->size), (size_t)db->nodes_at), &root))
		return error_nomem(err);
	if (digest_eq(&root, &db->root))
		return 0;
	return error_set(err, PLIM_EDIGEST, "its header has digest %s, and names %s: it was changed or damaged", digest_text(&root, is),
	                 digest_text(&db->root, named));
}

/* blocks */

static bool
is_hash(const struct database *db, uint64_t of, size_t size, uint64_t hash_at)
{
	hasher_add(db->touched->hasher, (struct slice){ db->file.p + of, size });
	struct digest is = hasher_end(db->touched->hasher);
	return memcmp(is.bytes, db->file.p + hash_at, FORMAT_HASH) == 0;
}

static bool
verify_node(const struct database *db, uint64_t node)
{
	uint64_t first = node * FORMAT_FAN, n = db->blocks - first < FORMAT_FAN ? db->blocks - first : FORMAT_FAN;
	if (!db->touched->nodes[node])
		db->touched->nodes[node] = is_hash(db, db->leaves_at + first * FORMAT_HASH, (size_t)n * FORMAT_HASH, db->nodes_at + node * FORMAT_HASH);
	return db->touched->nodes[node];
}

static bool
verify(const struct database *db, uint64_t block)
{
	struct touched *touched = db->touched;
	uint64_t at = FORMAT_BLOCK + block * FORMAT_BLOCK;
	if (touched->blocks[block])
		return true;
	touched->blocks[block] = verify_node(db, block / FORMAT_FAN) && is_hash(db, at, FORMAT_BLOCK, db->leaves_at + block * FORMAT_HASH);
	if (!touched->blocks[block] && touched->damaged_at == UINT64_MAX)
		touched->damaged_at = at;
	return touched->blocks[block];
}

bool
database_verify(const struct database *db, uint64_t at, size_t n)
{
	uint64_t block = at / FORMAT_BLOCK - 1, end = (at + n + FORMAT_BLOCK - 1) / FORMAT_BLOCK - 1;
	bool whole = true;
	for (; block < end; block++)
		whole = verify(db, block) && whole;
	return whole;
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
	for (uint64_t block = 0; block < db->blocks; block++)
		verify(db, block);
	return store_check(db, err);
}

/* feeds and ecosystems are few and everybody wants them: read at once */

typedef void load_fn(struct database *db, struct cursor *c);

/* No more than the header says, for which there is room. */
static int
load(struct database *db, enum section section, load_fn *take, struct plim_error *err)
{
	struct cursor c;
	uint64_t at = 0;
	for (uint64_t i = 0; i < db->sections[section].count && store_next_record(db, section, &at, &c); i++)
		take(db, &c);
	return store_check(db, err);
}

static void
feed_take(struct database *db, struct cursor *c)
{
	struct data_feed *feed = &db->feeds[db->feed_count++];
	feed->name = store_take_text(c);
	feed->format = store_take_text(c);
	feed->url = store_take_text(c);
	struct slice digest = cursor_take(c, FORMAT_HASH);
	feed->digest.algorithm = DIGEST_SHA256;
	if (digest.p)
		memcpy(feed->digest.bytes, digest.p, FORMAT_HASH);
	feed->snapshot = store_take_time(c);
	feed->fetched = store_take_time(c);
	feed->records = varint_take(c);
	feed->sample = varint_take(c) != 0;
	const struct feed *reader = feed_of_format(feed->format);
	feed->own = reader && reader->own;
	store_is_whole(db, c);
}

static void
key_take(struct database *db, struct cursor *c)
{
	db->keys[db->key_count++] = c->in;
}

static int
load_all(struct database *db, struct plim_error *err)
{
	db->feeds = calloc(store_count(db, SECTION_FEEDS) + 1, sizeof *db->feeds);
	db->keys = calloc(store_count(db, SECTION_KEYS) + 1, sizeof *db->keys);
	if (db->feeds == NULL || db->keys == NULL)
		return error_nomem(err);
	int r = load(db, SECTION_FEEDS, feed_take, err);
	return r < 0 ? r : load(db, SECTION_KEYS, key_take, err);
}

static int
touched_new(struct database *db, struct plim_error *err)
{
	db->touched = calloc(1, sizeof *db->touched);
	if (db->touched == NULL)
		return error_nomem(err);
	db->touched->blocks = calloc((size_t)db->blocks + 1, sizeof *db->touched->blocks);
	db->touched->nodes = calloc((size_t)db->nodes + 1, sizeof *db->touched->nodes);
	db->touched->hasher = hasher_new(DIGEST_SHA256);
	db->touched->damaged_at = UINT64_MAX;
	return db->touched->blocks && db->touched->nodes && db->touched->hasher ? 0 : error_nomem(err);
}

static int
database_read(struct database *db, struct plim_error *err)
{
	int r = header_read(db, err);
	if (r < 0 || (r = layout_read(db, err)) < 0 || (r = root_check(db, err)) < 0 ||
	    (r = trailer_parse(slice_from(db->file, (size_t)db->size), &db->signatures, err)) < 0)
		return error_wrap(err, r, "%s", db->path);
	r = touched_new(db, err);
	return r < 0 ? r : load_all(db, err);
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

struct slice
database_signatures(const struct database *db)
{
	return db->signatures;
}

struct slice
database_bytes(const struct database *db)
{
	return slice_first(db->file, (size_t)db->size);
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
