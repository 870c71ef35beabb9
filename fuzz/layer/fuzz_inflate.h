/* SPDX-License-Identifier: Apache-2.0 */
/* Inflates the same bytes whole and in pieces. */
#ifndef FUZZ_INFLATE_H
#define FUZZ_INFLATE_H

#include "codec/inflate.h"

#include <stdlib.h>

#define FUZZ_OUT_BYTES (4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_pieces {
	struct stream stream;
	struct slice left;
	size_t step;
};

static int
fuzz_pieces_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct fuzz_pieces *pieces = (struct fuzz_pieces *)stream;
	(void)err;
	*piece = slice_first(pieces->left, pieces->step);
	pieces->left = slice_from(pieces->left, piece->n);
	return 0;
}

static void
fuzz_pieces_close(struct stream *stream)
{
	free(stream);
}

static const struct stream_ops fuzz_pieces_ops = { fuzz_pieces_next, fuzz_pieces_close };

static inline int
fuzz_inflate_in(const struct codec *codec, struct slice bytes, size_t step, char **out, size_t *n)
{
	AUTO(stream) struct stream *stream = NULL;
	struct fuzz_pieces *pieces = malloc(sizeof *pieces);
	if (pieces == NULL)
		return PLIM_ENOMEM;
	*pieces = (struct fuzz_pieces){ { &fuzz_pieces_ops }, bytes, step };
	int r = inflate_open(codec, &pieces->stream, FUZZ_OUT_BYTES, &stream, NULL);
	return r < 0 ? r : stream_read_all(stream, FUZZ_OUT_BYTES, out, n, NULL);
}

static inline void
fuzz_inflate(const struct codec *codec, const uint8_t *data, size_t size)
{
	AUTO(free) char *whole = NULL;
	AUTO(free) char *pieces = NULL;
	size_t whole_n = 0, pieces_n = 0;
	if (size == 0)
		return;
	struct slice bytes = { (const char *)data + 1, size - 1 };
	int a = fuzz_inflate_in(codec, bytes, SIZE_MAX, &whole, &whole_n);
	int b = fuzz_inflate_in(codec, bytes, (size_t)data[0] + 1, &pieces, &pieces_n);
	if ((a < 0) != (b < 0) || whole_n != pieces_n || (whole_n && memcmp(whole, pieces, whole_n) != 0))
		abort();
}

#endif
