/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of ELF files, and what they point to. */
#include "codec/elf.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

#define IDENT_SIZE 16

/* A file that is shorter than the shorter of the headers starts nowhere. */
bool
elf_is(struct slice head)
{
	return head.n >= 52 && slice_starts(head, SLICE("\177ELF"));
}

struct reader {
	struct cursor in;
	bool wide, big;
};

static struct reader
reader_at(const struct elf *elf, uint64_t at)
{
	struct reader r = { cursor_of(elf->bytes), elf->wide, elf->big };
	cursor_seek(&r.in, at > SIZE_MAX ? SIZE_MAX : (size_t)at);
	return r;
}

static uint16_t
half(struct reader *r)
{
	return r->big ? cursor_u16be(&r->in) : cursor_u16le(&r->in);
}

static uint32_t
word(struct reader *r)
{
	return r->big ? cursor_u32be(&r->in) : cursor_u32le(&r->in);
}

static uint64_t
address(struct reader *r)
{
	if (!r->wide)
		return word(r);
	return r->big ? cursor_u64be(&r->in) : cursor_u64le(&r->in);
}

/* How many headers of `size` bytes fit behind `at`. */
static uint64_t
room_for(const struct elf *elf, uint64_t at, uint64_t size)
{
	return size == 0 || at > elf->bytes.n ? 0 : (elf->bytes.n - at) / size;
}

static struct slice
bytes_at(const struct elf *elf, uint64_t offset, uint64_t size)
{
	if (offset > elf->bytes.n || size > elf->bytes.n - offset)
		return SLICE_NONE;
	return (struct slice){ elf->bytes.p + offset, (size_t)size };
}

#define SEGMENT_SIZE(elf) ((elf)->wide ? 56u : 32u)
#define SECTION_SIZE(elf) ((elf)->wide ? 64u : 40u)
#define NAMES_ELSEWHERE 0xffff

/* Counts that do not fit into the header stand in the first section's. */
static uint64_t
take_sections(struct elf *elf, uint64_t count, uint64_t names)
{
	uint64_t room = elf->section_size < SECTION_SIZE(elf) || elf->sections_at == 0 ? 0 : room_for(elf, elf->sections_at, elf->section_size);
	struct reader r = reader_at(elf, elf->sections_at + (elf->wide ? 32 : 20));
	uint64_t many = address(&r), link = word(&r);
	if (room && count == 0)
		count = many;
	if (room && names == NAMES_ELSEWHERE)
		names = link;
	elf->section_count = (size_t)(count <= room && count <= LIMIT_ELF_SECTION_COUNT ? count : 0);
	elf->sections_lost = count > room;
	struct elf_section section;
	if (elf_section(elf, (size_t)names, &section))
		elf->names = elf_section_bytes(elf, &section);
	return count <= room ? count : 0;
}

static void
take_header(struct elf *elf, struct reader *r, uint64_t *segments, uint64_t *sections, uint64_t *names)
{
	elf->type = half(r);
	elf->machine = half(r);
	word(r), address(r);
	elf->segments_at = address(r);
	elf->sections_at = address(r);
	word(r), half(r);
	elf->segment_size = half(r);
	*segments = half(r);
	elf->section_size = half(r);
	*sections = half(r);
	*names = half(r);
}

int
elf_open(struct slice bytes, struct elf *out, struct plim_error *err)
{
	struct elf elf = { .bytes = bytes };
	uint64_t count, sections, names;
	if (!elf_is(bytes) || bytes.n < IDENT_SIZE)
		return error_set(err, PLIM_EFORMAT, "offset 0: no whole header of an ELF file");
	if ((bytes.p[4] != 1 && bytes.p[4] != 2) || (bytes.p[5] != 1 && bytes.p[5] != 2))
		return error_set(err, PLIM_EFORMAT, "offset 4: neither 32 nor 64 bits, or no byte order");
	elf.wide = bytes.p[4] == 2;
	elf.big = bytes.p[5] == 2;
	struct reader r = reader_at(&elf, IDENT_SIZE);
	take_header(&elf, &r, &count, &sections, &names);
	if (r.in.bad)
		return error_set(err, PLIM_EFORMAT, "offset %zu: the header of the ELF file ends", bytes.n);
	if (count && (elf.segment_size < SEGMENT_SIZE(&elf) || count > room_for(&elf, elf.segments_at, elf.segment_size)))
		return error_set(err, PLIM_EFORMAT, "offset %llu: the headers of the segments do not lie in the file", (unsigned long long)elf.segments_at);
	elf.segment_count = (size_t)count;
	if (take_sections(&elf, sections, names) > LIMIT_ELF_SECTION_COUNT)
		return error_set(err, PLIM_ELIMIT, "offset %llu: more sections than limit ELF_SECTION_COUNT", (unsigned long long)elf.sections_at);
	struct elf_segment dynamic;
	if (elf_find_segment(&elf, ELF_DYNAMIC, &dynamic))
		elf.dynamic = elf_segment_bytes(&elf, &dynamic);
	*out = elf;
	return 0;
}

bool
elf_segment(const struct elf *elf, size_t at, struct elf_segment *out)
{
	if (at >= elf->segment_count)
		return false;
	struct reader r = reader_at(elf, elf->segments_at + at * elf->segment_size);
	out->type = word(&r);
	if (r.wide)
		out->flags = word(&r);
	out->offset = address(&r);
	out->address = address(&r);
	address(&r);
	out->size = address(&r);
	address(&r);
	if (!r.wide)
		out->flags = word(&r);
	return true;
}

/* No name of a section that means something here is as long. */
#define NAME_MOST 64

/* Up to its NUL; empty without one. */
static struct slice
name_at(struct slice names, uint64_t at)
{
	struct slice name = slice_first(at < names.n ? slice_from(names, (size_t)at) : SLICE_NONE, NAME_MOST), rest;
	return slice_cut(name, '\0', &name, &rest) ? name : SLICE("");
}

bool
elf_section(const struct elf *elf, size_t at, struct elf_section *out)
{
	if (at >= elf->section_count)
		return false;
	struct reader r = reader_at(elf, elf->sections_at + at * elf->section_size);
	out->name = name_at(elf->names, word(&r));
	out->type = word(&r);
	address(&r);
	out->address = address(&r);
	out->offset = address(&r);
	out->size = address(&r);
	out->link = word(&r);
	word(&r), address(&r);
	out->entry_size = address(&r);
	return true;
}

bool
elf_find_segment(const struct elf *elf, uint32_t type, struct elf_segment *out)
{
	for (size_t i = 0; elf_segment(elf, i, out); i++)
		if (out->type == type)
			return true;
	return false;
}

bool
elf_find_section(const struct elf *elf, const char *name, struct elf_section *out)
{
	for (size_t i = 0; elf_section(elf, i, out); i++)
		if (slice_is(out->name, name))
			return true;
	return false;
}

struct slice
elf_segment_bytes(const struct elf *elf, const struct elf_segment *segment)
{
	return bytes_at(elf, segment->offset, segment->size);
}

struct slice
elf_section_bytes(const struct elf *elf, const struct elf_section *section)
{
	return section->type == ELF_NO_BITS ? SLICE_NONE : bytes_at(elf, section->offset, section->size);
}

struct slice
elf_at(const struct elf *elf, uint64_t at)
{
	struct elf_segment segment;
	for (size_t i = 0; elf_segment(elf, i, &segment); i++)
		if (segment.type == ELF_LOAD && at >= segment.address && at - segment.address < segment.size) {
			/* A file that was cut off still has what is before its end. */
			uint64_t left = segment.offset < elf->bytes.n ? elf->bytes.n - segment.offset : 0;
			uint64_t skip = at - segment.address, size = segment.size < left ? segment.size : left;
			return skip < size ? bytes_at(elf, segment.offset + skip, size - skip) : SLICE_NONE;
		}
	return SLICE_NONE;
}

uint64_t
elf_word(const struct elf *elf, struct slice bytes, size_t at)
{
	struct reader r = { cursor_of(bytes), elf->wide, elf->big };
	cursor_seek(&r.in, at);
	return address(&r);
}

uint64_t
elf_u32(const struct elf *elf, struct slice bytes, size_t at)
{
	struct reader r = { cursor_of(bytes), elf->wide, elf->big };
	cursor_seek(&r.in, at);
	return word(&r);
}

/* Relocations that add the place where the file is loaded are the only ones whose symbol is none. */
static uint64_t
relocated(const struct elf *elf, uint64_t at)
{
	uint64_t table, size;
	size_t width = elf_width(elf);
	if (!elf_find_dynamic(elf, ELF_TAG_RELA, &table) || !elf_find_dynamic(elf, ELF_TAG_RELA_SIZE, &size))
		return 0;
	struct slice all = elf_at(elf, table);
	all = slice_first(all, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	for (size_t i = 0; all.n - i >= 3 * width && i < all.n; i += 3 * width)
		if (elf_word(elf, all, i) == at && elf_word(elf, all, i + width) >> (elf->wide ? 32 : 8) == 0)
			return elf_word(elf, all, i + 2 * width);
	return 0;
}

uint64_t
elf_pointer(const struct elf *elf, uint64_t at)
{
	uint64_t value = elf_word(elf, elf_at(elf, at), 0);
	return value ? value : relocated(elf, at);
}
