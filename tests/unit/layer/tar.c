/* SPDX-License-Identifier: Apache-2.0 */
/* The tar reader: what it says of each archive, whole, and where it refuses one. */
#include "codec/tar.h"

#include "archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A listing of the archive, bodies in brackets; errors as "CODE text". */
static void
expect(struct strbuf *archive, const char *listing)
{
	AUTO(strbuf) struct strbuf out = { 0 };
	AUTO(stream) struct stream *stream = NULL;
	AUTO(tar) struct tar *tar = NULL;
	struct plim_error err = { 0 };
	struct tar_entry entry;
	struct slice piece;
	int r;
	assert_false(archive->failed);
	assert_int_equal(stream_of_slice(strbuf_slice(archive), &stream, &err), 0);
	assert_int_equal(tar_open(stream, &tar, &err), 0);
	while ((r = tar_next(tar, &entry, &err)) == 1) {
		strbuf_printf(&out, "%d %o %.*s>%.*s %ju %jd", entry.type, entry.mode, SLICE_ARG(entry.path), SLICE_ARG(entry.link),
		              (uintmax_t)entry.size, (intmax_t)entry.mtime);
		strbuf_puts(&out, " [");
		while ((r = tar_read(tar, &piece, &err)) == 0 && piece.n)
			strbuf_put_printable(&out, piece);
		strbuf_puts(&out, "]\n");
		if (r < 0)
			break;
	}
	if (r < 0)
		strbuf_printf(&out, "%d %s\n", r, err.text);
	assert_string_equal(out.p ? out.p : "", listing);
	strbuf_done(archive);
}

static void
test_plain(void **state)
{
	struct strbuf a = { 0 };
	(void)state;
	archive_add(&a, '5', "dir/", "", 0755, NULL);
	archive_add(&a, '0', "dir/file", "", 04755, "hello");
	archive_add(&a, '1', "dir/hard", "dir/file", 0644, NULL);
	archive_add(&a, '2', "dir/soft", "../x", 0777, NULL);
	archive_add(&a, '\0', "old/", "", 0700, NULL);
	archive_add(&a, 'z', "odd", "", 0600, "z");
	archive_end(&a);
	expect(&a, "5 755 dir/> 0 7 []\n0 4755 dir/file> 5 7 [hello]\n1 644 dir/hard>dir/file 0 7 []\n2 777 dir/soft>../x 0 7 []\n"
	           "5 700 old/> 0 7 []\n0 600 odd> 1 7 [z]\n");
	expect(&a, "");
}

static void
test_extended(void **state)
{
	struct strbuf a = { 0 };
	(void)state;
	ARCHIVE_PAX(&a, 'g', "comment=whatever", "mtime=99");
	ARCHIVE_PAX(&a, 'x', "path=p/q", "mtime=-12345.75", "linkpath=", "size=3");
	archive_add(&a, '0', "short", "", 0644, "abc");
	archive_add(&a, 'L', "././@LongLink", "", 0, "a/long/name");
	archive_add(&a, 'K', "././@LongLink", "", 0, "a/long/target");
	archive_add(&a, '2', "short", "short", 0644, "");
	archive_add(&a, '0', "plain", "", 0644, "");
	archive_end(&a);
	expect(&a, "0 644 p/q> 3 -12346 [abc]\n2 644 a/long/name>a/long/target 0 99 []\n0 644 plain> 0 99 []\n");
}

static void
test_extended_refused(void **state)
{
	struct strbuf a = { 0 };
	(void)state;
	archive_add(&a, 'x', "x", "", 0, "13 path=p/q\n");
	expect(&a, "-4 tar, offset 0: extended header: a record whose length is wrong\n");
	archive_add(&a, 'x', "x", "", 0, "path=p/q\n");
	expect(&a, "-4 tar, offset 0: extended header: a record without length\n");
	ARCHIVE_PAX(&a, 'x', "uid=-1");
	expect(&a, "-4 tar, offset 0: extended header, key \"uid\": its value cannot be\n");
	ARCHIVE_PAX(&a, 'g', "path=other");
	expect(&a, "-4 tar, offset 0: a global header with \"path\", which readers take differently\n");
	ARCHIVE_PAX(&a, 'x', "path=a");
	ARCHIVE_PAX(&a, 'x', "path=b");
	expect(&a, "-4 tar, offset 1024: two headers of type 'x' for one entry\n");
	ARCHIVE_PAX(&a, 'x', "path=a");
	archive_end(&a);
	expect(&a, "-4 tar, offset 1024: an extended header without an entry\n");
}

static void
test_sparse(void **state)
{
	struct strbuf a = { 0 };
	(void)state;
	ARCHIVE_PAX(&a, 'x', "GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.map=1,2,4,1", "GNU.sparse.size=6",
	            "GNU.sparse.name=s");
	archive_add(&a, '0', "GNUSparse/s", "", 0644, "abc");
	ARCHIVE_PAX(&a, 'x', "GNU.sparse.offset=1", "GNU.sparse.numbytes=3", "GNU.sparse.size=5");
	archive_add(&a, '0', "t", "", 0644, "abc");
	archive_end(&a);
	expect(&a, "0 644 s> 6 7 [\\x00ab\\x00c\\x00]\n0 644 t> 5 7 [\\x00abc\\x00]\n");
	ARCHIVE_PAX(&a, 'x', "GNU.sparse.map=1,2,2,1", "GNU.sparse.size=6");
	archive_add(&a, '0', "s", "", 0644, "abc");
	expect(&a, "-4 tar, offset 1024: a sparse map out of order or beyond the file's end\n");
	ARCHIVE_PAX(&a, 'x', "GNU.sparse.map=1,2,4,9", "GNU.sparse.size=9000000000");
	archive_add(&a, '0', "s", "", 0644, "abc");
	expect(&a, "-4 tar, offset 1024: a sparse map of 11 bytes over a body of 3\n");
}

static void
test_numbers(void **state)
{
	struct strbuf a = { 0 };
	(void)state;
	char *header = archive_add(&a, '0', "f", "", 0644, "");
	memset(header + 124, 0xff, 12);
	archive_sum(header);
	expect(&a, "-4 tar, offset 0: a negative size\n");
	header = archive_add(&a, '0', "f", "", 0644, "");
	header[124] = (char)0x80;
	memset(header + 125, 0x7f, 11);
	archive_sum(header);
	expect(&a, "-4 tar, offset 0: the header's size is no number\n");
	header = archive_add(&a, '0', "f", "", 0644, "");
	memset(header + 136, 0xff, 12);
	archive_sum(header);
	expect(&a, "0 644 f> 0 -1 []\n");
	archive_add(&a, '0', "f", "", 0644, "abc")[0] = 'g';
	expect(&a, "-4 tar, offset 0: no header: its checksum is wrong\n");
}

/* What one reader would take for the end and another would not, and what is cut off. */
static void
test_ends(void **state)
{
	struct strbuf a = { 0 };
	(void)state;
	archive_add(&a, '0', "f", "", 0644, "abc");
	expect(&a, "0 644 f> 3 7 [abc]\n");
	archive_add(&a, '0', "f", "", 0644, "abc");
	a.n = 514;
	expect(&a, "0 644 f> 3 7 [ab]\n-4 tar, body of the entry at offset 0: the archive is cut off, 1 bytes early\n");
	archive_add(&a, '0', "f", "", 0644, "abc");
	a.n = 515;
	expect(&a, "0 644 f> 3 7 [abc]\n-4 tar, body of the entry at offset 0: the archive is cut off, 509 bytes early\n");
	archive_add(&a, '0', "f", "", 0644, "");
	strbuf_fill(&a, '\0', 512);
	archive_add(&a, '0', "hidden", "", 0644, "");
	expect(&a, "0 644 f> 0 7 []\n-4 tar, offset 512: a lone zero block between entries\n");
	archive_add(&a, '0', "f", "", 0644, "");
	archive_end(&a);
	archive_add(&a, '0', "hidden", "", 0644, "");
	expect(&a, "0 644 f> 0 7 []\n-4 tar, offset 512: data behind the end of the archive\n");
	strbuf_fill(&a, 'x', 100);
	expect(&a, "-4 tar, offset 0: the archive is cut off inside a block\n");
	archive_add(&a, 'M', "f", "", 0644, "");
	expect(&a, "-8 tar, offset 0: an entry of type 'M'\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_extended),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_extended_refused),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
