/* SPDX-License-Identifier: Apache-2.0 */
/* What is written on a terminal, by a time that the test gives. */
#include "cli/progress.h"

#include "base/auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ERASE "\x1b[K"

static const struct plim_progress layers = { PLIM_STAGE_LAYERS, .done = 3, .total = 7, .bytes = 712345678, .bytes_total = 2100000000 };
static const struct plim_progress none = { PLIM_STAGE_NONE };

static void
expect(struct progress *progress, const struct plim_progress *now, int64_t at, unsigned columns, const char *wanted)
{
	AUTO(strbuf) struct strbuf out = { 0 };
	progress_step(progress, now, at, columns, &out);
	assert_string_equal(out.p ? out.p : "", wanted);
}

static void
test_time(void **state)
{
	(void)state;
	struct progress progress = { .begun = 5000 };
	const struct plim_progress judging = { PLIM_STAGE_JUDGING };
	expect(&progress, &layers, 5000, 80, "");
	expect(&progress, &judging, 5999, 80, "");
	expect(&progress, &layers, 6000, 80, "\rreading layers  33 %  712 MB of 2.1 GB  3 of 7 layers  1 s" ERASE);
	expect(&progress, &layers, 6099, 80, "");
	expect(&progress, &layers, 6100, 80, "\rreading layers  33 %  712 MB of 2.1 GB  3 of 7 layers  1 s" ERASE);
	expect(&progress, &judging, 6101, 80, "\rjudging  1 s" ERASE);
	expect(&progress, &none, 6102, 80, "\r" ERASE);
	expect(&progress, &none, 6103, 80, "");
	expect(&progress, &judging, 67000, 80, "\rjudging  62 s" ERASE);
	expect(&progress, &none, 67000, 80, "\r" ERASE);
}

static void
test_nothing_shown_nothing_erased(void **state)
{
	(void)state;
	struct progress progress = { 0 };
	expect(&progress, &layers, 999, 80, "");
	expect(&progress, &none, 2000, 80, "");
}

static void
test_numbers(void **state)
{
	(void)state;
	static const struct {
		struct plim_progress now;
		const char *wanted;
	} cases[] = {
		{ { PLIM_STAGE_LAYERS, .total = 2 }, "reading layers  0 of 2 layers  1 s" },
		{ { PLIM_STAGE_LAYERS, .total = 1, .bytes_total = 999 }, "reading layers  0 %  0 B of 999 B  0 of 1 layers  1 s" },
		{ { PLIM_STAGE_LAYERS, .total = 1, .bytes = 9949, .bytes_total = 9960 }, "reading layers  99 %  9.9 kB of 10 kB  0 of 1 layers  1 s" },
		{ { PLIM_STAGE_LAYERS, .total = 1, .bytes = 999499, .bytes_total = 999500 }, "reading layers  99 %  999 kB of 1.0 MB  0 of 1 layers  1 s" },
		/* A size that was too small is no reason to go beyond all of it. */
		{ { PLIM_STAGE_LAYERS, .total = 1, .bytes = 2000, .bytes_total = 1000 }, "reading layers  2.0 kB of 1.0 kB  0 of 1 layers  1 s" },
		{ { PLIM_STAGE_LAYERS, .done = 1, .total = 1, .bytes = UINT64_MAX, .bytes_total = UINT64_MAX },
		  "reading layers  100 %  18 EB of 18 EB  1 of 1 layers  1 s" },
		{ { PLIM_STAGE_FEEDS, .done = 4, .bytes = 5000000 }, "reading feeds  5.0 MB  4 files  1 s" },
		{ { PLIM_STAGE_JUDGING, .done = 1, .total = 3, .name = "web:1", .name_size = 5 }, "judging  1 of 3 images  1 s  web:1" },
		{ { PLIM_STAGE_OPENING }, "opening the image  1 s" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(strbuf) struct strbuf wanted = { 0 };
		struct progress progress = { 0 };
		strbuf_printf(&wanted, "\r%s" ERASE, cases[i].wanted);
		expect(&progress, &cases[i].now, 1000, 80, wanted.p);
	}
}

static void
test_names(void **state)
{
	(void)state;
	struct plim_progress feeds = { PLIM_STAGE_FEEDS, .name = "a\x1b[2J\r\n" "b", .name_size = 8 };
	struct progress progress = { 0 };
	expect(&progress, &feeds, 1000, 60, "\rreading feeds  1 s  a\\x1b[2J\\x0d\\x0ab" ERASE);
	/* 39 columns: 20 are taken, 19 left; a letter outside ASCII may take two. */
	feeds.name = "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xe6\xbc\xa2\xe5\xad\x97 osv/alpine.json";
	feeds.name_size = strlen(feeds.name);
	progress = (struct progress){ 0 };
	expect(&progress, &feeds, 1000, 40, "\rreading feeds  1 s  \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xe6\xbc\xa2\xe5\xad\x97 osv/al" ERASE);
	progress = (struct progress){ 0 };
	expect(&progress, &feeds, 1000, 28, "\rreading feeds  1 s" ERASE);
}

/* Whatever the width: one line that ends before the last column, and nothing where there is no room for a word. */
static void
test_widths(void **state)
{
	(void)state;
	struct plim_progress now = layers;
	now.name = "registry.example/with/a/long/path/and/a/name/that/goes/on/and/on/and/on:2026.11.27";
	now.name_size = strlen(now.name);
	for (unsigned columns = 1; columns < 300; columns++) {
		AUTO(strbuf) struct strbuf out = { 0 };
		struct progress progress = { 0 };
		progress_step(&progress, &now, 3000000, columns, &out);
		if (columns < 16) {
			assert_int_equal(out.n, 0);
			continue;
		}
		assert_true(out.n - strlen("\r" ERASE) < columns);
		assert_null(strchr(out.p, '\n'));
		assert_memory_equal(out.p, "\rreading layers", 15);
	}
}

/* A window that became too narrow loses its line. */
static void
test_narrowed(void **state)
{
	(void)state;
	struct progress progress = { 0 };
	const struct plim_progress judging = { PLIM_STAGE_JUDGING };
	expect(&progress, &judging, 1000, 80, "\rjudging  1 s" ERASE);
	expect(&progress, &judging, 2000, 10, "\r" ERASE);
	expect(&progress, &judging, 3000, 10, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),   cmocka_unit_test(test_nothing_shown_nothing_erased), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_names),  cmocka_unit_test(test_widths),                       cmocka_unit_test(test_narrowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
