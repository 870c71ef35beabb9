/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PE files (Microsoft's PE format): sections, the version among the
 * resources, and the identity of an assembly (ECMA-335, partition II).
 * Whatever is answered borrows from the file's bytes unless it says otherwise.
 */
#ifndef CODEC_PE_H
#define CODEC_PE_H

#include "base/arena.h"

#include <plimsoll/error.h>

enum pe_directory { PE_RESOURCES = 2, PE_ASSEMBLY = 14 };
enum pe_section_flag { PE_DATA = 0x40, PE_READ = 0x40000000, PE_WRITE = (int)0x80000000 };

struct pe {
	struct slice bytes;
	bool wide;                           /* 64 bits */
	uint64_t base;                       /* where it wants to be loaded; other addresses are relative to it */
	size_t directories_at, directory_count;
	size_t sections_at, section_count;
};

struct pe_section {
	struct slice name;                   /* at most 8 bytes */
	uint32_t address, memory;            /* memory: its size there */
	uint32_t offset, size;
	uint32_t flags;
};

/* It has the first bytes of a PE file, not of a DOS program alone. */
bool pe_is(struct slice bytes);

/* Reads the headers; PLIM_EFORMAT. */
int pe_open(struct slice bytes, struct pe *out, struct plim_error *err);

/* False behind the last. */
bool pe_section(const struct pe *pe, size_t at, struct pe_section *out);
bool pe_find_section(const struct pe *pe, const char *name, struct pe_section *out);
/* Absent where it does not lie in the file. */
struct slice pe_section_bytes(const struct pe *pe, const struct pe_section *section);
/* From a relative address to the end of its section in the file; absent where no section is. */
struct slice pe_at(const struct pe *pe, uint64_t address);
/* The bytes of a data directory; absent without one. */
struct slice pe_directory(const struct pe *pe, enum pe_directory which);

/* It claims one, whether that lies in the file or not. */
bool pe_has_directory(const struct pe *pe, enum pe_directory which);

/* What VS_VERSIONINFO says, in UTF-8 in the arena; absent where it does not. */
struct pe_version {
	struct slice company, file_version, internal_name, original_name, product_name, product_version;
};

/* All absent without such a resource; PLIM_EFORMAT for a damaged one. */
int pe_read_version(const struct pe *pe, struct arena *arena, struct pe_version *out, struct plim_error *err);

struct pe_assembly {
	struct slice name;
	uint16_t version[4];
};

/* False for a module that is no assembly; PLIM_EFORMAT for damaged metadata. */
int pe_read_assembly(const struct pe *pe, struct pe_assembly *out, bool *found, struct plim_error *err);

#endif
