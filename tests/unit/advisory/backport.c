/* SPDX-License-Identifier: Apache-2.0 */
/* Backports of three kinds of package: errata that name several flaws, feeds that disagree, upstream versions that have no order. */
#include "advisory/backport.h"

#include "advisory/builder.h"
#include "base/date.h"
#include "store/atomic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* Who says what: an advisory, up to two CVEs that it names, and the version that mends a package; a feed begins where `feed` stands. */
static const struct said {
	const char *feed, *format;
	const char *id, *cves[2], *ecosystem, *package, *introduced, *fixed;
} said[] = {
	{ "upstream", "osv-list", "UP-1", { "CVE-2026-0001" }, "generic", "demo", "0", "2.0" },
	{ NULL, NULL, "UP-2", { "CVE-2026-0002" }, "generic", "demo", "1.2", "v2.1-rc1" },
	{ NULL, NULL, "UP-3", { "CVE-2026-0003" }, "generic", "demo", "0", "one.point.nine!" },
	{ NULL, NULL, "UP-4", { "CVE-2026-0004" }, "generic", "late", "2.5", "3.0" },
	{ "osv AlmaLinux", "osv", "ALSA-2026:1", { "CVE-2026-0001", "CVE-2026-0003" }, "almalinux:9", "demo-libs", "0", "1.4-3.el9" },
	{ NULL, NULL, "ALSA-2026:2", { "CVE-2026-0002" }, "almalinux:9", "demo", "0", "1.4-4.el9" },
	{ "alpine-secdb v3.20/main", "alpine-secdb", "CVE-2026-0001", { NULL }, "alpine:3.20", "demo", "0", "1.4-r1" },
	{ NULL, NULL, "CVE-2026-0002", { NULL }, "alpine:3.20", "demo", "0", "1.4-r1" },
	{ NULL, NULL, "CVE-2026-0003", { NULL }, "alpine:3.20", "demo", "0", "1.4-r2" },
	{ "osv Alpine", "osv", "ALPINE-CVE-2026-0001", { "CVE-2026-0001" }, "alpine:3.20", "demo", "0", "1.9-r0" },
};

static void
say(struct builder *b, const struct said *s)
{
	struct plim_error err = { 0 };
	struct slice aliases[] = { slice_of(s->cves[0]), slice_of(s->cves[1]) };
	struct version_event events[] = { { EVENT_INTRODUCED, slice_of(s->introduced) }, { EVENT_FIXED, slice_of(s->fixed) } };
	struct affected affected = { .ecosystem = slice_of(s->ecosystem), .package = slice_of(s->package), .state = MATCH_FIXED, .events = events,
		                     .event_count = 2, .fix_known = DATE_NONE };
	struct advisory advisory = { .id = slice_of(s->id), .aliases = aliases, .alias_count = (s->cves[0] != NULL) + (s->cves[1] != NULL),
		                     .published = DATE_NONE, .modified = DATE_NONE, .affected = &affected, .affected_count = 1 };
	assert_int_equal(builder_advisory(b, &advisory, &err), 0);
}

static void
feed_done(struct builder *b, const struct said *s)
{
	struct data_feed feed = { .name = slice_of(s->feed), .format = slice_of(s->format), .digest = digest_of(slice_of(s->feed)), .snapshot = 1 };
	struct plim_error err = { 0 };
	assert_int_equal(builder_feed_done(b, &feed, &err), 0);
}

static void
open_said(struct database **out)
{
	const size_t n = sizeof said / sizeof *said;
	const struct slice packages[] = { SLICE("demo"), SLICE("late") };
	struct plim_error err = { 0 };
	struct digest root;
	char path[] = "plimsoll-backport.XXXXXX";
	AUTO(builder) struct builder *b = NULL;
	assert_int_equal(builder_new(&b, &err), 0);
	for (size_t i = 0, first = 0; i < n; i++) {
		if (said[i].feed) {
			assert_int_equal(builder_feed(b, &err), 0);
			first = i;
		}
		say(b, &said[i]);
		if (i == 0)
			assert_int_equal(builder_covers(b, SLICE("generic"), packages, 2, &err), 0);
		if (i + 1 == n || said[i + 1].feed)
			feed_done(b, &said[first]);
	}
	AUTO(fd) int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(builder_compile(b, fd, &root, &err), 0);
	assert_int_equal(database_open(path, out, &err), 0);
	unlink(path);
}

/* What is asked of which package, and the answer as words. */
static const struct question {
	const char *id, *version_id, *type, *name, *source, *version, *upstream, *installed, *wanted, *answer;
} questions[] = {
	/* An erratum is of the binary package, another of its source; the pre-release of 2.1 counts as 2.1. */
	{ "almalinux", "9.4", "rpm", "demo-libs", "demo", "1.4-4.el9", "demo", "1.4", "2.1", "whole 3" },
	{ "almalinux", "9.4", "rpm", "demo-libs", "demo", "1.4-3.el9", "demo", "1.4", "2.1", "lacking 3 CVE-2026-0002 1.4-4.el9" },
	{ "almalinux", "9.4", "rpm", "demo-libs", "demo", "1.4-3.el9", "demo", "1.4", "2.0", "whole 2" },
	{ "almalinux", "9.4", "rpm", "demo-libs", "demo", "1.4-2.el9", "demo", "1.4", "2.0", "lacking 2 CVE-2026-0001 CVE-2026-0003 1.4-3.el9" },
	/* What upstream brought in after the installed version counts where the distribution has it all the same, and else does not. */
	{ "almalinux", "9.4", "rpm", "demo-libs", "demo", "1.1-9.el9", "demo", "1.1", "2.1", "lacking 3 CVE-2026-0001 CVE-2026-0002 CVE-2026-0003 1.4-4.el9" },
	{ "almalinux", "9.4", "rpm", "late", "late", "1.0-1.el9", "late", "1.0", "3.0", "whole 0" },
	{ "almalinux", "8.9", "rpm", "demo-libs", "demo", "1.4-4.el8", "demo", "1.4", "2.0",
	  "unknown 2: upstream fixed CVE-2026-0001 and others by 2.0, and the data of almalinux:8 does not say whether this revision has the fix" },
	/* secdb says that it is mended, which an older copy elsewhere does not undo. */
	{ "alpine", "3.20.3", "apk", "demo", "demo", "1.4-r2", "demo", "1.4", "2.1", "whole 3" },
	{ "alpine", "3.20.3", "apk", "demo", "demo", "1.4-r1", "demo", "1.4", "2.1", "lacking 3 CVE-2026-0003 1.4-r2" },
	{ "alpine", "3.20.3", "apk", "demo", "demo", "1.4-r0", "demo", "1.4", "2.0", "lacking 2 CVE-2026-0001 CVE-2026-0003 1.4-r2" },
	{ "alpine", "3.20.3", "apk", "demo", "demo", "1.4-r2", "other", "1.4", "2.1",
	  "unknown 0: upstream's 1.4 is below 2.1, and no advisory data covers what upstream fixed in other" },
	{ "", "", "apk", "demo", "demo", "1.4-r2", "demo", "1.4", "2.1", "unknown 0: whose revision it is cannot be told" },
};

static void
put_answer(const struct backport *backport, struct strbuf *into)
{
	static const char *const states[] = { [BACKPORT_WHOLE] = "whole", [BACKPORT_LACKING] = "lacking", [BACKPORT_UNKNOWN] = "unknown" };
	strbuf_printf(into, "%s %zu", states[backport->state], backport->asked);
	for (size_t i = 0; backport->state == BACKPORT_LACKING && i < backport->id_count; i++)
		strbuf_printf(into, " %.*s", SLICE_ARG(backport->ids[i]));
	if (backport->fixed_version.n)
		strbuf_printf(into, " %.*s", SLICE_ARG(backport->fixed_version));
	if (backport->reason.n)
		strbuf_printf(into, ": %.*s", SLICE_ARG(backport->reason));
}

static void
answers(void **state)
{
	AUTO(database) struct database *db = NULL;
	(void)state;
	open_said(&db);
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		const struct question *q = &questions[i];
		const struct operating_system os = { .id = slice_of(q->id), .version_id = slice_of(q->version_id) };
		const struct package package = { .type = slice_of(q->type), .name = slice_of(q->name), .source = slice_of(q->source),
			                         .version = slice_of(q->version) };
		const struct upstream upstream = { SLICE_NONE, slice_of(q->upstream), slice_of(q->installed), slice_of(q->wanted) };
		AUTO(arena) struct arena *arena = arena_new(0);
		AUTO(strbuf) struct strbuf answer = { 0 };
		struct backport backport;
		struct plim_error err = { 0 };
		assert_int_equal(backport_ask(db, &os, &package, &upstream, arena, &backport, &err), 0);
		put_answer(&backport, &answer);
		assert_string_equal(strbuf_slice(&answer).p, q->answer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
