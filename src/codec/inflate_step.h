/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decompressor has to do for inflate.c, which feeds it, starts it anew
 * for each member and tells a cut-off stream from an end.
 */
#ifndef CODEC_INFLATE_STEP_H
#define CODEC_INFLATE_STEP_H

#include "codec/inflate.h"

#define INFLATE_OUT_BYTES ((size_t)256 << 10)

struct inflate_step {
	const char *name;     /* as in messages */
	void *(*begin)(void);    /* a decoder before its first member; NULL without memory */
	/*
	 * Consumes from the front of `in` and writes at most INFLATE_OUT_BYTES to `out`, their number to `*written`:
	 * 1 when a member ended, else 0.  `last` says that nothing comes behind `in`.
	 */
	int (*step)(void *decoder, struct slice *in, bool last, char *out, size_t *written, struct plim_error *err);
	int (*again)(void *decoder, struct plim_error *err);    /* makes ready for another member */
	void (*end)(void *decoder);
};

/* Takes `below` over on success only. */
int inflate_stream(const struct inflate_step *method, struct stream *below, struct stream **out, struct plim_error *err);

#endif
