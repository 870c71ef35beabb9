/* SPDX-License-Identifier: Apache-2.0 */
/* gzip by zlib, for the limit where ISA-L is absent. */
#include "limit.h"

#include <stdlib.h>
#include <zlib.h>

struct member {
	z_stream stream;
	bool ended;
};

static void *
begin(void)
{
	struct member *member = calloc(1, sizeof *member);
	if (member && inflateInit2(&member->stream, 16 + MAX_WBITS) == Z_OK)
		return member;
	free(member);
	return NULL;
}

static ptrdiff_t
fill(void *context, struct input *in, unsigned char *window)
{
	struct member *member = context;
	if (member->ended)
		inflateReset(&member->stream);
	member->stream.next_in = (unsigned char *)in->at;
	member->stream.avail_in = (uInt)in->left;
	member->stream.next_out = window;
	member->stream.avail_out = (uInt)WINDOW_BYTES;
	int r = inflate(&member->stream, Z_NO_FLUSH);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return -1;
	member->ended = r == Z_STREAM_END;
	*in = (struct input){ member->stream.next_in, member->stream.avail_in };
	return (ptrdiff_t)(WINDOW_BYTES - member->stream.avail_out);
}

static void
end(void *context)
{
	struct member *member = context;
	inflateEnd(&member->stream);
	free(member);
}

const struct unpacker unpack_gzip = { "zlib", begin, fill, end };
