/* SPDX-License-Identifier: Apache-2.0 */
/* zstd, with a bound on the window. */
#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate_step.h"

#include <zstd.h>
#include <zstd_errors.h>

static void *
zstd_begin(void)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	if (context && ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, (int)LIMIT_ZSTD_WINDOW_LOG))) {
		ZSTD_freeDCtx(context);
		return NULL;
	}
	return context;
}

static int
zstd_fail(size_t r, struct plim_error *err)
{
	switch (ZSTD_getErrorCode(r)) {
	case ZSTD_error_memory_allocation:
		return error_nomem(err);
	case ZSTD_error_frameParameter_windowTooLarge:
		return error_set(err, PLIM_ELIMIT, "a window beyond ZSTD_WINDOW_LOG (%ju)", (uintmax_t)LIMIT_ZSTD_WINDOW_LOG);
	case ZSTD_error_prefix_unknown:
		return error_set(err, PLIM_EFORMAT, "no zstd frame begins here");
	default:
		return error_set(err, PLIM_EFORMAT, "%s", ZSTD_getErrorName(r));
	}
}

static int
zstd_step(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err)
{
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	ZSTD_outBuffer to = { out, INFLATE_OUT_BYTES, 0 };
	(void)last;
	size_t r = ZSTD_decompressStream(decoder, &to, &from);
	*in = slice_from(*in, from.pos);
	*written = to.pos;
	if (ZSTD_isError(r))
		return zstd_fail(r, err);
	return r == 0;
}

static int
zstd_again(void *decoder, struct plim_error *err)
{
	size_t r = ZSTD_DCtx_reset(decoder, ZSTD_reset_session_only);
	return ZSTD_isError(r) ? zstd_fail(r, err) : 0;
}

static void
zstd_end(void *decoder)
{
	ZSTD_freeDCtx(decoder);
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
