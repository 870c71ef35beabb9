/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar-split's metadata, one JSON object a line: what of a tar archive is no
 * file's content, and in which place which file's content is.  With the files
 * it makes the very bytes of the archive again (github.com/vbatts/tar-split,
 * storage format of jsonPacker).
 */
#ifndef CODEC_TAR_SPLIT_H
#define CODEC_TAR_SPLIT_H

#include "base/arena.h"

#include <plimsoll/error.h>

enum tar_split_type { TAR_SPLIT_FILE = 1, TAR_SPLIT_SEGMENT = 2 };

struct tar_split_entry {
	enum tar_split_type type;
	struct slice name;      /* of a file, as the archive writes it; not empty, without NUL */
	uint64_t size;          /* of its content; 0 for directories, links, devices, too */
	bool summed;            /* `crc` is known: CRC-64/GO-ISO of the content, as crc64_more */
	uint64_t crc;
	struct slice bytes;     /* of a segment, as they are in the archive */
};

/* One line, without its end; what `out` refers to is in the arena.  PLIM_EFORMAT for anything else. */
int tar_split_parse(struct slice line, struct arena *arena, struct tar_split_entry *out, struct plim_error *err);

#endif
