/* SPDX-License-Identifier: Apache-2.0 */
/* xz, with a bound on memory. */
#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate_step.h"

#include <lzma.h>

/* Several streams and the padding between them are the decoder's own affair: it ends once, with the input. */
static lzma_ret
xz_start(lzma_stream *lzma)
{
	return lzma_stream_decoder(lzma, LIMIT_XZ_MEMORY_BYTES, LZMA_CONCATENATED);
}

static void *
xz_begin(void)
{
	lzma_stream *lzma = calloc(1, sizeof *lzma);
	if (lzma && xz_start(lzma) == LZMA_OK)
		return lzma;
	free(lzma);
	return NULL;
}

static int
xz_fail(lzma_ret r, struct plim_error *err)
{
	switch (r) {
	case LZMA_MEM_ERROR:
		return error_nomem(err);
	case LZMA_MEMLIMIT_ERROR:
		return error_set(err, PLIM_ELIMIT, "a dictionary beyond limit XZ_MEMORY_BYTES (%ju)", (uintmax_t)LIMIT_XZ_MEMORY_BYTES);
	case LZMA_FORMAT_ERROR:
		return error_set(err, PLIM_EFORMAT, "no xz stream begins here");
	case LZMA_OPTIONS_ERROR:
		return error_set(err, PLIM_EUNSUPPORTED, "xz options that are not supported");
	default:
		return error_set(err, PLIM_EFORMAT, "damaged xz data");
	}
}

static int
xz_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	lzma_stream *lzma = decoder;
	lzma->next_in = (const uint8_t *)in->p;
	lzma->avail_in = in->n;
	lzma->next_out = (uint8_t *)out;
	lzma->avail_out = INFLATE_OUT_BYTES;
	lzma_ret r = lzma_code(lzma, last ? LZMA_FINISH : LZMA_RUN);
	*in = slice_from(*in, in->n - lzma->avail_in);
	*written = INFLATE_OUT_BYTES - lzma->avail_out;
	if (r != LZMA_OK && r != LZMA_STREAM_END && r != LZMA_BUF_ERROR)
		return xz_fail(r, err);
	return r == LZMA_STREAM_END;
}

static int
xz_again(void *decoder, struct plim_error *err)
{
	lzma_ret r = xz_start(decoder);
	return r == LZMA_OK ? 0 : xz_fail(r, err);
}

static void
xz_end(void *decoder)
{
	lzma_end(decoder);
	free(decoder);
}

static const struct inflate_step xz_step_ops = {
	.name = "xz", .begin = xz_begin, .step = xz_step, .again = xz_again, .end = xz_end,
};

static bool
xz_bid(struct slice head)
{
	return slice_starts(head, SLICE("\xfd" "7zXZ\0"));
}

static int
xz_open(struct stream *below, struct stream **out, struct plim_error *err)
{
	return inflate_stream(&xz_step_ops, below, out, err);
}

const struct codec codec_xz = { .name = "xz", .bid = xz_bid, .open = xz_open };
