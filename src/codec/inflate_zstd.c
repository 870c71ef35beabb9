/* SPDX-License-Identifier: Apache-2.0 */
/* zstd, with a bound on the window. */
#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate_step.h"

#include <zstd.h>
#include <zstd_errors.h>

#define MAGIC_BYTES 4

struct zstd {
	ZSTD_DCtx *context;
	size_t at;      /* bytes of the frame's magic consumed so far, MAGIC_BYTES from then on */
	bool skippable;
};

static void
zstd_end(void *decoder)
{
	struct zstd *zstd = decoder;
	ZSTD_freeDCtx(zstd->context);
	free(zstd);
}

static void *
zstd_begin(void)
{
	struct zstd *zstd = calloc(1, sizeof *zstd);
	if (zstd == NULL)
		return NULL;
	zstd->context = ZSTD_createDCtx();
	if (zstd->context && !ZSTD_isError(ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, (int)LIMIT_ZSTD_WINDOW_LOG)))
		return zstd;
	zstd_end(zstd);
	return NULL;
}

/* Byte `i` of a frame's magic may be `c`. */
static bool
magic_fits(struct zstd *zstd, size_t i, char c)
{
	if (i == 0)
		zstd->skippable = (c & 0xf0) == 0x50;
	return c == (zstd->skippable ? "\0\x2a\x4d\x18" : "\x28\xb5\x2f\xfd")[i] || (i == 0 && zstd->skippable);
}

/*
 * libzstd may know the formats from before RFC 8878 too, which other readers
 * do not, and takes or refuses them as its input happens to be cut.
 */
static bool
frame_fits(struct zstd *zstd, struct slice in)
{
	for (size_t i = 0; i < in.n && zstd->at + i < MAGIC_BYTES; i++)
		if (!magic_fits(zstd, zstd->at + i, in.p[i]))
			return false;
	return true;
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

static int
zstd_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	struct zstd *zstd = decoder;
	/* A frame that is there whole would be read another way, which refuses what this one takes: the magic goes in alone. */
	size_t n = zstd->at < MAGIC_BYTES && in->n > MAGIC_BYTES - zstd->at ? MAGIC_BYTES - zstd->at : in->n;
	ZSTD_inBuffer from = { in->p, n, 0 };
	ZSTD_outBuffer to = { out, INFLATE_OUT_BYTES, 0 };
	(void)last;
	if (!frame_fits(zstd, *in))
		return error_set(err, PLIM_EFORMAT, "no zstd frame begins here");
	size_t r = ZSTD_decompressStream(zstd->context, &to, &from);
	*in = slice_from(*in, from.pos);
	zstd->at = from.pos < MAGIC_BYTES - zstd->at ? zstd->at + from.pos : MAGIC_BYTES;
	*written = to.pos;
	if (ZSTD_isError(r))
		return zstd_fail(r, err);
	return r == 0;
}

static int
zstd_again(void *decoder, struct plim_error *err)
{
	struct zstd *zstd = decoder;
	zstd->at = 0;
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
