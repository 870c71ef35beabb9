/* SPDX-License-Identifier: Apache-2.0 */
/* gzip by zlib, where ISA-L is not there. */
#include "base/error.h"
#include "codec/inflate_step.h"

#include <zlib.h>

static void *
gzip_begin(void)
{
	z_stream *z = calloc(1, sizeof *z);
	if (z && inflateInit2(z, 16 + MAX_WBITS) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static int
gzip_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	z_stream *z = decoder;
	(void)last;
	z->next_in = (Bytef *)in->p;
	z->avail_in = (uInt)in->n;
	z->next_out = (Bytef *)out;
	z->avail_out = INFLATE_OUT_BYTES;
	int r = inflate(z, Z_NO_FLUSH);
	*in = slice_from(*in, in->n - z->avail_in);
	*written = INFLATE_OUT_BYTES - z->avail_out;
	if (r == Z_MEM_ERROR)
		return error_nomem(err);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return error_set(err, PLIM_EFORMAT, "%s", z->msg ? z->msg : "zlib refuses the data");
	return r == Z_STREAM_END;
}

static int
gzip_again(void *decoder, struct plim_error *err)
{
	return inflateReset(decoder) == Z_OK ? 0 : error_nomem(err);
}

static void
gzip_end(void *decoder)
{
	inflateEnd(decoder);
	free(decoder);
}

static const struct inflate_step gzip_step_ops = {
	.name = "gzip", .begin = gzip_begin, .step = gzip_step, .again = gzip_again, .end = gzip_end,
};

static bool
gzip_bid(struct slice head)
{
	return slice_starts(head, SLICE("\x1f\x8b"));
}

static int
gzip_open(struct stream *below, struct stream **out, struct plim_error *err)
{
	return inflate_stream(&gzip_step_ops, below, out, err);
}

const struct codec codec_gzip = { .name = "gzip", .bid = gzip_bid, .open = gzip_open };
