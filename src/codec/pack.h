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

#endif
