/* SPDX-License-Identifier: Apache-2.0 */
/* zstd, which takes a window only from the room that there is for all. */
#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate_step.h"
#include "codec/windows.h"

#include <zstd.h>
#include <zstd_errors.h>

/* RFC 8878 3.1.1.1: magic, descriptor, window, dictionary, content size. */
#define HEADER_MOST (4 + 1 + 1 + 4 + 8)
#define MAGIC_BYTES 4

struct zstd {
	ZSTD_DCtx *context;
	uint64_t window;            /* held of windows.h */
	char header[HEADER_MOST];   /* of the frame at hand, until it is complete and the decoder gets it */
	size_t have;
	bool begun;                 /* the decoder has the header */
};

static void
zstd_end(void *decoder)
{
	struct zstd *zstd = decoder;
	ZSTD_freeDCtx(zstd->context);
	windows_give(&zstd->window);
	free(zstd);
}

static bool
context_make(struct zstd *zstd)
{
	zstd->context = ZSTD_createDCtx();
	return zstd->context && !ZSTD_isError(ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, (int)LIMIT_ZSTD_WINDOW_LOG));
}

static void *
zstd_begin(void)
{
	struct zstd *zstd = calloc(1, sizeof *zstd);
	if (zstd == NULL || context_make(zstd))
		return zstd;
	zstd_end(zstd);
	return NULL;
}

static int
zstd_fail(size_t r, struct plim_error *err)
{
	switch (ZSTD_getErrorCode(r)) {
	case ZSTD_error_memory_allocation:
		return error_nomem(err);
	case ZSTD_error_frameParameter_windowTooLarge:
		return error_set(err, PLIM_ELIMIT, "a window beyond limit ZSTD_WINDOW_LOG (%ju)", (uintmax_t)LIMIT_ZSTD_WINDOW_LOG);
	default:
		return error_set(err, PLIM_EFORMAT, "%s", ZSTD_getErrorName(r));
	}
}

static bool
is_skippable(const struct zstd *zstd)
{
	return (zstd->header[0] & 0xf0) == 0x50;
}

/*
 * libzstd may know the formats from before RFC 8878 too, which other readers
 * do not, and takes or refuses them as its input happens to be cut.
 */
static bool
magic_fits(const struct zstd *zstd)
{
	size_t n = zstd->have < MAGIC_BYTES ? zstd->have : MAGIC_BYTES;
	if (is_skippable(zstd))
		return memcmp(zstd->header + 1, "\x2a\x4d\x18", n - 1) == 0;
	return memcmp(zstd->header, "\x28\xb5\x2f\xfd", n) == 0;
}

static bool
is_single_segment(const struct zstd *zstd)
{
	return zstd->header[MAGIC_BYTES] & 0x20;
}

static size_t
content_size_bytes(const struct zstd *zstd)
{
	unsigned flag = (unsigned char)zstd->header[MAGIC_BYTES] >> 6;
	return flag ? (size_t)1 << flag : is_single_segment(zstd);
}

static size_t
dictionary_bytes(const struct zstd *zstd)
{
	return (const size_t[]){ 0, 1, 2, 4 }[zstd->header[MAGIC_BYTES] & 3];
}

/* How many bytes the header has, as far as is known yet. */
static size_t
header_size(const struct zstd *zstd)
{
	if (zstd->have < MAGIC_BYTES || is_skippable(zstd))
		return MAGIC_BYTES;
	if (zstd->have == MAGIC_BYTES)
		return MAGIC_BYTES + 1;
	return MAGIC_BYTES + 1 + !is_single_segment(zstd) + dictionary_bytes(zstd) + content_size_bytes(zstd);
}

/* RFC 8878 3.1.1.1.2: an exponent and eighths; a single segment has its content as its window. */
static uint64_t
window_size(const struct zstd *zstd)
{
	unsigned window = (unsigned char)zstd->header[MAGIC_BYTES + 1];
	uint64_t base = (uint64_t)1 << (10 + (window >> 3)), size = 0;
	if (!is_single_segment(zstd))
		return base + base / 8 * (window & 7);
	size_t n = content_size_bytes(zstd);
	for (size_t i = 0; i < n; i++)
		size |= (uint64_t)(unsigned char)zstd->header[zstd->have - n + i] << (8 * i);
	return n == 2 ? size + 256 : size;
}

/* A larger window than the one that is held: the old one goes first, or two workers could wait for each other. */
static int
window_take(struct zstd *zstd, struct plim_error *err)
{
	uint64_t window = window_size(zstd);
	if (window > (uint64_t)1 << LIMIT_ZSTD_WINDOW_LOG)
		return error_set(err, PLIM_ELIMIT, "a window of %ju bytes: beyond limit ZSTD_WINDOW_LOG (%ju)", (uintmax_t)window,
		                 (uintmax_t)LIMIT_ZSTD_WINDOW_LOG);
	if (window <= zstd->window)
		return 0;
	ZSTD_freeDCtx(zstd->context);
	return context_make(zstd) ? windows_take(&zstd->window, window, err) : error_nomem(err);
}

/* The header alone: a frame that is given whole would be read another way, which refuses what the stepwise one takes. */
static int
header_give(struct zstd *zstd, struct plim_error *err)
{
	ZSTD_inBuffer from = { zstd->header, zstd->have, 0 };
	ZSTD_outBuffer to = { NULL, 0, 0 };
	int r = is_skippable(zstd) ? 0 : window_take(zstd, err);
	if (r < 0)
		return r;
	size_t left = ZSTD_decompressStream(zstd->context, &to, &from);
	if (ZSTD_isError(left))
		return zstd_fail(left, err);
	zstd->begun = true;
	return from.pos == from.size ? 0 : error_set(err, PLIM_EFORMAT, "a frame that ends in its header");
}

/* 1 once the decoder has the header of the frame at hand. */
static int
header_read(struct zstd *zstd, struct slice *in, struct plim_error *err)
{
	while (in->n && zstd->have < header_size(zstd)) {
		zstd->header[zstd->have++] = *in->p;
		*in = slice_from(*in, 1);
		if (!magic_fits(zstd))
			return error_set(err, PLIM_EFORMAT, "no zstd frame begins here");
	}
	if (zstd->have < header_size(zstd))
		return 0;
	int r = header_give(zstd, err);
	return r < 0 ? r : 1;
}

static int
zstd_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	struct zstd *zstd = decoder;
	int r = zstd->begun ? 1 : header_read(zstd, in, err);
	(void)last;
	if (r <= 0)
		return r;
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	ZSTD_outBuffer to = { out, INFLATE_OUT_BYTES, 0 };
	size_t left = ZSTD_decompressStream(zstd->context, &to, &from);
	*in = slice_from(*in, from.pos);
	*written = to.pos;
	if (ZSTD_isError(left))
		return zstd_fail(left, err);
	return left == 0;
}

static int
zstd_again(void *decoder, struct plim_error *err)
{
	struct zstd *zstd = decoder;
	zstd->have = 0;
	zstd->begun = false;
	size_t r = ZSTD_DCtx_reset(zstd->context, ZSTD_reset_session_only);
	return ZSTD_isError(r) ? zstd_fail(r, err) : 0;
}

static const struct inflate_step zstd_step_ops = {
	.name = "zstd", .begin = zstd_begin, .step = zstd_step, .again = zstd_again, .end = zstd_end,
};

static bool
zstd_bid(struct slice head)
{
	bool skippable = head.n >= 4 && (head.p[0] & 0xf0) == 0x50 && memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0;
	return skippable || slice_starts(head, SLICE("\x28\xb5\x2f\xfd"));
}

static int
zstd_open(struct stream *below, struct stream **out, struct plim_error *err)
{
	return inflate_stream(&zstd_step_ops, below, out, err);
}

const struct codec codec_zstd = { .name = "zstd", .bid = zstd_bid, .open = zstd_open };
