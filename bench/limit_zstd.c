/* SPDX-License-Identifier: Apache-2.0 */
/* zstd by libzstd, for the limit. */
#include "limit.h"

#include <zstd.h>

static void *
begin(void)
{
	return ZSTD_createDCtx();
}

static ptrdiff_t
fill(void *state, struct input *in, unsigned char *window)
{
	ZSTD_inBuffer from = { in->at, in->left, 0 };
	ZSTD_outBuffer to = { window, WINDOW_BYTES, 0 };
	if (ZSTD_isError(ZSTD_decompressStream(state, &to, &from)))
		return -1;
	*in = (struct input){ in->at + from.pos, in->left - from.pos };
	return (ptrdiff_t)to.pos;
}

static void
end(void *state)
{
	ZSTD_freeDCtx(state);
}

const struct unpacker unpack_zstd = { "libzstd", begin, fill, end };
