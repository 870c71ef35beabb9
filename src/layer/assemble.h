/* SPDX-License-Identifier: Apache-2.0 */
/* A layer's tar again, out of tar-split's metadata and the directory of the files that were unpacked. */
#ifndef LAYER_ASSEMBLE_H
#define LAYER_ASSEMBLE_H

#include "base/stream.h"

/*
 * Writes the archive, of exactly `size` bytes, into the descriptor `out`.  `metadata` has the plain lines; files are looked for below `root`
 * and never outside of it, whatever links lie there.  An error names the line, or the file and what has become of it.
 */
int assemble_tar(struct stream *metadata, int root, uint64_t size, int out, struct plim_error *err);

/* How many bytes that archive has: a store may not say it. */
int assemble_size(struct stream *metadata, uint64_t *out, struct plim_error *err);

#endif
