/* SPDX-License-Identifier: Apache-2.0 */
/* A linked program of any of the formats, as far as they are alike: named sections, and bytes at addresses. */
#ifndef CODEC_PROGRAM_H
#define CODEC_PROGRAM_H

#include "codec/elf.h"
#include "codec/macho.h"
#include "codec/pe.h"

enum program_format { PROGRAM_ELF, PROGRAM_PE, PROGRAM_MACHO };

struct program {
	enum program_format format;
	union {
		struct elf elf;
		struct pe pe;
		struct macho macho;
	};
};

/* Any of the formats, by its first bytes. */
bool program_is(struct slice head);
/* PLIM_EUNSUPPORTED where it is of no format after all, as a DOS program. */
int program_open(struct slice bytes, struct program *out, struct plim_error *err);

/* The bytes of a section; of Mach-O and PE names are spelled as in ELF ("__go_buildinfo" is ".go.buildinfo").  Absent without it. */
struct slice program_section(const struct program *program, const char *name);
/* The first segment of data that may be written to, and its address. */
struct slice program_data(const struct program *program, uint64_t *address);
/* From an address to the end of its segment in the file. */
struct slice program_at(const struct program *program, uint64_t address);
/* A pointer of `width` bytes that stands within the file's bytes, relocations of ELF included. */
uint64_t program_pointer(const struct program *program, struct slice bytes, size_t width, bool big);

#endif
