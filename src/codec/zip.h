/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives in memory, by their central directory (APPNOTE 6.3, zip64 too): stored and deflated members. */
#ifndef CODEC_ZIP_H
#define CODEC_ZIP_H

#include "base/arena.h"
#include "base/cursor.h"

#include <plimsoll/error.h>

struct zip_member {
	struct slice name;        /* borrowed from the archive's bytes */
	uint64_t size;            /* after inflation, as the directory says */
	uint64_t packed;
	uint64_t header_at;       /* of its local header */
	uint32_t crc;
	uint16_t method;
	bool encrypted;
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

/*
 * The other reader: an archive as java reads it, of any number of members without memory for them.  Something may stand in front of
 * it (the script of an executable jar) or behind it, members may overlap or have one name, local headers may name another one:
 * whoever walks limits what he reads.
 */
struct zip_walk {
	struct slice bytes;       /* borrowed; the rest is private */
	size_t before;
	struct cursor directory;
};

int zip_walk_begin(struct slice bytes, struct zip_walk *out, struct plim_error *err);
/* 1 and a member, 0 behind the last one; an error ends the walk. */
int zip_walk_next(struct zip_walk *walk, struct zip_member *out, struct plim_error *err);
/* The packed bytes, in place: of a stored member its bytes, whose CRC-32 nobody has checked.  An error for one that is encrypted, of another method, or whose sizes cannot be. */
int zip_walk_packed(const struct zip_walk *walk, const struct zip_member *member, struct slice *out, struct plim_error *err);
bool zip_member_is_stored(const struct zip_member *member);
/* Its first `most` bytes, or all, which must have its CRC-32 then; the caller's to free, with a NUL behind. */
int zip_unpack(const struct zip_member *member, struct slice packed, size_t most, char **out, size_t *out_size, struct plim_error *err);

#endif
