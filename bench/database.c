/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast advisory data is opened and asked, beside SQLite over the same rows: database DB ECOSYSTEM TYPE [INVENTORIES]
 *
 * Packages are those of DB's release or registry ECOSYSTEM ("alpine:3.20"), taken at even distances, as installed ones of a purl TYPE in
 * the version that mends what nine of ten of their advisories are about.  The answers of both are counted and must be the same number.  INVENTORIES (0) are so many lists of 250 of the packages, mixed.
 */
#include "advisory/affects.h"
#include "advisory/match.h"
#include "advisory/store.h"
#include "base/vec.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MIXED 250

struct bench {
	const char *path, *sqlite;
	struct slice ecosystem;
	const char *type;
	struct operating_system os;
	struct arena *arena;
	VEC(struct package) packages;  /* of the ecosystem; in the arena */
};

static double
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
need(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "database: %s\n", what);
	exit(3);
}

static struct database *
open_database(const struct bench *b)
{
	struct plim_error err = { 0 };
	struct database *db = NULL;
	need(database_open(b->path, &db, &err) == 0, err.text);
	return db;
}

static void
forget(const char *path)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* The version in which the statement nine tenths on is fixed. */
static struct slice
middling_version(struct bench *b, struct store_group group)
{
	struct store_group again = group;
	struct store_statement s;
	struct slice version = SLICE("1.0");
	size_t n = 0;
	while (store_next_statement(&group, &s))
		n++;
	for (size_t i = 0; i <= n * 9 / 10 && store_next_statement(&again, &s); i++) {
		struct version_event event;
		while (store_next_event(&s.events, &event))
			version = event.kind == EVENT_FIXED ? event.version : version;
	}
	return arena_dup(b->arena, version);
}

static void
list_packages(struct bench *b)
{
	AUTO(database) struct database *db = open_database(b);
	struct store_packages walk = store_packages(db);
	struct store_group group;
	while (store_next_package(&walk, &group)) {
		struct package *place = slice_eq(group.ecosystem, b->ecosystem) ? vec_push(&b->packages) : NULL;
		if (place)
			*place = (struct package){ .type = slice_of(b->type), .name = arena_dup(b->arena, group.package), .version = middling_version(b, group) };
	}
	need(b->packages.n > 0, "no such ecosystem in it");
}

static struct package *
choose(const struct bench *b, size_t n)
{
	struct package *packages = calloc(n, sizeof *packages);
	for (size_t i = 0; i < n; i++)
		packages[i] = b->packages.at[i * b->packages.n / n];
	return packages;
}

static size_t
match(const struct bench *b, const struct database *db, const struct package *packages, size_t n)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	struct matches matches;
	need(match_packages(db, &b->os, packages, n, arena, NULL, &matches, &err) == 0, err.text);
	return matches.n;
}

/* SQLite: the same statements as rows, versions compared by the same code. */

static void
run(sqlite3 *sql, const char *text)
{
	need(sqlite3_exec(sql, text, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(sql));
}

static void
bind_text(sqlite3_stmt *insert, int at, struct slice text)
{
	sqlite3_bind_text(insert, at, text.p, (int)text.n, SQLITE_STATIC);
}

static void
insert_statement(sqlite3_stmt *insert, const struct store_group *group, const struct store_statement *s)
{
	AUTO(strbuf) struct strbuf id = { 0 };
	struct store_list events = s->events;
	struct version_event event;
	struct slice fixed = SLICE_NONE;
	while (store_next_event(&events, &event))
		fixed = event.kind == EVENT_FIXED ? event.version : fixed;
	bind_text(insert, 1, group->ecosystem);
	bind_text(insert, 2, group->package);
	bind_text(insert, 3, store_id_text(&s->id, &id));
	bind_text(insert, 4, fixed);
	sqlite3_bind_int(insert, 5, (int)s->state);
	sqlite3_bind_int(insert, 6, (int)s->severity);
	sqlite3_step(insert);
	sqlite3_reset(insert);
}

static void
fill_sqlite(const struct bench *b)
{
	AUTO(database) struct database *db = open_database(b);
	struct store_packages walk = store_packages(db);
	struct store_group group;
	struct store_statement s;
	sqlite3 *sql;
	sqlite3_stmt *insert;
	unlink(b->sqlite);
	need(sqlite3_open(b->sqlite, &sql) == SQLITE_OK, b->sqlite);
	run(sql, "PRAGMA journal_mode=OFF; BEGIN; CREATE TABLE statement(ecosystem, package, id, fixed, state, severity)");
	need(sqlite3_prepare_v2(sql, "INSERT INTO statement VALUES(?,?,?,?,?,?)", -1, &insert, NULL) == SQLITE_OK, sqlite3_errmsg(sql));
	while (store_next_package(&walk, &group))
		while (store_next_statement(&group, &s))
			insert_statement(insert, &group, &s);
	sqlite3_finalize(insert);
	run(sql, "COMMIT; CREATE INDEX by_package ON statement(ecosystem, package); VACUUM");
	sqlite3_close(sql);
	sync();    /* what is not written yet cannot be forgotten */
}

static size_t
match_sqlite(const struct bench *b, const struct package *packages, size_t n)
{
	const struct version_scheme *scheme = version_scheme_for_type(slice_of(b->type));
	sqlite3 *sql;
	sqlite3_stmt *select;
	size_t found = 0;
	need(sqlite3_open_v2(b->sqlite, &sql, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, b->sqlite);
	need(sqlite3_prepare_v2(sql, "SELECT id, fixed, state, severity FROM statement WHERE ecosystem=? AND package=?", -1, &select, NULL) == SQLITE_OK,
	     sqlite3_errmsg(sql));
	for (size_t i = 0; i < n; i++) {
		bind_text(select, 1, b->ecosystem);
		bind_text(select, 2, packages[i].name);
		while (sqlite3_step(select) == SQLITE_ROW) {
			struct slice fixed = { (const char *)sqlite3_column_text(select, 1), (size_t)sqlite3_column_bytes(select, 1) };
			found += sqlite3_column_int(select, 2) != MATCH_NOT_AFFECTED && (fixed.n == 0 || scheme->compare(packages[i].version, fixed) < 0);
		}
		sqlite3_reset(select);
	}
	sqlite3_finalize(select);
	sqlite3_close(sql);
	return found;
}

/* measuring */

#define ROUNDS 9

static int
by_time(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static size_t
ours(const struct bench *b, const struct package *packages, size_t n)
{
	AUTO(database) struct database *db = open_database(b);
	return match(b, db, packages, n);
}

typedef size_t measured_fn(const struct bench *b, const struct package *packages, size_t n);

static double
median(const struct bench *b, measured_fn *fn, const struct package *packages, size_t n, bool cold, size_t *found)
{
	double times[ROUNDS];
	for (size_t i = 0; i < ROUNDS; i++) {
		if (cold) {
			forget(b->path);
			forget(b->sqlite);
		}
		double begun = now_ms();
		*found = fn(b, packages, n);
		times[i] = now_ms() - begun;
	}
	qsort(times, ROUNDS, sizeof *times, by_time);
	return times[ROUNDS / 2];
}

static void
measure(const struct bench *b, size_t n)
{
	struct package *packages = choose(b, n);
	size_t found, theirs;
	double warm = median(b, ours, packages, n, false, &found), cold = median(b, ours, packages, n, true, &found);
	double sqlite_warm = median(b, match_sqlite, packages, n, false, &theirs), sqlite_cold = median(b, match_sqlite, packages, n, true, &theirs);
	printf("%5zu packages: %8.2f ms warm %8.2f ms cold %8zu matches; SQLite %8.2f ms warm %8.2f ms cold %8zu rows\n", n, warm, cold, found, sqlite_warm,
	       sqlite_cold, theirs);
	free(packages);
}

static void
measure_inventories(const struct bench *b, size_t n)
{
	AUTO(database) struct database *db = open_database(b);
	struct package *packages = calloc(MIXED, sizeof *packages);
	size_t found = 0;
	double begun = now_ms();
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < MIXED; k++)
			packages[k] = b->packages.at[(i * 31 + k * (7 + i % 13)) % b->packages.n];
		found += match(b, db, packages, MIXED);
	}
	double ms = now_ms() - begun;
	printf("%zu inventories of %d packages: %.1f s, %zu matches\n", n, MIXED, ms / 1e3, found);
	free(packages);
}

int
main(int argc, char **argv)
{
	struct bench b = { .arena = arena_new(0), .sqlite = "bench-database.sqlite" };
	static const size_t sizes[] = { 10, 500, 3000 };
	struct slice id, version;
	if (argc < 4)
		return fprintf(stderr, "usage: database DB ECOSYSTEM TYPE [INVENTORIES]\n"), 3;
	b.path = argv[1];
	b.ecosystem = slice_of(argv[2]);
	b.type = argv[3];
	slice_cut(b.ecosystem, ':', &id, &version);
	b.os = (struct operating_system){ .known = true, .id = id, .version_id = version };
	list_packages(&b);
	fill_sqlite(&b);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		measure(&b, sizes[i]);
	if (argc > 4)
		measure_inventories(&b, (size_t)strtoul(argv[4], NULL, 10));
	unlink(b.sqlite);
	return 0;
}
