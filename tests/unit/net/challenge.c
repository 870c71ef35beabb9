/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate: several challenges in one header, quotes, commas, and what is none. */
#include "base/strbuf.h"
#include "net/challenge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
show(struct strbuf *into, const char *name, struct slice value)
{
	if (value.p)
		strbuf_printf(into, " %s=<%.*s>", name, SLICE_ARG(value));
}

static void
read_as(const char *header, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct challenges found = { 0 };
	struct plim_error err = { 0 };
	if (challenges_parse(slice_of(header), arena, &found, &err) < 0)
		strbuf_puts(&shown, err.text);
	else
		for (size_t i = 0; i < found.n; i++) {
			strbuf_printf(&shown, "%s%.*s", i ? "; " : "", SLICE_ARG(found.at[i].scheme));
			show(&shown, "realm", found.at[i].realm);
			show(&shown, "service", found.at[i].service);
			show(&shown, "scope", found.at[i].scope);
		}
	assert_string_equal(shown.p ? shown.p : "", wanted);
}

static void
headers(void **state)
{
	(void)state;
	read_as("Basic realm=\"x\"", "Basic realm=<x>");
	read_as("Bearer realm=\"https://a.example/token\",service=\"a, b\",scope=\"repository:a/b:pull,push\"",
	        "Bearer realm=<https://a.example/token> service=<a, b> scope=<repository:a/b:pull,push>");
	read_as("Bearer realm=\"r\" , service=s,\tScope = \"c\", error=\"invalid_token\"", "Bearer realm=<r> service=<s> scope=<c>");
	read_as("Basic realm=\"a\", Bearer realm=\"b\",service=\"c\", Negotiate", "Basic realm=<a>; Bearer realm=<b> service=<c>; Negotiate");
	read_as("Negotiate, Basic realm=a", "Negotiate; Basic realm=<a>");
	read_as("Negotiate YWJj==, Basic realm=a", "Negotiate; Basic realm=<a>");
	read_as("Negotiate abc=", "Negotiate");
	read_as("Basic realm=\"a \\\"quoted\\\" \\\\ part\"", "Basic realm=<a \"quoted\" \\ part>");
	read_as("Basic realm=\"\"", "Basic realm=<>");
	read_as("Basic", "Basic");
	read_as(",, Basic ,,", "Basic");
	read_as("", "");
}

static void
damaged(void **state)
{
	static const char *const cases[] = {
		"Bearer realm=\"unfinished", "Bearer realm=\"a\\", "Bearer realm=\"a\" service=\"b\"", "Bearer realm=\"a\",realm=\"b\"", "Bearer REALM=a,realm=a",
		"Bearer realm=\"a\"x", "\"Bearer\"", "Bearer realm=\"a\", service=\"b", "=", "Bearer @", "Bearer a b",
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		struct challenges found = { 0 };
		if (challenges_parse(slice_of(cases[i]), arena, &found, NULL) != PLIM_EFORMAT)
			fail_msg("taken: %s", cases[i]);
	}
}

static void
not_too_many(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct challenges found = { 0 };
	(void)state;
	assert_int_equal(challenges_parse(SLICE("a,b,c,d,e,f,g,h"), arena, &found, NULL), 0);
	assert_int_equal(challenges_parse(SLICE("i"), arena, &found, NULL), PLIM_ELIMIT);
	assert_ptr_equal(challenges_find(&found, "C"), &found.at[2]);
	assert_null(challenges_find(&found, "i"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(damaged),
		cmocka_unit_test(not_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
