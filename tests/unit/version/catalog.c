/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalogers of dpkg, apk and os-release make of a file, and until when a system is supported. */
#include "base/date.h"
#include "base/strbuf.h"
#include "catalog/cataloger.h"
#include "catalog/os_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct cataloger cataloger_dpkg, cataloger_apk, cataloger_os_release;

/* Later fields of a kind that say nothing are not shown: kinds gain fields at their end. */
static uint32_t
shown_fields(const struct block *block, const struct row *row)
{
	uint32_t n = row->n;
	while (n > 10 && block_field(block, row, n - 1).p == NULL)
		n--;
	return n;
}

/* "LINE:field|field|-" for each row ("-" is NULL), "! message" for each problem. */
static void
show(const struct block *block, struct strbuf *into)
{
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		strbuf_printf(into, "%u:", row.line);
		uint32_t n = shown_fields(block, &row);
		for (uint32_t f = 0; f < n; f++) {
			struct slice field = block_field(block, &row, f);
			strbuf_puts(into, f ? "|" : "");
			strbuf_put(into, field.p ? field : SLICE("-"));
		}
		strbuf_putc(into, '\n');
	}
	for (uint32_t i = 0; i < block_problem_count(block); i++) {
		strbuf_puts(into, "! ");
		strbuf_put(into, block_problem(block, i).message);
		strbuf_putc(into, '\n');
	}
}

static void
expect(const struct cataloger *cataloger, const char *path, struct slice body, const char *wanted)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(strbuf) struct strbuf got = { 0 };
	struct entry entry = { .path = slice_of(path), .type = ENTRY_FILE };
	struct rows rows = { .cataloger = cataloger->name };
	struct plim_error err = { 0 };
	char *bytes;
	size_t size;
	assert_int_equal(block_builder_new(&builder, &err), 0);
	rows.into = builder;
	assert_int_equal(block_add_entry(builder, &entry, &rows.entry, &err), 0);
	if (cataloger->extract(entry.path, body, &rows, &err) < 0)
		strbuf_printf(&got, "error: %s\n", err.text);
	assert_int_equal(block_finish(builder, &bytes, &size, &err), 0);
	assert_int_equal(block_open((struct slice){ bytes, size }, &block, &err), 0);
	show(block, &got);
	block_close(ptr_take(&block));
	free(bytes);
	assert_string_equal(strbuf_slice(&got).p, wanted);
}

#define STATUS "var/lib/dpkg/status"

static void
dpkg_lists_what_is_installed(void **state)
{
	(void)state;
	expect(&cataloger_dpkg, STATUS,
	       SLICE("Package: one\nStatus: install ok installed\nMaintainer: M <m@example>\nArchitecture: amd64\nSource: first (1.0)\n"
	             "Version: 1:1.0-1\nDescription: a\n folded\n .\n text\n\n\n"
	             "Package: gone\nStatus: deinstall ok config-files\nVersion: 2\n\n"
	             "Package: half\nStatus: install reinstreq half-configured\nVersion: 0:3\n"),
	       "1:deb|one|1:1.0-1|1|amd64|first|1.0|M <m@example>|-|-\n"
	       "17:deb|half|3|-|-|half|3|-|-|-\n");
}

static void
dpkg_reads_distroless_stanzas(void **state)
{
	(void)state;
	expect(&cataloger_dpkg, "var/lib/dpkg/status.d/base", SLICE("Package: base\nVersion: 1\nArchitecture: all"),
	       "1:deb|base|1|-|all|base|1|-|-|-\n");
	expect(&cataloger_dpkg, "var/lib/dpkg/status.d/base.md5sums", SLICE("0123  usr/bin/base\n"), "");
}

static void
dpkg_tells_what_it_cannot_read(void **state)
{
	(void)state;
	expect(&cataloger_dpkg, STATUS, SLICE(""), "error: offset 0: the package database is empty\n");
	expect(&cataloger_dpkg, STATUS, SLICE("\n\n"), "error: offset 0: the package database is empty\n");
	expect(&cataloger_dpkg, STATUS, SLICE("Package: a\0b\n"), "error: offset 10: a NUL byte\n");
	expect(&cataloger_dpkg, STATUS, SLICE("garbage\n\nPackage: a\n\nVersion: 1\n\nPackage: b\nVersion: 1\nPackage: c\n\n"
	                                      "Package: d\nStatus: install ok sideways\nVersion: 1\n\nPackage: e\nVersion: 1 2\n"),
	       "7:deb|b|1|-|-|b|1|-|-|-\n"
	       "11:deb|d|1|-|-|d|1|-|-|-\n"
	       "! line 1: 1 lines of the stanza are no fields\n"
	       "! line 1: a stanza without Package\n"
	       "! line 3: an installed package without Version\n"
	       "! line 5: a stanza without Package\n"
	       "! line 7: a stanza with two fields Package\n"
	       "! line 11: a Status that dpkg does not know\n"
	       "! line 15: a Version of several words\n");
}

static void
apk_lists_packages(void **state)
{
	(void)state;
	expect(&cataloger_apk, "lib/apk/db/installed",
	       SLICE("C:Q1=\nP:one\nV:1.0-r0\nA:x86_64\nL:MIT\no:first\nm:M\nF:bin\nR:one\n\nP:two\nV:2\n"),
	       "1:apk|one|1.0-r0|-|x86_64|first|1.0-r0|M|MIT|-\n"
	       "11:apk|two|2|-|-|two|2|-|-|-\n");
}

static void
apk_tells_what_it_cannot_read(void **state)
{
	(void)state;
	expect(&cataloger_apk, "lib/apk/db/installed", SLICE(""), "error: offset 0: the package database is empty\n");
	expect(&cataloger_apk, "lib/apk/db/installed", SLICE("P:a\nV:1\nP:b\n\ngarbage\n\nV:1\n"),
	       "1:apk|a|1|-|-|a|1|-|-|-\n"
	       "! line 3: a second field P of one package\n"
	       "! line 5: no field of an installed database\n"
	       "! line 7: a package without name or version\n");
}

static void
os_release_is_read_as_a_shell_would(void **state)
{
	(void)state;
	expect(&cataloger_os_release, "etc/os-release",
	       SLICE("# comment\nID=\"one\"\nID=two\nNAME='a $b \\c'\nPRETTY_NAME=\"q \\\"x\\\" \\n \\$\"\nVERSION_ID=\"1.2\"\r\nVERSION=\n"),
	       "1:two|-|a $b \\c||1.2|-|q \"x\" \\n $|-\n");
	expect(&cataloger_os_release, "etc/os-release", SLICE("ID=one\nNAME=\"open\n"), "1:one|-|open|-|-|-|-|-\n! line 2: a quote that does not end\n");
	expect(&cataloger_os_release, "etc/os-release", SLICE(""), "error: offset 0: neither ID nor NAME is in it\n");
	expect(&cataloger_os_release, "etc/alpine-release", SLICE("3.4.6\n"), "1:alpine-release|3.4.6\n");
	expect(&cataloger_os_release, "etc/redhat-release", SLICE("\n"), "error: offset 0: the release file is empty\n");
}

static void
support_finds_the_release(void **state)
{
	(void)state;
	static const struct {
		const char *id, *version, *end;
	} cases[] = {
		{ "alpine", "3.18.9", "2025-05-09" },   { "alpine", "3.2", "2017-05-01" }, { "alpine", "2.1", "unknown" },     { "alpine", "3.180", "unknown" },
		{ "sles", "12.5", "2024-10-31" },       { "sles", "15", "2019-12-31" },       { "debian", "12", "2028-06-30" },
		{ "rhel", "8.9", "2029-05-31" },        { "ubuntu", "24.04", "2029-05-31" },  { "wolfi", "20230201", "" },
		{ "centos", "5.11", "2017-03-31" },     { "debian", "", "unknown" },          { "nobody", "1", "unknown" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct os_support *found = os_support_find(slice_of(cases[i].id), slice_of(cases[i].version));
		char text[DATE_TEXT_SIZE];
		assert_string_equal(found ? date_day_text(os_support_end(found), text) : "unknown", cases[i].end);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dpkg_lists_what_is_installed),
		cmocka_unit_test(dpkg_reads_distroless_stanzas),
		cmocka_unit_test(dpkg_tells_what_it_cannot_read),
		cmocka_unit_test(apk_lists_packages),
		cmocka_unit_test(apk_tells_what_it_cannot_read),
		cmocka_unit_test(os_release_is_read_as_a_shell_would),
		cmocka_unit_test(support_finds_the_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
