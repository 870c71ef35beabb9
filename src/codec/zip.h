/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives in memory, by their central directory (APPNOTE 6.3, zip64 too): stored and deflated members. */
#ifndef CODEC_ZIP_H
#define CODEC_ZIP_H

#include "base/arena.h"

#include <plimsoll/error.h>

struct zip_member {
	struct slice name;        /* borrowed from the archive's bytes */
	uint64_t size;            /* after inflation, as the directory says */
	uint64_t packed;
	uint64_t header_at;       /* of its local header */
	uint32_t crc;
	uint16_t method;
};

struct zip {
	struct slice bytes;       /* borrowed */
	struct zip_member *members;    /* in the arena, in the directory's order */
	size_t n;
};

/* Overlapping members, a directory that lies about its place, or names beyond LIMIT_PATH_BYTES are PLIM_EFORMAT. */
int zip_open(struct slice bytes, struct arena *arena, struct zip **out, struct plim_error *err);

/* Inflates one member and checks its CRC-32; the bytes are the caller's to free. */
int zip_read(const struct zip *zip, const struct zip_member *member, char **out, size_t *out_size, struct plim_error *err);

#endif
