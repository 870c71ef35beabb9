/* SPDX-License-Identifier: Apache-2.0 */
/* Many literals in one pass, with and without vectors, at every place of a text. */
#include "base/strbuf.h"
#include "codec/literals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

static int
tell(void *context, size_t literal, size_t offset)
{
	strbuf_printf(context, "%zu@%zu ", literal, offset);
	return 0;
}

static void
expect(const struct literals *literals, struct slice text, const char *wanted)
{
	for (int width = LITERALS_1; width <= LITERALS_32; width++) {
		AUTO(strbuf) struct strbuf got = { 0 };
		assert_int_equal(literals_scan_width(literals, (enum literals_width)width, text, tell, &got), 0);
		assert_string_equal(got.p ? got.p : "", wanted);
	}
}

static const struct literal some[] = {
	{ { "AKIA", 4 }, false }, { { "password", 8 }, true }, { { "pass", 4 }, false }, { { "://", 3 }, false }, { { "password", 8 }, false },
	{ { "\0\1\2", 3 }, false },
};

static void
finds_all(void **state)
{
	AUTO(literals) struct literals *literals = NULL;
	(void)state;
	assert_int_equal(literals_new(some, 6, &literals, NULL), 0);
	expect(literals, SLICE(""), "");
	expect(literals, SLICE("AK"), "");
	expect(literals, SLICE("AKIA"), "0@0 ");
	expect(literals, SLICE("AKIAKIA"), "0@0 0@3 ");
	expect(literals, SLICE("PassWord"), "1@0 ");
	expect(literals, SLICE("password"), "2@0 1@0 4@0 ");
	expect(literals, SLICE("passwor"), "2@0 ");
	expect(literals, SLICE("assword"), "");
	expect(literals, SLICE("a://b\0\1\2"), "3@1 5@5 ");
}

/* A literal ends where nothing may be read behind it, and begins where nothing may be read before it. */
static void
reads_nothing_beyond(void **state)
{
	AUTO(literals) struct literals *literals = NULL;
	size_t page = 4096;
	char *map = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	(void)state;
	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mprotect(map, page, PROT_NONE) | mprotect(map + 2 * page, page, PROT_NONE), 0);
	assert_int_equal(literals_new(some, 4, &literals, NULL), 0);
	memset(map + page, 'x', page);
	memcpy(map + page, "AKIA", 4);
	memcpy(map + 2 * page - 4, "AKIA", 4);
	expect(literals, (struct slice){ map + page, page }, "0@0 0@4092 ");
	for (size_t n = 4; n < 100; n++) {
		char wanted[32];
		snprintf(wanted, sizeof wanted, "0@%zu ", n - 4);
		expect(literals, (struct slice){ map + 2 * page - n, n }, wanted);
	}
	munmap(map, 3 * page);
}

static void
refuses_lengths(void **state)
{
	char text[300] = "";
	struct plim_error err;
	struct literals *literals;
	const struct literal bad[] = { { { "ab", 2 }, false }, { { text, 256 }, false } };
	(void)state;
	assert_int_equal(literals_new(&bad[0], 1, &literals, &err), PLIM_ELIMIT);
	assert_int_equal(literals_new(&bad[1], 1, &literals, &err), PLIM_ELIMIT);
}

static int
stop(void *context, size_t literal, size_t offset)
{
	(void)literal;
	*(size_t *)context = offset;
	return 7;
}

static void
ends_when_told(void **state)
{
	AUTO(literals) struct literals *literals = NULL;
	size_t offset = 0;
	(void)state;
	assert_int_equal(literals_new(some, 4, &literals, NULL), 0);
	assert_int_equal(literals_scan(literals, SLICE("xxAKIAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxAKIA"), stop, &offset), 7);
	assert_int_equal(offset, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_all),
		cmocka_unit_test(reads_nothing_beyond),
		cmocka_unit_test(refuses_lengths),
		cmocka_unit_test(ends_when_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
