/* SPDX-License-Identifier: Apache-2.0 */
/* xz, which takes a dictionary only from the room that there is for all. */
#include "base/error.h"
#include "codec/inflate_step.h"
#include "codec/windows.h"

#include <lzma.h>

struct xz {
	lzma_stream lzma;
	uint64_t window;      /* held of windows.h */
};

/*
 * The decoder stops where it would need more memory than it was allowed, and goes on once it is.  Several streams and the padding between
 * them are its own affair: it ends once, with the input.
 */
static lzma_ret
xz_start(struct xz *xz)
{
	return lzma_stream_decoder(&xz->lzma, xz->window ? xz->window : 1, LZMA_CONCATENATED);
}

static void *
xz_begin(void)
{
	struct xz *xz = calloc(1, sizeof *xz);
	if (xz && xz_start(xz) == LZMA_OK)
		return xz;
	free(xz);
	return NULL;
}

static int
xz_fail(lzma_ret r, struct plim_error *err)
{
	switch (r) {
	case LZMA_MEM_ERROR:
		return error_nomem(err);
	case LZMA_FORMAT_ERROR:
		return error_set(err, PLIM_EFORMAT, "no xz stream begins here");
	case LZMA_OPTIONS_ERROR:
		return error_set(err, PLIM_EUNSUPPORTED, "xz options that are not supported");
	default:
		return error_set(err, PLIM_EFORMAT, "damaged xz data");
	}
}

static int
window_take(struct xz *xz, struct plim_error *err)
{
	uint64_t bytes = lzma_memusage(&xz->lzma);
	int r = windows_take(&xz->window, bytes, err);
	if (r < 0)
		return r;
	lzma_ret set = lzma_memlimit_set(&xz->lzma, bytes);
	return set == LZMA_OK ? 0 : xz_fail(set, err);
}

static int
xz_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	struct xz *xz = decoder;
	lzma_ret r;
	xz->lzma.next_in = (const uint8_t *)in->p;
	xz->lzma.avail_in = in->n;
	xz->lzma.next_out = (uint8_t *)out;
	xz->lzma.avail_out = INFLATE_OUT_BYTES;
	while ((r = lzma_code(&xz->lzma, last ? LZMA_FINISH : LZMA_RUN)) == LZMA_MEMLIMIT_ERROR) {
		int taken = window_take(xz, err);
		if (taken < 0)
			return taken;
	}
	*in = slice_from(*in, in->n - xz->lzma.avail_in);
	*written = INFLATE_OUT_BYTES - xz->lzma.avail_out;
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
	struct xz *xz = decoder;
	lzma_end(&xz->lzma);
	windows_give(&xz->window);
	free(xz);
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
