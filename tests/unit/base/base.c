/* SPDX-License-Identifier: Apache-2.0 */
/* base/: slices, dates, globs, maps, arenas, digests. */
#include "base/arena.h"
#include "base/cursor.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/glob.h"
#include "base/map.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
splits_keep_every_piece(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf seen = { 0 };
	struct slice rest = SLICE("a,,b,"), piece;
	while (slice_next(&rest, ',', &piece))
		strbuf_printf(&seen, "[%.*s]", SLICE_ARG(piece));
	assert_string_equal(seen.p, "[a][][b][]");
}

static void
a_read_past_the_end_is_bad_and_stays_bad(void **state)
{
	(void)state;
	struct cursor c = cursor_of(SLICE("\x01\x02\x03"));
	assert_int_equal(cursor_u16be(&c), 0x0102);
	assert_int_equal(cursor_u32le(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_true(c.bad);
}

static void
dates_go_both_ways(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2000-02-29T12:30:45Z", 951827445 },
		{ "2026-11-24T00:16:00Z", 1795479360 },
		{ "1969-12-31T23:59:59Z", -1 },
	};
	char text[DATE_TEXT_SIZE];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t seconds;
		assert_true(date_parse(slice_of(cases[i].text), &seconds));
		assert_int_equal(seconds, cases[i].seconds);
		assert_string_equal(date_text(seconds, text), cases[i].text);
	}
}

static void
what_is_no_date_is_refused(void **state)
{
	static const char *const cases[] = { "", "2026-02-29", "2026-13-01", "2026-1-1", "2026-01-01T", "2026-01-01T24:00:00Z", "2026-01-01T10:00:00+2" };
	int64_t seconds;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_false(date_parse(slice_of(cases[i]), &seconds));
}

static void
globs_match_as_paths(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{ "etc/*.conf", "etc/a.conf", true },   { "etc/*.conf", "etc/x/a.conf", false }, { "**/a", "a", true },
		{ "**/a", "x/y/a", true },              { "**/a", "x/ba", false },               { "a/**", "a/b/c", true },
		{ "a?c", "abc", true },                 { "a?c", "a/c", false },                 { "*", "", true },
		{ "accounts/*", "accounts/uid", true }, { "gcc*", "gcc-12", true },              { "*a*b*c", "xxaxxbxxc", true },
		{ "**/.ssh/*", "root/.ssh/id", true },  { "", "", true },                        { "", "a", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (glob_match(slice_of(cases[i].pattern), slice_of(cases[i].text)) != cases[i].matches)
			fail_msg("%s against %s", cases[i].pattern, cases[i].text);
}

static void
the_nearest_name_is_one_that_may_be_meant(void **state)
{
	static const char *const names[] = { "severity", "exploited", "fix", NULL };
	(void)state;
	assert_string_equal(name_nearest(SLICE("severty"), names), "severity");
	assert_string_equal(name_nearest(SLICE("xif"), names), "fix");
	assert_null(name_nearest(SLICE("completely-other"), names));
}

static void
a_map_keeps_ten_thousand_keys(void **state)
{
	AUTO(map) struct map map = { 0 };
	static char keys[10000][8];
	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		snprintf(keys[i], sizeof keys[i], "k%zu", i);
		*map_place(&map, slice_of(keys[i])) = keys[i];
	}
	for (size_t i = 0; i < 10000; i++)
		assert_ptr_equal(map_find(&map, slice_of(keys[i])), keys[i]);
	assert_null(map_find(&map, SLICE("k10000")));
}

static void
an_arena_stops_at_its_ceiling(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(1000);
	(void)state;
	assert_non_null(arena_alloc(arena, 900));
	assert_null(arena_alloc(arena, 200));
	assert_true(arena_full(arena));
	assert_null(arena_alloc_array(arena, SIZE_MAX, 2));
}

static void
escapes_never_reach_a_terminal(void **state)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	(void)state;
	strbuf_put_printable(&text, SLICE("a\033[31m\nz\xc2\x9b" "1m\xc3\xa9\xe2\x80\xae" "b\xe2\x82\xac\xef\xbf\xbf"));
	assert_string_equal(text.p, "a\\x1b[31m\\x0az\\xc2\\x9b1m\xc3\xa9\\xe2\\x80\\xaeb\xe2\x82\xac\\xef\\xbf\\xbf");
}

static void
characters_stay_whole_where_text_is_cut(void **state)
{
	(void)state;
	struct slice text = SLICE("a\xc3\xa9\xe6\xbc\xa2z");
	static const size_t kept[] = { 0, 1, 1, 3, 3, 3, 6, 7, 7 };
	for (size_t n = 0; n < sizeof kept / sizeof *kept; n++)
		assert_int_equal(slice_first_text(text, n).n, kept[n]);
}

static void
digests_are_read_strictly(void **state)
{
	struct digest empty = digest_of(SLICE("")), read;
	char text[DIGEST_TEXT_SIZE];
	(void)state;
	assert_string_equal(digest_text(&empty, text), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_true(digest_parse(slice_of(text), &read));
	assert_true(digest_eq(&empty, &read));
	text[7] = 'E';
	assert_false(digest_parse(slice_of(text), &read));
	assert_false(digest_parse(SLICE("sha256:abcd"), &read));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_keep_every_piece),
		cmocka_unit_test(a_read_past_the_end_is_bad_and_stays_bad),
		cmocka_unit_test(dates_go_both_ways),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(globs_match_as_paths),
		cmocka_unit_test(the_nearest_name_is_one_that_may_be_meant),
		cmocka_unit_test(a_map_keeps_ten_thousand_keys),
		cmocka_unit_test(an_arena_stops_at_its_ceiling),
		cmocka_unit_test(escapes_never_reach_a_terminal),
		cmocka_unit_test(characters_stay_whole_where_text_is_cut),
		cmocka_unit_test(digests_are_read_strictly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
