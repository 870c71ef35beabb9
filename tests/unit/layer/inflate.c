/* SPDX-License-Identifier: Apache-2.0 */
/* Decompressors: members split anywhere, cut-off data, trailing bytes, bombs. */
#include "codec/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "base/strbuf.h"

/* Lends pieces of `step` bytes. */
struct chopped {
	struct stream stream;
	struct slice left;
	size_t step;
};

static int
chopped_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct chopped *chopped = (struct chopped *)stream;
	(void)err;
	*piece = slice_first(chopped->left, chopped->step);
	chopped->left = slice_from(chopped->left, piece->n);
	return 0;
}

static void
chopped_close(struct stream *stream)
{
	free(stream);
}

static const struct stream_ops chopped_ops = { chopped_next, chopped_close };

/* The text it inflates to, or the error. */
static void
expect(struct slice packed, const char *text)
{
	for (size_t step = 1; step <= packed.n; step++) {
		struct chopped *chopped = malloc(sizeof *chopped);
		AUTO(stream) struct stream *stream = NULL;
		AUTO(free) char *out = NULL;
		struct plim_error err = { 0 };
		size_t n;
		assert_non_null(chopped);
		*chopped = (struct chopped){ { &chopped_ops }, packed, step };
		assert_int_equal(inflate_open_any(&chopped->stream, 1 << 20, &stream, &err), 0);
		int r = stream_read_all(stream, 1 << 20, &out, &n, &err);
		assert_string_equal(r < 0 ? err.text : out, text);
	}
}

static void
gzip_add(struct strbuf *into, const char *text)
{
	z_stream z = { 0 };
	char *at = strbuf_reserve(into, 4096);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)text;
	z.avail_in = (uInt)strlen(text);
	z.next_out = (Bytef *)at;
	z.avail_out = 4096;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	strbuf_added(into, z.total_out);
	deflateEnd(&z);
}

static void
test_gzip(void **state)
{
	AUTO(strbuf) struct strbuf a = { 0 };
	(void)state;
	gzip_add(&a, "hello ");
	gzip_add(&a, "");
	gzip_add(&a, "world");
	expect(strbuf_slice(&a), "hello world");
	expect(slice_first(strbuf_slice(&a), a.n - 1), "gzip, member at compressed offset 46: the data is cut off after 70 bytes");
	a.p[a.n - 1] ^= 1;
	expect(strbuf_slice(&a), "gzip, member at compressed offset 46: CRC or length of the member are wrong");
	a.p[a.n - 1] ^= 1;
	strbuf_fill(&a, '\0', 32);
	expect(strbuf_slice(&a), "gzip, member at compressed offset 71: no gzip member begins here");
}

static void
test_zstd(void **state)
{
	AUTO(strbuf) struct strbuf a = { 0 };
	(void)state;
	strbuf_added(&a, ZSTD_compress(strbuf_reserve(&a, 4096), 4096, "hello ", 6, 3));
	strbuf_put(&a, SLICE("\x50\x2a\x4d\x18\x03\0\0\0abc"));
	strbuf_added(&a, ZSTD_compress(strbuf_reserve(&a, 4096), 4096, "world", 5, 3));
	expect(strbuf_slice(&a), "hello world");
	expect(slice_first(strbuf_slice(&a), a.n - 1), "zstd, member at compressed offset 26: the data is cut off after 39 bytes");
	strbuf_puts(&a, "junk!");
	expect(strbuf_slice(&a), "zstd, member at compressed offset 40: no zstd frame begins here");
}

static void
test_sniff(void **state)
{
	(void)state;
	assert_ptr_equal(codec_sniff(SLICE("BZh1.txt\0\0\0")), &codec_plain);
	assert_ptr_equal(codec_sniff(SLICE("BZh9\x31\x41\x59\x26\x53\x59")), &codec_bzip2);
	assert_ptr_equal(codec_sniff(SLICE("\xfd" "7zXZ\0\0\4")), &codec_xz);
	assert_ptr_equal(codec_sniff(SLICE("")), &codec_plain);
	assert_ptr_equal(codec_find(SLICE("zstd")), &codec_zstd);
	assert_null(codec_find(SLICE("lz4")));
}

/* A hundred MiB of zeros: refused by ratio, and earlier by the caller's limit. */
static void
test_bomb(void **state)
{
	size_t size = (size_t)100 << 20, room = ZSTD_compressBound(size);
	AUTO(free) char *zeros = calloc(1, size);
	AUTO(free) char *packed = malloc(room);
	struct plim_error err = { 0 };
	(void)state;
	assert_true(zeros && packed);
	struct slice bytes = { packed, ZSTD_compress(packed, room, zeros, size, 1) };
	for (int small = 0; small < 2; small++) {
		AUTO(stream) struct stream *stream = NULL;
		struct stream *below;
		assert_int_equal(stream_of_slice(bytes, &below, &err), 0);
		assert_int_equal(inflate_open(&codec_zstd, below, small ? 1000 : size, &stream, &err), 0);
		assert_int_equal(stream_drain(stream, &err), PLIM_ELIMIT);
		if (small)
			assert_string_equal(err.text, "more than 1000 inflated bytes");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_zstd),
		cmocka_unit_test(test_sniff),
		cmocka_unit_test(test_bomb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
