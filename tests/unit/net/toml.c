/* SPDX-License-Identifier: Apache-2.0 */
/* TOML 1.0: documents as one line each, and what is none. */
#include "base/strbuf.h"
#include "codec/toml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
show(struct strbuf *into, const struct toml *value)
{
	bool table = value->type == TOML_TABLE;
	if (value->type == TOML_STRING)
		strbuf_printf(into, "\"%.*s\"", SLICE_ARG(value->text));
	else if (value->type == TOML_TABLE || value->type == TOML_ARRAY) {
		strbuf_puts(into, table ? "{" : "[");
		for (size_t i = 0; i < value->n; i++) {
			strbuf_puts(into, i ? "," : "");
			if (table)
				strbuf_printf(into, "%.*s:", SLICE_ARG(value->keys[i]));
			show(into, value->items[i]);
		}
		strbuf_puts(into, table ? "}" : "]");
	} else
		strbuf_printf(into, "%c%.*s", "sifbd"[value->type], SLICE_ARG(value->text));
}

static void
read_as(const char *text, const char *wanted)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf shown = { 0 };
	struct plim_error err = { 0 };
	const struct toml *root;
	if (toml_parse(slice_of(text), arena, &root, &err) < 0)
		strbuf_puts(&shown, err.text);
	else
		show(&shown, root);
	assert_string_equal(shown.p, wanted);
}

static void
values(void **state)
{
	(void)state;
	read_as("", "{}");
	read_as("\xef\xbb\xbf# only a comment", "{}");
	read_as("a = 1\r\nb = -0\n\nc = 0xdead_BEEF # c\n", "{a:i1,b:i-0,c:i0xdead_BEEF}");
	read_as("a = [0o17, 0b11, +99, 1_000]", "{a:[i0o17,i0b11,i+99,i1_000]}");
	read_as("a = [1.0, -3.14e-2, 1e5, 6.02E+23, inf, -nan, 1_0.0_1]", "{a:[f1.0,f-3.14e-2,f1e5,f6.02E+23,finf,f-nan,f1_0.0_1]}");
	read_as("a = [true, false]", "{a:[btrue,bfalse]}");
	read_as("a = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5+01:00, 1979-05-27T07:32:00, 1979-05-27, 07:32:00.999]",
	        "{a:[d1979-05-27T07:32:00Z,d1979-05-27 07:32:00.5+01:00,d1979-05-27T07:32:00,d1979-05-27,d07:32:00.999]}");
	read_as("a = [ # one\n 1, # two\n\n [2, [3]],\n]", "{a:[i1,[i2,[i3]]]}");
	read_as("a = [1, 2, 3, 4, 5, 6, 7, 8, 9]", "{a:[i1,i2,i3,i4,i5,i6,i7,i8,i9]}");
	read_as("a = []\nb = {}", "{a:[],b:{}}");
	read_as("a = { b = 1, c.d = 2, \"e f\" = { g = [1] } }", "{a:{b:i1,c:{d:i2},e f:{g:[i1]}}}");
}

static void
strings(void **state)
{
	(void)state;
	read_as("a = \"b\\t\\\"\\\\\\u00e9\\U0001F600\"", "{a:\"b\t\"\\\xc3\xa9\xf0\x9f\x98\x80\"}");
	read_as("a = 'C:\\dir'\nb = ''", "{a:\"C:\\dir\",b:\"\"}");
	read_as("a = \"\"\"\none\ntwo \\\n   \n  three\"\"\"", "{a:\"one\ntwo three\"}");
	read_as("a = '''\r\none\\\r\n''two'''", "{a:\"one\\\n''two\"}");
	read_as("a = \"\"\"\"quoted\"\"\"\"", "{a:\"\"quoted\"\"}");
	read_as("a = '''''x'''''", "{a:\"''x''\"}");
}

static void
tables(void **state)
{
	(void)state;
	read_as("[a]\nb = 1\n[a.c]\nd = 2\n[e]", "{a:{b:i1,c:{d:i2}},e:{}}");
	read_as("[a.b.c]\nx = 1\n[a]\ny = 2\n[a.b]\nz = 3", "{a:{b:{c:{x:i1},z:i3},y:i2}}");
	read_as("a.b = 1\na.\"c d\".e = 2\n'f'.g = 3", "{a:{b:i1,c d:{e:i2}},f:{g:i3}}");
	read_as("[[r]]\nn = 1\n[[r.m]]\nx = 1\n[[r.m]]\nx = 2\n[[r]]\nn = 2\n[r.t]\ny = 1", "{r:[{n:i1,m:[{x:i1},{x:i2}]},{n:i2,t:{y:i1}}]}");
	read_as("[a]\nb.c = 1\n[a.b.d]\ne = 1", "{a:{b:{c:i1,d:{e:i1}}}}");
	read_as("[ a . 'b' ]\nc = 1", "{a:{b:{c:i1}}}");
	read_as("3.14 = 1", "{3:{14:i1}}");
}

static void
errors(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
	} cases[] = {
		{ "a = 1\na = 2", 2, 3 }, { "a", 1, 2 }, { "a =", 1, 4 }, { "= 1", 1, 1 }, { "a = 1 b = 2", 1, 7 }, { "a = \"b", 1, 7 }, { "a = \"b\nc\"", 1, 7 },
		{ "a = \"\\x\"", 1, 7 }, { "a = \"\\ud800\"", 1, 8 }, { "a = \"\\u12\"", 1, 8 }, { "a = 01", 1, 5 }, { "a = 1__0", 1, 5 }, { "a = 1.", 1, 5 }, { "a = .5", 1, 5 },
		{ "a = 0x", 1, 5 }, { "a = +0x1", 1, 5 }, { "a = tru", 1, 5 }, { "a = 1979-5-1", 1, 5 }, { "a = [1 2]", 1, 8 }, { "a = [1", 1, 7 }, { "a = {b = 1,}", 1, 12 },
		{ "a = {b = 1\n}", 1, 11 }, { "a = {b = 1, b = 2}", 1, 15 }, { "[a]\n[a]", 2, 3 }, { "[a]\nb = 1\n[a.b]", 3, 5 }, { "a = {}\n[a.b]", 2, 4 }, { "a = {}\na.b = 1", 2, 3 },
		{ "a = []\n[[a]]", 2, 4 }, { "[[a]]\n[a]", 2, 3 }, { "[a]\n[[a]]", 2, 4 }, { "[a.b]\n[a]\nb.c = 1", 3, 3 }, { "[a]\nb.c = 1\n[a.b]", 3, 5 }, { "[a", 1, 3 }, { "[]", 1, 2 },
		{ "[[a]", 1, 4 }, { "a.b = 1\na = 2", 2, 3 }, { "a = 1 # \x01", 1, 9 }, { "a = '\x7f'", 1, 6 }, { "a = '''b''", 1, 11 }, { "a\n= 1", 1, 2 }, { "\"\"\"a\"\"\" = 1", 1, 3 },
		{ "a = 1\r", 1, 6 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		struct plim_error err = { 0 };
		const struct toml *root;
		char place[64];
		int r = toml_parse(slice_of(cases[i].text), arena, &root, &err);
		snprintf(place, sizeof place, "TOML, line %u, column %u: ", cases[i].line, cases[i].column);
		if (r != PLIM_EFORMAT || strncmp(err.text, place, strlen(place)) != 0)
			fail_msg("%s: wanted %s, got %d %s", cases[i].text, place, r, err.text);
	}
}

static void
depth(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct plim_error err = { 0 };
	const struct toml *root;
	char text[1000] = "a = ";
	(void)state;
	memset(text + 4, '[', 200);
	memset(text + 204, ']', 200);
	assert_int_equal(toml_parse((struct slice){ text, 404 }, arena, &root, &err), PLIM_EFORMAT);
	assert_non_null(strstr(err.text, "DOCUMENT_DEPTH_COUNT"));
	for (size_t i = 0; i < 200; i++)
		memcpy(text + 2 * i, "a.", 2);
	memcpy(text + 400, "a = 1", 5);
	assert_int_equal(toml_parse((struct slice){ text, 405 }, arena, &root, &err), PLIM_EFORMAT);
	assert_int_equal(toml_parse((struct slice){ "a = '\xff'", 7 }, arena, &root, &err), PLIM_EFORMAT);
}

static void
looking(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct toml *root;
	int64_t number;
	(void)state;
	assert_int_equal(toml_parse(SLICE("a = 1_000\nb = 'x'\n\nc = 0x10\nd = -7"), arena, &root, NULL), 0);
	assert_true(toml_i64(toml_get(root, "a"), &number) && number == 1000);
	assert_true(toml_i64(toml_get(root, "c"), &number) && number == 16);
	assert_true(toml_i64(toml_get(root, "d"), &number) && number == -7);
	assert_false(toml_i64(toml_get(root, "b"), &number));
	assert_int_equal(toml_get(root, "c")->line, 4);
	assert_true(slice_is(toml_string(toml_get(root, "b")), "x"));
	assert_null(toml_get(root, "e"));
	assert_null(toml_get(NULL, "e"));
	assert_false(toml_is(toml_get(root, "b"), TOML_TABLE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values), cmocka_unit_test(strings), cmocka_unit_test(tables), cmocka_unit_test(errors), cmocka_unit_test(depth),
		cmocka_unit_test(looking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
