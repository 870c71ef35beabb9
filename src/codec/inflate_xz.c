/* SPDX-License-Identifier: Apache-2.0 */
/* xz, which takes a dictionary only from the room that there is for all. */
#include "base/error.h"
#include "codec/inflate_step.h"
#include "codec/windows.h"

#include <lzma.h>

struct xz {
	lzma_stream lzma;
	uint64_t window;      /* held of windows.h */
	size_t padding;       /* zeros before a stream other than the first, in fours */
	bool begun;           /* a stream, and the decoder has some of it */
	bool grown;           /* this stream took a window already */
};

/* The decoder stops where it would need more memory than it was allowed, and goes on once it is. */
static bool
xz_start(struct xz *xz)
{
	xz->begun = xz->grown = false;
	xz->padding = 0;
	return lzma_stream_decoder(&xz->lzma, xz->window ? xz->window : 1, 0) == LZMA_OK;
}

static void *
xz_begin(void)
{
	struct xz *xz = calloc(1, sizeof *xz);
	if (xz == NULL || !xz_start(xz)) {
		free(xz);
		return NULL;
	}
	/* Nothing stands before the first stream. */
	xz->begun = true;
	return xz;
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

/* A dictionary that grew within a stream would stand beside the old one, which nobody else may have meanwhile. */
static int
window_take(struct xz *xz, struct plim_error *err)
{
	uint64_t bytes = lzma_memusage(&xz->lzma);
	if (xz->grown)
		return error_set(err, PLIM_ELIMIT, "a dictionary that grows within a stream: not within limit WINDOW_BYTES");
	int r = windows_take(&xz->window, bytes, err);
	if (r < 0)
		return r;
	xz->grown = true;
	lzma_ret set = lzma_memlimit_set(&xz->lzma, bytes);
	return set == LZMA_OK ? 0 : xz_fail(set, err);
}

/* xz-file-format 2.2: zeros between streams and behind the last, in fours.  1 when there is nothing else. */
static int
padding_skip(struct xz *xz, struct slice *in, bool last, struct plim_error *err)
{
	for (; in->n && *in->p == '\0'; *in = slice_from(*in, 1))
		xz->padding++;
	if (in->n == 0 && !last)
		return 0;
	if (xz->padding % 4)
		return error_set(err, PLIM_EFORMAT, "padding that is no multiple of four bytes");
	return in->n == 0;
}

static int
xz_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	struct xz *xz = decoder;
	lzma_ret r;
	int ended = xz->begun ? 0 : padding_skip(xz, in, last, err);
	if (ended || (in->n == 0 && !xz->begun))
		return ended;
	xz->begun = true;
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

/* Whatever the last stream had goes first. */
static int
xz_again(void *decoder, struct plim_error *err)
{
	struct xz *xz = decoder;
	lzma_end(&xz->lzma);
	xz->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return xz_start(xz) ? 0 : error_nomem(err);
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
