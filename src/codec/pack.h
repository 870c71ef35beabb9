/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of ours made small for a file, and made large again as input like any other. */
#ifndef CODEC_PACK_H
#define CODEC_PACK_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

/* Appends one zstd frame. */
int pack(struct slice plain, struct strbuf *into, struct plim_error *err);
/* A frame of exactly `size` bytes, the caller's to free; PLIM_EFORMAT for anything else. */
int unpack(struct slice packed, size_t size, char **out, struct plim_error *err);

/* For what is packed once and carried often: a smaller frame, with checksum, that takes time; beside a prefix (absent: none) what is in it as well costs next to nothing. */
int pack_beside(struct slice plain, struct slice prefix, struct strbuf *into, struct plim_error *err);
/* What a single frame says of its plain size, nothing behind it; above `limit` PLIM_ELIMIT. */
int packed_size(struct slice packed, uint64_t limit, size_t *out, struct plim_error *err);
int unpack_beside(struct slice packed, struct slice prefix, size_t size, char **out, struct plim_error *err);

#endif
