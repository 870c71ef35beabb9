/* SPDX-License-Identifier: Apache-2.0 */
/* plim_database_publish: a directory that a mirror serves as it is. */
#include "gate/data/bundle.h"

#include "advisory/delta.h"
#include "advisory/store.h"
#include "base/error.h"
#include "base/file.h"
#include "base/output.h"
#include "base/vec.h"
#include "gate/data/published.h"
#include "store/atomic.h"
#include "trust/data.h"

#include <plimsoll/database.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#define KEPT_MOST 7    /* bundles before the new one: who asks once a week finds a delta */
#define NAME_SIZE 96

/* A file as the index names it. */
struct published {
	char name[NAME_SIZE];
	struct digest from;        /* of a delta */
	struct digest digest;
	size_t size;
};

struct publishing {
	struct run *run;
	const char *directory;
	struct arena *arena;
	struct database *db;
	uint64_t serial;
	VEC(uint64_t) before;      /* serials of bundles that are there, falling */
	struct published bundle;
	struct published deltas[KEPT_MOST];
	size_t delta_count;
	struct strbuf told;
};

static void
auto_publishing(struct publishing *p)
{
	database_close(p->db);
	vec_done(&p->before);
	strbuf_done(&p->told);
	arena_free(p->arena);
}

static int
write_file(struct publishing *p, struct published *file, struct slice bytes, struct plim_error *err)
{
	const char *path = arena_strz(p->arena, arena_printf(p->arena, "%s/%s", p->directory, file->name));
	file->digest = digest_of(bytes);
	file->size = bytes.n;
	int r = path ? atomic_write(path, 0644, bytes, err) : error_nomem(err);
	if (r == 0)
		strbuf_printf(&p->told, "%s: %zu bytes\n", file->name, file->size);
	return r;
}

/* Whoever follows an index of before finds the file that it names, or none. */
static int
check_other(const struct publishing *p, struct slice bytes, struct plim_error *err)
{
	const char *path = arena_strz(p->arena, arena_printf(p->arena, "%s/%s", p->directory, p->bundle.name));
	AUTO(map_file) struct slice there = SLICE_NONE;
	int r = path ? file_map(AT_FDCWD, path, &there, err) : error_nomem(err);
	if (r < 0)
		return r == PLIM_ENOTFOUND ? 0 : r;
	return slice_eq(there, bytes) ? 0 : error_set(err, PLIM_EUSAGE, "%s: another database, or one signed otherwise, has this serial: sign once more", path);
}

static int
write_bundle(struct publishing *p, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf packed = { 0 };
	int r = bundle_pack(p->db, &packed, err);
	snprintf(p->bundle.name, NAME_SIZE, "advisories-%ju.db.zst", (uintmax_t)p->serial);
	if (r < 0 || (r = check_other(p, strbuf_slice(&packed), err)) < 0)
		return r;
	return write_file(p, &p->bundle, strbuf_slice(&packed), err);
}

/* What is there */

/* The serial in a name of ours; 0 for another name.  `is_bundle` may be NULL. */
static uint64_t
serial_of(const char *name, bool *is_bundle)
{
	uintmax_t serial, to;
	char again[NAME_SIZE];
	if (sscanf(name, "advisories-%20ju", &serial) != 1)
		return 0;
	snprintf(again, sizeof again, "advisories-%ju.db.zst", serial);
	*is_bundle = strcmp(again, name) == 0;
	if (!*is_bundle && sscanf(name, "advisories-%*20[0-9]-%20ju", &to) == 1)
		snprintf(again, sizeof again, "advisories-%ju-%ju.delta", serial, to);
	return strcmp(again, name) == 0 ? serial : 0;
}

static int
falling(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return (left < right) - (left > right);
}

static void
auto_listing(DIR **listing)
{
	if (*listing)
		closedir(*listing);
}

static int
look(struct publishing *p, struct plim_error *err)
{
	__attribute__((cleanup(auto_listing))) DIR *listing = opendir(p->directory);
	if (listing == NULL)
		return error_sys(err, errno, "%s", p->directory);
	for (const struct dirent *entry; (entry = readdir(listing));) {
		bool is_bundle = false;
		uint64_t serial = serial_of(entry->d_name, &is_bundle);
		if (serial > p->serial)
			return error_set(err, PLIM_EUSAGE, "%s/%s is newer", p->directory, entry->d_name);
		if (serial == 0 || !is_bundle || serial == p->serial)
			continue;
		uint64_t *place = vec_push(&p->before);
		if (place == NULL)
			return error_nomem(err);
		*place = serial;
	}
	if (p->before.n)
		qsort(p->before.at, p->before.n, sizeof *p->before.at, falling);
	return 0;
}

/* Of those that no delta begins with any more. */
static int
clear(const struct publishing *p, struct plim_error *err)
{
	__attribute__((cleanup(auto_listing))) DIR *listing = opendir(p->directory);
	uint64_t oldest = p->before.n > KEPT_MOST ? p->before.at[KEPT_MOST - 1] : 0;
	if (listing == NULL)
		return error_sys(err, errno, "%s", p->directory);
	for (const struct dirent *entry; (entry = readdir(listing));) {
		bool is_bundle;
		uint64_t serial = serial_of(entry->d_name, &is_bundle);
		if (serial && serial < oldest && unlinkat(dirfd(listing), entry->d_name, 0) < 0 && errno != ENOENT)
			return error_sys(err, errno, "%s/%s", p->directory, entry->d_name);
	}
	return 0;
}

/* Deltas */

static int
open_before(struct publishing *p, const char *name, struct database **out, struct plim_error *err)
{
	const char *path = arena_strz(p->arena, arena_printf(p->arena, "%s/%s", p->directory, name));
	AUTO(fd) int fd = -1;
	int r = path ? file_open(path, &fd, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct bundle_source source = { .fd = fd, .name = name };
	return bundle_open(p->run, &source, out, err);
}

static int
write_delta(struct publishing *p, uint64_t serial, struct plim_error *err)
{
	AUTO(database) struct database *old = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct published *delta = &p->deltas[p->delta_count];
	struct plim_error why = { 0 };
	char name[NAME_SIZE];
	snprintf(name, sizeof name, "advisories-%ju.db.zst", (uintmax_t)serial);
	if (open_before(p, name, &old, &why) < 0) {
		strbuf_printf(&p->told, "left out  %s\n", why.text);
		return 0;
	}
	snprintf(delta->name, NAME_SIZE, "advisories-%ju-%ju.delta", (uintmax_t)serial, (uintmax_t)p->serial);
	delta->from = database_digest(old);
	int r = delta_write(old, p->db, &bytes, err);
	if (r == 0)
		r = write_file(p, delta, strbuf_slice(&bytes), err);
	p->delta_count += r == 0;
	return r;
}

/* The index */

static struct published_file
listed(const struct published *file)
{
	return (struct published_file){ slice_of(file->name), file->from, file->digest, file->size };
}

static int
write_index(struct publishing *p, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct published_file deltas[KEPT_MOST];
	struct published file = { .name = "index.json" };
	for (size_t i = 0; i < p->delta_count; i++)
		deltas[i] = listed(&p->deltas[i]);
	const struct published_index index = { listed(&p->bundle), database_digest(p->db), p->serial, database_bytes(p->db).n, deltas, p->delta_count };
	published_write(&index, &text);
	return text.failed ? error_nomem(err) : write_file(p, &file, strbuf_slice(&text), err);
}

/* Whoever follows the index finds all of it at any moment: it is written when everything is there, and before anything goes. */
static int
publish(struct publishing *p, struct plim_error *err)
{
	const struct digest root = database_digest(p->db);
	p->serial = data_serial(database_signatures(p->db), &root, p->arena);
	if (p->serial == 0)
		return error_set(err, PLIM_EUSAGE, "it is not signed: plimsoll db sign does");
	int r = look(p, err);
	if (r == 0)
		r = write_bundle(p, err);
	for (size_t i = 0; r == 0 && i < p->before.n && i < KEPT_MOST; i++)
		r = write_delta(p, p->before.at[i], err);
	if (r < 0 || (r = write_index(p, err)) < 0)
		return r;
	return clear(p, err);
}

int
plim_database_publish(const struct plim_run_options *options, const char *path, const char *directory, FILE *into, struct plim_error *err)
{
	AUTO(publishing) struct publishing p = { .directory = directory, .arena = arena_new(0) };
	AUTO(run) struct run *run = NULL;
	AUTO(free) char *where = NULL;
	int r = p.arena ? bundle_place(path, &where, err) : error_nomem(err);
	if (r < 0 || (r = database_open(where, &p.db, err)) < 0 || (r = store_verify(p.db, err)) < 0 || (r = run_start(options, &run, err)) < 0)
		return r;
	p.run = run;
	r = publish(&p, err);
	return r < 0 ? r : output_text(&p.told, into, err);
}
