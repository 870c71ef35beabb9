/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF files (System V ABI, chapters 4 and 5), of both widths and byte orders:
 * segments, sections, notes, the dynamic section, symbols, all read where
 * they stand.  Of a large file runs may have been left out, which read as
 * zeros: they are absent.
 * Whatever is answered borrows from the file's bytes.
 */
#ifndef CODEC_ELF_H
#define CODEC_ELF_H

#include "base/slice.h"

#include <plimsoll/error.h>

enum elf_type { ELF_RELOCATABLE = 1, ELF_EXECUTABLE = 2, ELF_SHARED = 3 };
enum elf_segment_type { ELF_LOAD = 1, ELF_DYNAMIC = 2, ELF_INTERPRETER = 3, ELF_NOTE = 4, ELF_GNU_STACK = 0x6474e551, ELF_GNU_RELRO = 0x6474e552 };
enum elf_flag { ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };
enum elf_section_type { ELF_SYMBOLS = 2, ELF_NOTES = 7, ELF_NO_BITS = 8, ELF_DYNAMIC_SYMBOLS = 11 };

struct elf {
	struct slice bytes;
	bool wide, big;                       /* 64 bits; most significant byte first */
	uint16_t type, machine;
	uint64_t segments_at, segment_size;
	uint64_t sections_at, section_size;
	size_t segment_count, section_count;
	bool sections_lost;                   /* their headers lie past the end of the file: section_count is 0 */
	struct slice names;                   /* of the sections */
	struct slice dynamic;                 /* the dynamic section; absent without one */
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, address, size;       /* `size` in the file */
};

struct elf_section {
	struct slice name;
	uint32_t type, link;
	uint64_t address, offset, size, entry_size;
};

bool elf_is(struct slice head);

/* Reads the header, and checks that the segments' headers are there; PLIM_EFORMAT, LIMIT_ELF_SECTION_COUNT. */
int elf_open(struct slice bytes, struct elf *out, struct plim_error *err);

/* False behind the last. */
bool elf_segment(const struct elf *elf, size_t at, struct elf_segment *out);
bool elf_section(const struct elf *elf, size_t at, struct elf_section *out);
bool elf_find_segment(const struct elf *elf, uint32_t type, struct elf_segment *out);
bool elf_find_section(const struct elf *elf, const char *name, struct elf_section *out);

/* Absent where they do not lie in the file. */
struct slice elf_segment_bytes(const struct elf *elf, const struct elf_segment *segment);
struct slice elf_section_bytes(const struct elf *elf, const struct elf_section *section);
/* From an address to the end of its segment in the file; absent where none is loaded there. */
struct slice elf_at(const struct elf *elf, uint64_t address);

/* A number of the file's width, or of 4 bytes, in its byte order; 0 past the end. */
uint64_t elf_word(const struct elf *elf, struct slice bytes, size_t at);
uint64_t elf_u32(const struct elf *elf, struct slice bytes, size_t at);
/* How many bytes an address has. */
static inline size_t
elf_width(const struct elf *elf)
{
	return elf->wide ? 8 : 4;
}

/* What the linker would have written at `address`: of position-independent programs it stands in the relocations only. */
uint64_t elf_pointer(const struct elf *elf, uint64_t address);

struct elf_note {
	struct slice name;                    /* without its NUL */
	uint32_t type;
	struct slice text;
};

/* The first note of an owner and type, in segments and sections, among the first LIMIT_ELF_NOTE_COUNT; false without one. */
bool elf_find_note(const struct elf *elf, const char *name, uint32_t type, struct elf_note *out);

enum elf_tag {
	ELF_TAG_NEEDED = 1, ELF_TAG_STRINGS = 5, ELF_TAG_RELA = 7, ELF_TAG_RELA_SIZE = 8, ELF_TAG_STRINGS_SIZE = 10, ELF_TAG_SONAME = 14,
	ELF_TAG_RPATH = 15, ELF_TAG_BIND_NOW = 24, ELF_TAG_RUNPATH = 29, ELF_TAG_FLAGS = 30, ELF_TAG_FLAGS_1 = 0x6ffffffb,
};

/* Walks the dynamic section, `*at` 0 to begin with; false behind its end. */
bool elf_next_dynamic(const struct elf *elf, size_t *at, uint64_t *tag, uint64_t *value);
bool elf_find_dynamic(const struct elf *elf, uint64_t tag, uint64_t *value);
/* All strings of the dynamic section, each with a NUL behind it; a text of it, absent where there is none. */
struct slice elf_dynamic_strings(const struct elf *elf);
struct slice elf_dynamic_string(const struct elf *elf, uint64_t at);

/* The address of the symbol of that name, in the table of dynamic symbols, else in that of all; false without one. */
bool elf_find_symbol(const struct elf *elf, const char *name, uint64_t *address);

#endif
