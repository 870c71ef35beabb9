/* SPDX-License-Identifier: Apache-2.0 */
/* The rpm header, the three database formats, and the rows that the cataloger makes of them. */
#include "make.h"

#include "base/auto.h"
#include "catalog/cataloger.h"
#include "codec/rpm_header.h"
#include "layer/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

extern const struct cataloger cataloger_rpm;

static const struct tag bash_tags[] = {
	{ 1000, "bash", 0 },      { 1001, "5.1.8", 0 },  { 1002, "9.el9", 0 },
	{ 1003, NULL, 1 },        { 1011, "Vendor", 0 }, { 1014, "GPLv3+", 0 },
	{ 1022, "x86_64", 0 },    { 1044, "bash-src-5.1.8-9.el9.src.rpm", 0 },
	{ 5096, "base:9:1:c", 0 },
};
static const struct tag key_tags[] = {
	{ 1000, "gpg-pubkey", 0 }, { 1001, "8483c65d", 0 }, { 1002, "5ccc5b19", 0 },
	{ 1015, "Key Holder", 0 }, { 1044, "(none)", 0 },
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

#define BASH_ROW "bash|1:5.1.8-9.el9|1|x86_64|bash-src|5.1.8-9.el9|Vendor|GPLv3+|base:9:1:c\n"
#define KEY_ROW  "gpg-pubkey|8483c65d-5ccc5b19|-|-|gpg-pubkey|8483c65d-5ccc5b19|Key Holder|-|-\n"

struct fixture {
	struct strbuf headers[2];
	struct strbuf db;
};

static struct fixture
fixture_new(void)
{
	struct fixture f = { 0 };
	make_header(&f.headers[0], bash_tags, COUNT(bash_tags), 2000);
	make_header(&f.headers[1], key_tags, COUNT(key_tags), 0);
	return f;
}

static void
auto_fixture(struct fixture *f)
{
	strbuf_done(&f->headers[0]);
	strbuf_done(&f->headers[1]);
	strbuf_done(&f->db);
}

static void
show_needs(const struct block *block, const struct row *row, struct strbuf *seen)
{
	struct slice rest = block_field(block, row, PACKAGE_DEPENDENCIES), need;
	while (slice_next(&rest, '\n', &need))
		strbuf_printf(seen, "%.*s needs %.*s\n", SLICE_ARG(block_field(block, row, PACKAGE_NAME)), SLICE_ARG(need));
}

static void
show_block(const struct block *block, struct strbuf *seen)
{
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		show_needs(block, &row, seen);
		for (uint32_t at = PACKAGE_NAME; at <= PACKAGE_MODULE; at++) {
			struct slice field = block_field(block, &row, at);
			strbuf_put(seen, field.p ? field : SLICE("-"));
			strbuf_putc(seen, at == PACKAGE_MODULE ? '\n' : '|');
		}
	}
	for (uint32_t i = 0; i < block_problem_count(block); i++)
		strbuf_printf(seen, "problem: %.*s\n", SLICE_ARG(block_problem(block, i).message));
}

/* What the cataloger makes of one file: rows, then problems, or its error. */
static void
assert_extracts(const char *path, struct slice body, const char *expected)
{
	AUTO(strbuf) struct strbuf seen = { 0 };
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(free) char *bytes = NULL;
	size_t size;
	struct plim_error err = { 0 };
	struct entry entry = { .path = slice_of(path) };
	struct rows rows = { .cataloger = "rpm" };
	assert_int_equal(block_builder_new(&builder, &err), 0);
	assert_int_equal(block_add_entry(builder, &entry, &rows.entry, &err), 0);
	rows.into = builder;
	int r = cataloger_rpm.extract(entry.path, body, &rows, &err);
	if (r < 0)
		strbuf_printf(&seen, "%d: %s\n", r, err.text);
	assert_int_equal(block_finish(builder, &bytes, &size, &err), 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, &err), 0);
	if (r == 0)
		show_block(block, &seen);
	strbuf_putc(&seen, '\0');
	assert_string_equal(seen.p, expected);
}

static void
every_format_yields_the_same_rows(void **state)
{
	(void)state;
	for (int format = 0; format < 4; format++) {
		AUTO(fixture) struct fixture f = fixture_new();
		if (format == 0)
			make_sqlite(&f.db, f.headers, 2);
		else if (format == 1)
			make_ndb(&f.db, f.headers, 2);
		else
			make_bdb(&f.db, f.headers, 2, format == 3);
		assert_extracts("var/lib/rpm/Packages", strbuf_slice(&f.db), BASH_ROW KEY_ROW);
	}
}

static void
a_damaged_header_leaves_the_others(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	poke_number(&f.headers[0], 8 + 16 * 3 + 8, 1 << 20, 4, true);
	make_sqlite(&f.db, f.headers, 2);
	assert_extracts("var/lib/rpm/rpmdb.sqlite", strbuf_slice(&f.db),
	                KEY_ROW "problem: page 3: header offset 56: tag 1003 begins behind the end of the data\n");
}

static void
a_header_without_a_name_is_told(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = { 0 };
	make_header(&f.headers[0], bash_tags + 1, COUNT(bash_tags) - 1, 0);
	make_ndb(&f.db, f.headers, 1);
	assert_extracts("var/lib/rpm/Packages.db", strbuf_slice(&f.db), "problem: offset 4096: the header has no NAME\n");
}

static void
sqlite_pages_that_form_a_cycle_end(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_sqlite(&f.db, f.headers, 2);
	poke_number(&f.db, 512 + 8, 2, 4, true);
	assert_extracts("var/lib/rpm/rpmdb.sqlite", strbuf_slice(&f.db), BASH_ROW "problem: page 2: a page is linked twice\n");
}

static void
sqlite_overflow_out_of_the_file_is_told(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_sqlite(&f.db, f.headers, 2);
	assert_extracts("var/lib/rpm/rpmdb.sqlite", slice_first(strbuf_slice(&f.db), 512 * 5),
	                KEY_ROW "problem: page 3: a link leads out of the file\n");
}

static void
ndb_damage_is_found_by_the_checksum(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_ndb(&f.db, f.headers, 2);
	f.db.p[4096 + 600] ^= 1;
	assert_extracts("var/lib/rpm/Packages.db", strbuf_slice(&f.db),
	                KEY_ROW "problem: offset 32: the header's checksum does not match\n");
}

static void
ndb_slots_that_share_blocks_are_told(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_ndb(&f.db, f.headers, 1);
	for (size_t i = 1; i < 3; i++)
		memcpy(f.db.p + 32 + 16 * i, f.db.p + 32, 16);
	assert_extracts("var/lib/rpm/Packages.db", strbuf_slice(&f.db),
	                BASH_ROW BASH_ROW "problem: offset 64: slots overlap\n");
}

static void
bdb_chain_that_forms_a_cycle_ends(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_bdb(&f.db, f.headers, 2, false);
	poke_number(&f.db, 3 * 512 + 16, 3, 4, false);
	assert_extracts("var/lib/rpm/Packages", strbuf_slice(&f.db),
	                KEY_ROW "problem: page 2: an overflow page is linked twice\n");
}

static void
bdb_page_that_looks_free_is_missed(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_bdb(&f.db, f.headers, 2, true);
	f.db.p[2 * 512 + 25] = 0;
	assert_extracts("var/lib/rpm/Packages", strbuf_slice(&f.db),
	                KEY_ROW "problem: page 0: 3 records counted, 2 found\n");
}

static void
files_that_are_no_database_are_errors(void **state)
{
	(void)state;
	AUTO(fixture) struct fixture f = fixture_new();
	make_bdb(&f.db, f.headers, 2, true);
	f.db.p[24] = 1;
	assert_extracts("var/lib/rpm/Packages", SLICE(""), "-4: offset 0: the package database is empty\n");
	assert_extracts("var/lib/rpm/Packages", SLICE("text"), "-4: offset 0: not a known format of an rpm database\n");
	assert_extracts("var/lib/rpm/Packages.db", SLICE("RpmP"), "-4: ndb: offset 12: 0 bytes of slots in a file of 4\n");
	assert_extracts("var/lib/rpm/Packages", strbuf_slice(&f.db),
	                "-8: bdb: offset 24: an encrypted or checksummed Berkeley DB\n");
}

static void
an_unmerged_log_is_told(void **state)
{
	(void)state;
	AUTO(strbuf) struct strbuf log = { 0 };
	strbuf_fill(&log, 0, 32);
	assert_extracts("var/lib/rpm/rpmdb.sqlite-wal", SLICE(""), "");
	assert_extracts("var/lib/rpm/rpmdb.sqlite-wal", strbuf_slice(&log), "");
	strbuf_fill(&log, 0, 536);
	assert_extracts("var/lib/rpm/rpmdb.sqlite-wal", strbuf_slice(&log),
	                "-8: offset 0: 568 bytes of a write-ahead log or journal, not merged into the package database\n");
}

#define VERSIONED(name) { 1000, name, 0 }, { 1001, "1", 0 }, { 1002, "1", 0 }
#define PLAIN_ROW(name) name "|1-1|-|-|" name "|1-1|-|-|-\n"

/* A library, a path, a name that two provide, and what is nobody's: itself, rpm's own, a condition, nobody. */
static void
requirements_become_packages(void **state)
{
	(void)state;
	const struct tag app[] = { VERSIONED("app"), { 1047, "app app(x)", 0 }, { 1049, "libx.so()(64bit) /bin/sh rpmlib(Z) (a|if|b) app(x) nobody webserver libx.so()(64bit) libx.so(V1) /bin", 0 } };
	const struct tag library[] = { VERSIONED("libx"), { 1047, "webserver libx.so()(64bit) libx.so(V1)", 0 } };
	const struct tag shell[] = { VERSIONED("bash"), { 1116, NULL, 0 }, { 1117, "sh", 0 }, { 1118, "/bin/", 0 } };
	const struct tag server[] = { VERSIONED("webserver"), { 1047, "webserver libx.so()(64bit)", 0 } };
	AUTO(strbuf) struct strbuf db = { 0 };
	struct strbuf headers[4] = { 0 };
	make_header(&headers[0], app, COUNT(app), 0);
	make_header(&headers[1], library, COUNT(library), 0);
	make_header(&headers[2], shell, COUNT(shell), 0);
	make_header(&headers[3], server, COUNT(server), 0);
	make_ndb(&db, headers, 4);
	assert_extracts("var/lib/rpm/Packages.db", strbuf_slice(&db), "app needs libx\napp needs bash\napp needs webserver\n"
	                PLAIN_ROW("app") PLAIN_ROW("libx") PLAIN_ROW("bash") PLAIN_ROW("webserver"));
	for (size_t i = 0; i < 4; i++)
		strbuf_done(&headers[i]);
}

static void
requirements_that_are_no_list_are_told(void **state)
{
	(void)state;
	const struct tag app[] = { VERSIONED("app"), { 1049, "x", 0 } };
	AUTO(strbuf) struct strbuf header = { 0 };
	AUTO(strbuf) struct strbuf db = { 0 };
	make_header(&header, app, COUNT(app), 0);
	poke_number(&header, 8 + 16 * 3 + 4, 7, 4, true);
	make_ndb(&db, &header, 1);
	assert_extracts("var/lib/rpm/Packages.db", strbuf_slice(&db), PLAIN_ROW("app") "problem: offset 4096: tag 1049: not a list of strings\n");
}

static int
note_file(void *context, const struct rpm_file *file, struct plim_error *err)
{
	(void)err;
	strbuf_printf(context, "%.*s%.*s\n", SLICE_ARG(file->directory), SLICE_ARG(file->name));
	return 0;
}

static void
expect_files(const struct tag *tags, size_t n, int wanted, const char *text)
{
	AUTO(strbuf) struct strbuf header = { 0 };
	AUTO(strbuf) struct strbuf seen = { 0 };
	struct plim_error err = { 0 };
	make_header(&header, tags, n, 0);
	assert_int_equal(rpm_header_files(strbuf_slice(&header), note_file, &seen, &err), wanted);
	assert_string_equal(wanted ? err.text : strbuf_slice(&seen).p, text);
}

static void
files_need_their_directories(void **state)
{
	(void)state;
	const struct tag whole[] = { { 1000, "bash", 0 }, { 1116, NULL, 0 }, { 1117, "sh", 0 }, { 1118, "/bin/", 0 } };
	const struct tag beyond[] = { { 1000, "bash", 0 }, { 1116, NULL, 1 }, { 1117, "sh", 0 }, { 1118, "/bin/", 0 } };
	const struct tag lacking[] = { { 1000, "bash", 0 }, { 1117, "sh", 0 }, { 1118, "/bin/", 0 } };
	expect_files(whole, 4, 0, "/bin/sh\n");
	expect_files(whole, 1, 0, "");
	expect_files(beyond, 4, PLIM_EFORMAT, "the list of files has a name without an end or a directory");
	expect_files(lacking, 3, PLIM_EFORMAT, "the list of files lacks a tag");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_yields_the_same_rows),
		cmocka_unit_test(a_damaged_header_leaves_the_others),
		cmocka_unit_test(a_header_without_a_name_is_told),
		cmocka_unit_test(sqlite_pages_that_form_a_cycle_end),
		cmocka_unit_test(sqlite_overflow_out_of_the_file_is_told),
		cmocka_unit_test(ndb_damage_is_found_by_the_checksum),
		cmocka_unit_test(ndb_slots_that_share_blocks_are_told),
		cmocka_unit_test(bdb_chain_that_forms_a_cycle_ends),
		cmocka_unit_test(bdb_page_that_looks_free_is_missed),
		cmocka_unit_test(files_that_are_no_database_are_errors),
		cmocka_unit_test(an_unmerged_log_is_told),
		cmocka_unit_test(requirements_become_packages),
		cmocka_unit_test(requirements_that_are_no_list_are_told),
		cmocka_unit_test(files_need_their_directories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
