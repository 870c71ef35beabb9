/* SPDX-License-Identifier: Apache-2.0 */
/* A small database is built, written, opened and asked; a damaged one must say so. */
#include "advisory/match.h"

#include "advisory/builder.h"
#include "advisory/format.h"
#include "base/date.h"
#include "base/file.h"
#include "store/atomic.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
add(struct builder *b, const char *id, const char *alias, const char *package, enum match_state state, const char *fixed)
{
	struct plim_error err = { 0 };
	struct slice aliases[] = { slice_of(alias) };
	struct version_event events[] = { { EVENT_INTRODUCED, SLICE("0") }, { EVENT_FIXED, slice_of(fixed) } };
	struct affected affected = { .ecosystem = SLICE("alpine:3.20"), .package = slice_of(package), .state = state, .events = events,
		                     .event_count = fixed ? 2 : 0, .fix_known = DATE_NONE };
	struct advisory advisory = { .id = slice_of(id), .aliases = aliases, .alias_count = alias ? 1 : 0, .published = DATE_NONE,
		                     .modified = DATE_NONE, .affected = &affected, .affected_count = 1 };
	assert_int_equal(builder_advisory(b, &advisory, &err), 0);
}

static void
feed_done(struct builder *b, const char *name, const char *format)
{
	struct data_feed feed = { .name = slice_of(name), .format = slice_of(format), .digest = digest_of(slice_of(name)),
		                  .snapshot = 1700000000, .records = 1 };
	struct plim_error err = { 0 };
	assert_int_equal(builder_feed_done(b, &feed, &err), 0);
}

/* What a distribution says, beside stray records of the same release. */
static void
compile(struct strbuf *bytes)
{
	struct plim_error err = { 0 };
	struct digest root;
	AUTO(builder) struct builder *b = NULL;
	assert_int_equal(builder_new(&b, &err), 0);
	assert_int_equal(builder_feed(b, &err), 0);
	add(b, "CVE-2024-0001", NULL, "zlib", MATCH_FIXED, "1.3-r2");
	assert_int_equal(builder_covers(b, SLICE("alpine:3.20"), NULL, 0, &err), 0);
	feed_done(b, "alpine-secdb v3.20/main", "alpine-secdb");
	assert_int_equal(builder_feed(b, &err), 0);
	add(b, "ALPINE-CVE-2025-26519", "CVE-2025-26519", "musl", MATCH_FIXED, "1.2.5-r1");
	add(b, "ALPINE-CVE-2024-0001", "CVE-2024-0001", "zlib", MATCH_FIXED, "1.9-r0");
	feed_done(b, "osv Alpine", "osv");
	assert_int_equal(builder_feed(b, &err), 0);
	assert_int_equal(builder_exploited(b, &(struct exploited){ SLICE("CVE-2025-26519"), 86400 }, &err), 0);
	feed_done(b, "kev", "kev");
	assert_int_equal(builder_feed(b, &err), 0);
	assert_int_equal(builder_scored(b, &(struct scored){ SLICE("CVE-2025-26519"), 0.25 }, &err), 0);
	feed_done(b, "epss", "epss");
	char path[] = "plimsoll-match.XXXXXX";
	AUTO(fd) int fd = mkstemp(path);
	AUTO(map_file) struct slice file = SLICE_NONE;
	assert_int_equal(builder_compile(b, fd, &root, &err), 0);
	assert_int_equal(file_map(AT_FDCWD, path, &file, &err), 0);
	strbuf_put(bytes, file);
	unlink(path);
}

/* Opens the bytes from a file, which is gone again afterwards. */
static int
open_bytes(struct slice bytes, struct database **out, struct plim_error *err)
{
	char path[] = "plimsoll-match.XXXXXX";
	AUTO(fd) int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(atomic_write(path, 0600, bytes, err), 0);
	int r = database_open(path, out, err);
	unlink(path);
	return r;
}

static struct package
package_of(const char *name, const char *version)
{
	return (struct package){ .type = SLICE("apk"), .name = slice_of(name), .source = slice_of(name), .version = slice_of(version) };
}

static int
ask(const struct database *db, const char *release, struct strbuf *into, struct coverage *coverage, struct plim_error *err)
{
	const struct package packages[] = { package_of("musl", "1.2.5-r0"), package_of("musl", "1.2.5-r1"), package_of("zlib", "1.3-r1"),
		                            package_of("zlib", "1.3-r2"), package_of("musl", "no version!") };
	const struct operating_system os = { .known = true, .id = SLICE("alpine"), .version_id = slice_of(release) };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct matches found = { 0 };
	int r = match_packages(db, &os, packages, COUNT(packages), arena, NULL, &found, err);
	for (size_t i = 0; r == 0 && i < found.n; i++)
		strbuf_printf(into, "%zu %.*s %s %.*s epss %.2f kev %d\n", found.at[i].package, SLICE_ARG(found.at[i].id),
		              match_state_name(found.at[i].state), SLICE_ARG(found.at[i].fixed_version), found.at[i].epss,
		              found.at[i].kev_added != DATE_NONE);
	*coverage = found.system;
	return r;
}

static void
matches(void **state)
{
	(void)state;
	struct plim_error err = { 0 };
	AUTO(strbuf) struct strbuf bytes = { 0 }, again = { 0 }, seen = { 0 };
	AUTO(database) struct database *db = NULL;
	struct coverage coverage = { 0 };
	compile(&bytes);
	compile(&again);
	assert_true(slice_eq(strbuf_slice(&bytes), strbuf_slice(&again)));
	assert_int_equal(open_bytes(strbuf_slice(&bytes), &db, &err), 0);
	assert_int_equal(ask(db, "3.20.3", &seen, &coverage, &err), 0);
	assert_true(coverage.covered);
	/* The distribution's own fix of zlib wins over the stray record; what is no version is not mended. */
	assert_string_equal(seen.p, "0 CVE-2025-26519 fixed 1.2.5-r1 epss 0.25 kev 1\n"
	                            "2 CVE-2024-0001 fixed 1.3-r2 epss -1.00 kev 0\n"
	                            "4 CVE-2025-26519 fixed 1.2.5-r1 epss 0.25 kev 1\n");
	strbuf_clear(&seen);
	assert_int_equal(ask(db, "3.18.9", &seen, &coverage, &err), 0);
	assert_int_equal(seen.n, 0);
	assert_false(coverage.covered);
}

/* One advisory on one package: what is said of it in each channel, and what that means for a version. */
static const struct heard {
	const char *channel[2], *fixed[2], *version, *answer;    /* `fixed` NULL: affected */
} heard[] = {
	{ { NULL, "esm" }, { NULL, "1.0-1ubuntu2+esm1" }, "1.0-1ubuntu1", "affected " },
	{ { NULL, "esm" }, { NULL, "1.0-1ubuntu2+esm1" }, "1.0-1ubuntu2+esm1", "" },
	{ { NULL, "esm" }, { NULL, "1.0-1ubuntu2+esm2" }, "1.0-1ubuntu2+esm1", "fixed 1.0-1ubuntu2+esm2" },
	{ { NULL, "esm" }, { "1.0-1ubuntu2", "1.0-1ubuntu2+esm1" }, "1.0-1ubuntu1", "fixed 1.0-1ubuntu2" },
	/* Only those who have the channel are told of a fix: the others have what it mends. */
	{ { "esm" }, { "1.0-1ubuntu2+esm1" }, "1.0-1ubuntu1", "affected " },
	/* A package that is not validated says nothing of one that is, and the other way round. */
	{ { "fips" }, { "1.0-1ubuntu2.fips.1" }, "1.0-1ubuntu1", "" },
	{ { NULL, "fips" }, { "1.0-1ubuntu3", "1.0-1ubuntu2+Fips2" }, "1.0-1ubuntu2+Fips1", "fixed 1.0-1ubuntu2+Fips2" },
	{ { NULL, "fips" }, { "1.0-1ubuntu3", "1.0-1ubuntu2+Fips2" }, "1.0-1ubuntu2+Fips2", "" },
	/* The epoch of what was patched apart would hide every fix. */
	{ { NULL, "ksplice" }, { "2.28-236.el8", "2:2.28-225.ksplice1.el8" }, "2.28-225.el8", "fixed 2.28-236.el8" },
	{ { NULL, "ksplice" }, { "2.28-236.el8", "2:2.28-225.ksplice1.el8" }, "2:2.28-225.ksplice1.el8", "" },
	{ { NULL }, { "2.28-236.el8" }, "2:2.28-225.ksplice1.el8", "fixed 2.28-236.el8" },
	{ { NULL }, { "2.28-220.el8" }, "2:2.28-225.ksplice1.el8", "" },
};

static void
hear(const struct heard *h, struct strbuf *into)
{
	const bool rpm = slice_find_text(slice_of(h->version), SLICE(".el8")) != SIZE_MAX;
	struct version_event events[2][2];
	struct affected affected[2] = { 0 };
	struct plim_error err = { 0 };
	char path[] = "plimsoll-match.XXXXXX";
	struct digest root;
	AUTO(builder) struct builder *b = NULL;
	AUTO(database) struct database *db = NULL;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(fd) int fd = mkstemp(path);
	size_t n = 0;
	for (; n < 2 && (h->channel[n] || h->fixed[n] || (n == 0 && h->channel[1])); n++) {
		events[n][0] = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
		events[n][1] = (struct version_event){ EVENT_FIXED, slice_of(h->fixed[n]) };
		affected[n] = (struct affected){ .ecosystem = rpm ? SLICE("ol:8") : SLICE("ubuntu:18.04"), .package = SLICE("demo"), .fix_known = DATE_NONE,
			                         .state = h->fixed[n] ? MATCH_FIXED : MATCH_AFFECTED, .events = events[n],
			                         .event_count = h->fixed[n] ? 2 : 0, .channel = slice_of(h->channel[n]) };
	}
	struct advisory advisory = { .id = SLICE("CVE-2026-0001"), .published = DATE_NONE, .modified = DATE_NONE, .affected = affected, .affected_count = n };
	assert_int_equal(builder_new(&b, &err), 0);
	assert_int_equal(builder_feed(b, &err), 0);
	assert_int_equal(builder_advisory(b, &advisory, &err), 0);
	feed_done(b, "tracker", "debian-tracker");
	assert_int_equal(builder_compile(b, fd, &root, &err), 0);
	assert_int_equal(database_open(path, &db, &err), 0);
	unlink(path);
	const struct package package = { .type = rpm ? SLICE("rpm") : SLICE("deb"), .name = SLICE("demo"), .version = slice_of(h->version) };
	const struct operating_system os = { .known = true, .id = rpm ? SLICE("ol") : SLICE("ubuntu"), .version_id = rpm ? SLICE("8.9") : SLICE("18.04") };
	struct matches found = { 0 };
	assert_int_equal(match_packages(db, &os, &package, 1, arena, NULL, &found, &err), 0);
	for (size_t i = 0; i < found.n; i++)
		strbuf_printf(into, "%s %.*s", match_state_name(found.at[i].state), SLICE_ARG(found.at[i].fixed_version));
}

static void
channels(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(heard); i++) {
		AUTO(strbuf) struct strbuf answer = { 0 };
		hear(&heard[i], &answer);
		if (!slice_is(strbuf_slice(&answer), heard[i].answer))
			fail_msg("%s, case %zu: wanted '%s', got '%.*s'", heard[i].version, i, heard[i].answer, SLICE_ARG(strbuf_slice(&answer)));
	}
}

/* Whatever byte is changed, and wherever it ends: an error, at the opening or at the question, never another answer. */
static void
damage(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	compile(&bytes);
	for (size_t at = 0; at < bytes.n; at += at < 512 || at > 2 * FORMAT_BLOCK ? 1 : 97) {
		struct plim_error err = { 0 };
		AUTO(database) struct database *db = NULL;
		AUTO(strbuf) struct strbuf seen = { 0 };
		struct coverage coverage = { 0 };
		bytes.p[at] ^= 1;
		int r = open_bytes(strbuf_slice(&bytes), &db, &err);
		if (r == 0)
			r = ask(db, "3.20.3", &seen, &coverage, &err);
		bytes.p[at] ^= 1;
		if (r == 0)
			fail_msg("a change at %zu is not seen", at);
		if (at % 5 == 0 && open_bytes(slice_first(strbuf_slice(&bytes), at), &db, &err) == 0)
			fail_msg("%zu bytes are taken for the whole", at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(matches), cmocka_unit_test(channels), cmocka_unit_test(damage) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
