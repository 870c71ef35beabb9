/* SPDX-License-Identifier: Apache-2.0 */
/* What a file that was fetched brings along: its address and time, the day of a feed that tells none or an older one, the format that it must be of. */
#include "advisory/feed.h"

#include "base/date.h"
#include "process/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define KEV     "{\"catalogVersion\": \"1\", \"dateReleased\": \"1970-01-03T00:00:00Z\", \"vulnerabilities\": [{\"cveID\": \"CVE-2024-1\", \"dateAdded\": \"1970-01-02\"}]}"
#define SECDB   "{\"distroversion\": \"v3.20\", \"reponame\": \"main\", \"packages\": []}"
#define KEV_DAY (2 * DAY_S)

static const struct {
	const char *text, *format;
	int64_t modified;
	bool published;
	int64_t snapshot;              /* wanted; refused: 0 */
} cases[] = {
	{ SECDB, "alpine-secdb", 500, false, 500 },
	{ SECDB, "alpine-secdb", DATE_NONE, true, DATE_NONE },
	{ KEV, "kev", KEV_DAY + 500, false, KEV_DAY },
	{ KEV, "kev", KEV_DAY + 500, true, KEV_DAY + 500 },
	{ KEV, "kev", KEV_DAY - 500, true, KEV_DAY },
	{ KEV, "kev", DATE_NONE, true, KEV_DAY },
	{ KEV, "alpine-secdb", 500, true, 0 },
	{ "<html></html>", "kev", 500, true, 0 },
};

static void
read_one(size_t at)
{
	struct plim_error err = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(builder) struct builder *builder = NULL;
	AUTO(feeds_reading) struct feeds_reading *reading = NULL;
	AUTO(fd) int fd = -1;
	struct feed_reports reports = { .arena = arena };
	struct feed_origin origin = { SLICE("https://a.example/x"), slice_of(cases[at].format), 99, cases[at].modified, cases[at].published };
	assert_int_equal(builder_new(&builder, &err), 0);
	assert_int_equal(feeds_reading_new(builder, &reports, &reading, &err), 0);
	assert_int_equal(memory_file(slice_of(cases[at].text), &fd, &err), 0);
	feeds_origin(reading, &origin);
	assert_int_equal(feeds_take(reading, SLICE("x"), fd, &err), 0);
	assert_int_equal(reports.list.n, 1);
	const struct feed_report *report = reports.list.at;
	assert_int_equal(report->taken, cases[at].snapshot != 0);
	assert_int_equal(report->refused, cases[at].snapshot == 0);
	if (report->taken) {
		assert_true(report->feed.snapshot == cases[at].snapshot);
		assert_true(report->feed.fetched == 99);
		assert_true(slice_is(report->feed.url, "https://a.example/x"));
	}
	vec_done(&reports.list);
}

static void
test_origin(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		print_message("case %zu\n", i);
		read_one(i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_origin) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
