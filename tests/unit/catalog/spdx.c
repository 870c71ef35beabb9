/* SPDX-License-Identifier: Apache-2.0 */
/* What packages call their licences, as expressions. */
#include "codec/spdx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *declared, *expression;    /* NULL: not understood */
} cases[] = {
	{ "MIT", "MIT" },
	{ "mit", "MIT" },
	{ "(MIT OR Apache-2.0)", "MIT OR Apache-2.0" },
	{ "MIT/Apache-2.0", NULL },
	{ "MIT OR ISC, and Zlib, or (X11, and Zlib)", "(MIT OR ISC) AND Zlib OR X11 AND Zlib" },
	{ "MIT and/or ISC", "MIT OR ISC" },
	{ "Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception" },
	{ "GPL-2.0", "GPL-2.0-only" },
	{ "GPL-2.0+", "GPL-2.0-or-later" },
	{ "GPLv2+ and LGPLv2.1+ and BSD-3-Clause", "GPL-2.0-or-later AND LGPL-2.1-or-later AND BSD-3-Clause" },
	{ "MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT, MIT",
	  "MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT AND MIT" },
	{ "MIT AND (GPL-2.0-only OR BSD-2-Clause)", "MIT AND (GPL-2.0-only OR BSD-2-Clause)" },
	{ "GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl" },
	{ "GPL (>= 2)", "GPL-2.0-or-later" },
	{ "GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only" },
	{ "License :: OSI Approved :: MIT License", "MIT" },
	{ "Apache License, Version 2.0", "Apache-2.0" },
	{ "Apache   License  2.0", "Apache-2.0" },
	{ "BSD 3-Clause \"New\" or \"Revised\" License", "BSD-3-Clause" },
	{ "Expat", "MIT" },
	{ "perl_5", "Artistic-1.0-Perl OR GPL-1.0-or-later" },
	{ "CDDL-1.1+", "CDDL-1.1+" },
	{ "LicenseRef-acme", "LicenseRef-acme" },
	{ "DocumentRef-x:LicenseRef-y", "DocumentRef-x:LicenseRef-y" },
	{ "public-domain", "LicenseRef-public-domain" },
	{ "a or b and c", NULL },
	{ "MIT or", NULL },
	{ "or MIT", NULL },
	{ "MIT and BSD", NULL },
	{ "BSD", NULL },
	{ "GPL", "GPL-1.0-or-later" },
	{ "GPL-2+ or AFL-2.1, and Expat", "(GPL-2.0-or-later OR AFL-2.1) AND MIT" },
	{ "Commercial", NULL },
	{ "SEE LICENSE IN LICENSE.md", NULL },
	{ "(MIT", NULL },
	{ "((((((((((((((((((((MIT))))))))))))))))))))", NULL },
	{ "MIT WITH nothing", NULL },
	{ "", NULL },
};

static void
names_become_expressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		AUTO(strbuf) struct strbuf text = { 0 };
		const struct spdx *read = spdx_read(slice_of(cases[i].declared), SPDX_WORDS, arena);
		if (read)
			spdx_write(read, &text);
		if (cases[i].expression)
			assert_string_equal(read ? text.p : cases[i].declared, cases[i].expression);
		else
			assert_string_equal(read ? text.p : "", "");
	}
}

/* What is written reads as itself. */
static void
expressions_stay(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		AUTO(strbuf) struct strbuf text = { 0 };
		if (cases[i].expression == NULL)
			continue;
		const struct spdx *read = spdx_read(slice_of(cases[i].expression), SPDX_WORDS, arena);
		assert_non_null(read);
		spdx_write(read, &text);
		assert_string_equal(text.p, cases[i].expression);
	}
}

static void
names_of_their_own_become_references(void **state)
{
	static const char *const named[][2] = {
		{ "GPL-2+ or AFL-2.1, and Tcl-BSDish", "(GPL-2.0-or-later OR AFL-2.1) AND LicenseRef-Tcl-BSDish" },
		{ "GPL-3+ with Autoconf exception", "GPL-3.0-or-later" },
		{ "GPL-3+-with-autoconf-macro-exception", "GPL-3.0-or-later" },
		{ "other terms (mine)", "LicenseRef-other-terms--mine-" },
		{ "MIT", "MIT" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		AUTO(arena) struct arena *arena = arena_new(0);
		AUTO(strbuf) struct strbuf text = { 0 };
		spdx_write(spdx_read(slice_of(named[i][0]), SPDX_WORDS_NAMED, arena), &text);
		assert_string_equal(text.p, named[i][1]);
	}
}

static bool
is_mit(const void *context, const struct spdx *license)
{
	(void)context;
	return slice_is(license->id, "MIT");
}

static void
one_of_or_and_all_of_and(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(0);
	assert_true(spdx_holds(spdx_read(SLICE("MIT OR GPL-2.0-only"), SPDX_WORDS, arena), is_mit, NULL));
	assert_false(spdx_holds(spdx_read(SLICE("MIT AND GPL-2.0-only"), SPDX_WORDS, arena), is_mit, NULL));
	assert_true(spdx_holds(spdx_read(SLICE("(MIT OR ISC) AND MIT"), SPDX_WORDS, arena), is_mit, NULL));
	assert_false(spdx_holds(spdx_read(SLICE("ISC OR (MIT AND ISC)"), SPDX_WORDS, arena), is_mit, NULL));
}

/* The search halves a sorted list. */
static void
every_identifier_is_found(void **state)
{
	static const char *const ids[] = {
#define LICENSE(id, name) id,
#include "codec/spdx_ids.def"
#undef LICENSE
	};
	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		assert_true(slice_is(spdx_id(slice_of(ids[i])), ids[i]));
	assert_null(spdx_id(SLICE("MI")).p);
	assert_null(spdx_id(SLICE("")).p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_expressions),
		cmocka_unit_test(expressions_stay),
		cmocka_unit_test(names_of_their_own_become_references),
		cmocka_unit_test(one_of_or_and_all_of_and),
		cmocka_unit_test(every_identifier_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
