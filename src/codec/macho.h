/* SPDX-License-Identifier: Apache-2.0 */
/* Mach-O files of one machine, of both widths and byte orders: their segments and sections. */
#ifndef CODEC_MACHO_H
#define CODEC_MACHO_H

#include "base/slice.h"

#include <plimsoll/error.h>

struct macho {
	struct slice bytes;
	bool wide, big;
	size_t commands_at, command_count;
};

struct macho_segment {
	struct slice name;
	uint64_t address, offset, size;    /* size: in the file */
	uint32_t most, protection;         /* 1 read, 2 write, 4 execute */
	size_t sections_at, section_count;
};

struct macho_section {
	struct slice name;
	uint64_t address, size;
	uint32_t offset;
};

bool macho_is(struct slice head);
int macho_open(struct slice bytes, struct macho *out, struct plim_error *err);

/* Walks the commands, `*at` and `*seen` 0 to begin with; false behind the last segment. */
bool macho_next_segment(const struct macho *macho, size_t *at, size_t *seen, struct macho_segment *out);
bool macho_find_section(const struct macho *macho, const char *name, struct macho_section *out);
struct slice macho_at(const struct macho *macho, uint64_t address);

#endif
