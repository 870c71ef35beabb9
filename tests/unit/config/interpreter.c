/* SPDX-License-Identifier: Apache-2.0 */
/* What starts a program: the kernel's reading of #!, and the loader that an ELF file names. */
#include "base/strbuf.h"
#include "catalog/keep.h"
#include "catalog/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* "format|interpreter|argument", "-" for NULL; "none" without a row. */
static void
expect(struct slice head, const char *wanted)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(strbuf) struct strbuf got = { 0 };
	struct entry entry = { .path = SLICE("bin/x"), .type = ENTRY_FILE, .mode = 0755 };
	char *bytes;
	size_t size;
	uint32_t index;
	assert_int_equal(block_builder_new(&builder, NULL), 0);
	assert_int_equal(block_add_entry(builder, &entry, &index, NULL), 0);
	assert_int_equal(interpreter_keep(builder, index, head, NULL), 0);
	assert_int_equal(block_finish(builder, &bytes, &size, NULL), 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, NULL), 0);
	if (block_row_count(block) == 0)
		strbuf_puts(&got, "none");
	for (uint32_t f = 0; block_row_count(block) && f < INTERPRETER_FIELD_COUNT; f++) {
		struct row row = block_row(block, 0);
		struct slice field = block_field(block, &row, f);
		strbuf_puts(&got, f ? "|" : "");
		strbuf_put(&got, field.p ? field : SLICE("-"));
	}
	strbuf_putc(&got, '\0');
	assert_string_equal(got.p, wanted);
	free(bytes);
}

static void
test_scripts(void **state)
{
	char line[300];
	(void)state;
	expect(SLICE("#!/bin/sh\necho"), "script|/bin/sh|-");
	expect(SLICE("#! \t/usr/bin/env  -S a  b \t\n"), "script|/usr/bin/env|-S a  b");
	expect(SLICE("#!/bin/sh"), "script|/bin/sh|-");
	expect(SLICE("#!/bin/sh\0x\n"), "script|/bin/sh|-");
	expect(SLICE("#!/bin/sh\r\n"), "script|/bin/sh\r|-");
	expect(SLICE("#!  \n/bin/sh\n"), "script||-");
	expect(SLICE("#!"), "script||-");
	expect(SLICE("# /bin/sh\n"), "none");
	expect(SLICE(""), "none");
	memset(line, 'x', sizeof line);
	memcpy(line, "#!/", 3);
	expect((struct slice){ line, sizeof line }, "script||-");
	memcpy(line, "#!/bin/sh ", 10);
	line[12] = '\0';
	expect((struct slice){ line, sizeof line }, "script|/bin/sh|xx");
}

static void
put(char *into, uint64_t value, size_t bytes, bool big)
{
	for (size_t i = 0; i < bytes; i++)
		into[big ? bytes - 1 - i : i] = (char)(value >> 8 * i);
}

/* A header, one segment of no interest, and one of `type` whose text is at `at`. */
static struct slice
elf(char *file, bool wide, bool big, uint32_t type, uint64_t headers, uint64_t at)
{
	size_t header = wide ? 56 : 32, word = wide ? 8 : 4;
	memset(file, 0, 512);
	memcpy(file, "\177ELF", 4);
	file[4] = wide ? 2 : 1;
	file[5] = big ? 2 : 1;
	put(file + 16, 3, 2, big);
	put(file + (wide ? 32 : 28), headers, word, big);
	put(file + (wide ? 54 : 42), header, 2, big);
	put(file + (wide ? 56 : 44), 2, 2, big);
	char *segment = file + (headers < 256 ? headers : 64) + header;
	put(segment, type, 4, big);
	put(segment + (wide ? 8 : 4), at, word, big);
	put(segment + (wide ? 32 : 16), 10, word, big);
	memcpy(file + 400, "/lib/ld.so", 11);
	return (struct slice){ file, 512 };
}

static void
test_programs(void **state)
{
	char file[512];
	(void)state;
	for (int i = 0; i < 4; i++) {
		expect(elf(file, i & 1, i & 2, 3, 64, 400), "elf|/lib/ld.so|-");
		expect(elf(file, i & 1, i & 2, 1, 64, 400), "none");
		expect(elf(file, i & 1, i & 2, 3, 64, 4000), "elf|-|-");
		expect(elf(file, i & 1, i & 2, 3, 64, UINT32_MAX), "elf|-|-");
		expect(elf(file, i & 1, i & 2, 3, 500, 400), "elf|-|-");
		expect(elf(file, i & 1, i & 2, 3, UINT32_MAX, 400), "elf|-|-");
	}
	elf(file, true, false, 3, 64, 400);
	put(file + 16, 1, 2, false);
	expect((struct slice){ file, 512 }, "none");
	expect((struct slice){ file, 20 }, "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scripts), cmocka_unit_test(test_programs) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
