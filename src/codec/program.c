/* SPDX-License-Identifier: Apache-2.0 */
/* What is alike in ELF, PE and Mach-O. */
#include "codec/program.h"

#include "base/cursor.h"
#include "base/error.h"

bool
program_is(struct slice head)
{
	return elf_is(head) || slice_starts(head, SLICE("MZ")) || macho_is(head);
}

int
program_open(struct slice bytes, struct program *out, struct plim_error *err)
{
	if (elf_is(bytes)) {
		out->format = PROGRAM_ELF;
		return elf_open(bytes, &out->elf, err);
	}
	if (pe_is(bytes)) {
		out->format = PROGRAM_PE;
		return pe_open(bytes, &out->pe, err);
	}
	if (macho_is(bytes)) {
		out->format = PROGRAM_MACHO;
		return macho_open(bytes, &out->macho, err);
	}
	return error_set(err, PLIM_EUNSUPPORTED, "no program of a known format");
}

static struct slice
elf_named(const struct elf *elf, const char *name)
{
	struct elf_section section;
	return elf_find_section(elf, name, &section) ? elf_section_bytes(elf, &section) : SLICE_NONE;
}

static struct slice
pe_named(const struct pe *pe, const char *name)
{
	struct pe_section section;
	if (!pe_find_section(pe, name, &section))
		return SLICE_NONE;
	struct slice bytes = pe_section_bytes(pe, &section);
	/* The file's is padded. */
	return section.memory ? slice_first(bytes, section.memory) : bytes;
}

static const struct {
	const char *name, *macho;
} macho_names[] = { { ".go.buildinfo", "__go_buildinfo" } };

static struct slice
macho_named(const struct macho *macho, const char *name)
{
	struct macho_section section;
	for (size_t i = 0; i < sizeof macho_names / sizeof *macho_names; i++)
		if (strcmp(name, macho_names[i].name) == 0)
			name = macho_names[i].macho;
	if (!macho_find_section(macho, name, &section))
		return SLICE_NONE;
	struct cursor in = cursor_of(macho->bytes);
	cursor_seek(&in, section.offset);
	return cursor_take(&in, section.size > SIZE_MAX ? SIZE_MAX : (size_t)section.size);
}

struct slice
program_section(const struct program *program, const char *name)
{
	if (program->format == PROGRAM_ELF)
		return elf_named(&program->elf, name);
	return program->format == PROGRAM_PE ? pe_named(&program->pe, name) : macho_named(&program->macho, name);
}

static struct slice
elf_data(const struct elf *elf, uint64_t *address)
{
	struct elf_segment segment;
	for (size_t i = 0; elf_segment(elf, i, &segment); i++)
		if (segment.type == ELF_LOAD && (segment.flags & (ELF_WRITE | ELF_EXECUTE)) == ELF_WRITE)
			return elf_at(elf, *address = segment.address);
	return SLICE_NONE;
}

/* Alignment is of no interest. */
#define PE_ALIGNMENT 0xf00000u

static struct slice
pe_data(const struct pe *pe, uint64_t *address)
{
	struct pe_section section;
	for (size_t i = 0; pe_section(pe, i, &section); i++)
		if (section.address && section.size && (section.flags & ~PE_ALIGNMENT) == ((uint32_t)PE_DATA | PE_READ | (uint32_t)PE_WRITE))
			return pe_at(pe, *address = section.address);
	return SLICE_NONE;
}

#define MACHO_READ_WRITE 3

static struct slice
macho_data(const struct macho *macho, uint64_t *address)
{
	struct macho_segment segment;
	for (size_t at = 0, seen = 0; macho_next_segment(macho, &at, &seen, &segment);)
		if (segment.address && segment.size && segment.protection == MACHO_READ_WRITE && segment.most == MACHO_READ_WRITE)
			return macho_at(macho, *address = segment.address);
	return SLICE_NONE;
}

struct slice
program_data(const struct program *program, uint64_t *address)
{
	*address = 0;
	if (program->format == PROGRAM_ELF)
		return elf_data(&program->elf, address);
	return program->format == PROGRAM_PE ? pe_data(&program->pe, address) : macho_data(&program->macho, address);
}

struct slice
program_at(const struct program *program, uint64_t address)
{
	if (program->format == PROGRAM_ELF)
		return elf_at(&program->elf, address);
	if (program->format == PROGRAM_MACHO)
		return macho_at(&program->macho, address);
	return address < program->pe.base ? SLICE_NONE : pe_at(&program->pe, address - program->pe.base);
}

/* Where bytes of an ELF file are loaded; 0 where they are not. */
static uint64_t
address_of(const struct elf *elf, const char *at)
{
	uint64_t offset = (uint64_t)(at - elf->bytes.p);
	struct elf_segment segment;
	for (size_t i = 0; elf_segment(elf, i, &segment); i++)
		if (segment.type == ELF_LOAD && offset >= segment.offset && offset - segment.offset < segment.size)
			return segment.address + (offset - segment.offset);
	return 0;
}

uint64_t
program_pointer(const struct program *program, struct slice bytes, size_t width, bool big)
{
	struct cursor in = cursor_of(bytes);
	uint64_t value = width == 4 ? (big ? cursor_u32be(&in) : cursor_u32le(&in)) : (big ? cursor_u64be(&in) : cursor_u64le(&in));
	if (value || in.bad || program->format != PROGRAM_ELF)
		return value;
	uint64_t address = address_of(&program->elf, bytes.p);
	return address ? elf_pointer(&program->elf, address) : 0;
}
