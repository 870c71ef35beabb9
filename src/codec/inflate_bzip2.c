/* SPDX-License-Identifier: Apache-2.0 */
/* bzip2, of which a file may hold several streams. */
#include "base/error.h"
#include "codec/inflate_step.h"

#include <bzlib.h>

static void *
bzip2_begin(void)
{
	bz_stream *bz = calloc(1, sizeof *bz);
	if (bz && BZ2_bzDecompressInit(bz, 0, 0) == BZ_OK)
		return bz;
	free(bz);
	return NULL;
}

static int
bzip2_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	bz_stream *bz = decoder;
	(void)last;
	bz->next_in = (char *)in->p;
	bz->avail_in = (unsigned)in->n;
	bz->next_out = out;
	bz->avail_out = INFLATE_OUT_BYTES;
	int r = BZ2_bzDecompress(bz);
	*in = slice_from(*in, in->n - bz->avail_in);
	*written = INFLATE_OUT_BYTES - bz->avail_out;
	if (r == BZ_MEM_ERROR)
		return error_nomem(err);
	if (r == BZ_DATA_ERROR_MAGIC)
		return error_set(err, PLIM_EFORMAT, "no bzip2 stream begins here");
	if (r != BZ_OK && r != BZ_STREAM_END)
		return error_set(err, PLIM_EFORMAT, "damaged bzip2 data");
	return r == BZ_STREAM_END;
}

static int
bzip2_again(void *decoder, struct plim_error *err)
{
	bz_stream *bz = decoder;
	BZ2_bzDecompressEnd(bz);
	memset(bz, 0, sizeof *bz);
	return BZ2_bzDecompressInit(bz, 0, 0) == BZ_OK ? 0 : error_nomem(err);
}

static void
bzip2_end(void *decoder)
{
	BZ2_bzDecompressEnd(decoder);
	free(decoder);
}

static const struct inflate_step bzip2_step_ops = {
	.name = "bzip2", .begin = bzip2_begin, .step = bzip2_step, .again = bzip2_again, .end = bzip2_end,
};

/* With the magic of a block or of the end: "BZh1" alone could begin a tar's first name. */
static bool
bzip2_bid(struct slice head)
{
	if (head.n < 8 || memcmp(head.p, "BZh", 3) != 0 || head.p[3] < '1' || head.p[3] > '9')
		return false;
	return memcmp(head.p + 4, "\x31\x41\x59\x26", 4) == 0 || memcmp(head.p + 4, "\x17\x72\x45\x38", 4) == 0;
}

static int
bzip2_open(struct stream *below, struct stream **out, struct plim_error *err)
{
	return inflate_stream(&bzip2_step_ops, below, out, err);
}

const struct codec codec_bzip2 = { .name = "bzip2", .bid = bzip2_bid, .open = bzip2_open };
