/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of PE files. */
#include "codec/pe.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

#define HEADER_PLACE  0x3c
#define FILE_HEADER   24     /* signature included */
#define SECTION_SIZE  40
#define DIRECTORY_SIZE 8

enum { MAGIC_32 = 0x10b, MAGIC_64 = 0x20b };

static struct cursor
cursor_at(struct slice bytes, size_t at)
{
	struct cursor in = cursor_of(bytes);
	cursor_seek(&in, at);
	return in;
}

/* Where the header is; false where the DOS program has none. */
static bool
header_at(struct slice bytes, size_t *at)
{
	struct cursor in = cursor_at(bytes, HEADER_PLACE);
	*at = cursor_u32le(&in);
	cursor_seek(&in, *at);
	return slice_starts(bytes, SLICE("MZ")) && slice_eq(cursor_take(&in, 4), SLICE("PE\0\0"));
}

bool
pe_is(struct slice bytes)
{
	size_t at;
	return header_at(bytes, &at);
}

static bool
optional_header(struct pe *pe, struct cursor in, size_t size)
{
	size_t at = in.at;
	uint16_t magic = cursor_u16le(&in);
	pe->wide = magic == MAGIC_64;
	cursor_seek(&in, at + (pe->wide ? 24 : 28));
	pe->base = pe->wide ? cursor_u64le(&in) : cursor_u32le(&in);
	size_t before = pe->wide ? 108 : 92;
	cursor_seek(&in, at + before);
	pe->directory_count = cursor_u32le(&in);
	pe->directories_at = at + before + 4;
	size_t room = size > before + 4 ? (size - before - 4) / DIRECTORY_SIZE : 0;
	pe->directory_count = pe->directory_count < room ? pe->directory_count : room;
	return !in.bad && (magic == MAGIC_32 || magic == MAGIC_64);
}

int
pe_open(struct slice bytes, struct pe *out, struct plim_error *err)
{
	struct pe pe = { .bytes = bytes };
	size_t at;
	if (!header_at(bytes, &at))
		return error_set(err, PLIM_EFORMAT, "offset 0: no header of a PE file");
	struct cursor in = cursor_at(bytes, at + 6);
	pe.section_count = cursor_u16le(&in);
	cursor_take(&in, 12);
	size_t size = cursor_u16le(&in);
	cursor_take(&in, 2);
	pe.sections_at = at + FILE_HEADER + size;
	if (!optional_header(&pe, in, size))
		return error_set(err, PLIM_EFORMAT, "offset %zu: no optional header of a PE file", at + FILE_HEADER);
	if (pe.section_count > LIMIT_PE_SECTION_COUNT)
		return error_set(err, PLIM_ELIMIT, "offset %zu: more sections than limit PE_SECTION_COUNT", at + 6);
	if (pe.sections_at > bytes.n || (bytes.n - pe.sections_at) / SECTION_SIZE < pe.section_count)
		return error_set(err, PLIM_EFORMAT, "offset %zu: the headers of the sections do not lie in the file", pe.sections_at);
	*out = pe;
	return 0;
}

bool
pe_section(const struct pe *pe, size_t at, struct pe_section *out)
{
	struct slice rest;
	if (at >= pe->section_count)
		return false;
	struct cursor in = cursor_at(pe->bytes, pe->sections_at + at * SECTION_SIZE);
	slice_cut(cursor_take(&in, 8), '\0', &out->name, &rest);
	out->memory = cursor_u32le(&in);
	out->address = cursor_u32le(&in);
	out->size = cursor_u32le(&in);
	out->offset = cursor_u32le(&in);
	cursor_take(&in, 12);
	out->flags = cursor_u32le(&in);
	return !in.bad;
}

bool
pe_find_section(const struct pe *pe, const char *name, struct pe_section *out)
{
	for (size_t i = 0; pe_section(pe, i, out); i++)
		if (slice_is(out->name, name))
			return true;
	return false;
}

struct slice
pe_section_bytes(const struct pe *pe, const struct pe_section *section)
{
	struct cursor in = cursor_at(pe->bytes, section->offset);
	return cursor_take(&in, section->size);
}

struct slice
pe_at(const struct pe *pe, uint64_t address)
{
	struct pe_section section;
	for (size_t i = 0; pe_section(pe, i, &section); i++)
		if (address >= section.address && address - section.address < section.size)
			return slice_from(pe_section_bytes(pe, &section), (size_t)(address - section.address));
	return SLICE_NONE;
}

static bool
directory_at(const struct pe *pe, enum pe_directory which, uint32_t *address, uint32_t *size)
{
	struct cursor in = cursor_at(pe->bytes, pe->directories_at + which * DIRECTORY_SIZE);
	*address = cursor_u32le(&in);
	*size = cursor_u32le(&in);
	return which < pe->directory_count && !in.bad && *address && *size;
}

bool
pe_has_directory(const struct pe *pe, enum pe_directory which)
{
	uint32_t address, size;
	return directory_at(pe, which, &address, &size);
}

struct slice
pe_directory(const struct pe *pe, enum pe_directory which)
{
	uint32_t address, size;
	return directory_at(pe, which, &address, &size) ? slice_first(pe_at(pe, address), size) : SLICE_NONE;
}
