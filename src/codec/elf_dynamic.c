/* SPDX-License-Identifier: Apache-2.0 */
/* What an ELF file has for others: notes, the dynamic section, symbols. */
#include "codec/elf.h"

#include "base/cursor.h"
#include "base/limits.h"

/* notes */

/* Names and texts of notes are padded to 4 bytes, in segments and sections that are aligned to 8 texts to 8. */
static void
skip_padding(struct cursor *in, size_t to)
{
	size_t over = in->at % to;
	cursor_take(in, over && cursor_left(in) >= to - over ? to - over : over ? cursor_left(in) : 0);
}

/* False at the end, at zeros that were something else, and at what is no note. */
static bool
next_note(const struct elf *elf, struct cursor *in, struct elf_note *out)
{
	if (cursor_left(in) < 12)
		return false;
	struct slice head = cursor_take(in, 12);
	size_t name_size = (size_t)elf_u32(elf, head, 0), size = (size_t)elf_u32(elf, head, 4);
	out->type = (uint32_t)elf_u32(elf, head, 8);
	out->name = cursor_take(in, name_size);
	skip_padding(in, 4);
	out->text = cursor_take(in, size);
	skip_padding(in, 4);
	if (out->name.n && out->name.p[out->name.n - 1] == '\0')
		out->name.n--;
	return !in->bad && (name_size || size);
}

static bool
find_in(const struct elf *elf, struct slice notes, size_t *seen, const char *name, uint32_t type, struct elf_note *out)
{
	struct cursor in = cursor_of(notes);
	while ((*seen)++ < LIMIT_ELF_NOTE_COUNT && next_note(elf, &in, out))
		if (out->type == type && slice_is(out->name, name))
			return true;
	return false;
}

bool
elf_find_note(const struct elf *elf, const char *name, uint32_t type, struct elf_note *out)
{
	struct elf_segment segment;
	struct elf_section section;
	size_t seen = 0;
	for (size_t i = 0; elf_segment(elf, i, &segment); i++)
		if (segment.type == ELF_NOTE && find_in(elf, elf_segment_bytes(elf, &segment), &seen, name, type, out))
			return true;
	for (size_t i = 0; elf_section(elf, i, &section); i++)
		if (section.type == ELF_NOTES && find_in(elf, elf_section_bytes(elf, &section), &seen, name, type, out))
			return true;
	return false;
}

/* the dynamic section */

bool
elf_next_dynamic(const struct elf *elf, size_t *at, uint64_t *tag, uint64_t *value)
{
	size_t width = elf_width(elf);
	struct slice all = elf->dynamic;
	if (*at > all.n || all.n - *at < 2 * width)
		return false;
	*tag = elf_word(elf, all, *at);
	*value = elf_word(elf, all, *at + width);
	*at += 2 * width;
	return *tag != 0;
}

bool
elf_find_dynamic(const struct elf *elf, uint64_t wanted, uint64_t *value)
{
	uint64_t tag;
	for (size_t at = 0; elf_next_dynamic(elf, &at, &tag, value);)
		if (tag == wanted)
			return true;
	return false;
}

struct slice
elf_dynamic_strings(const struct elf *elf)
{
	uint64_t table, size;
	if (!elf_find_dynamic(elf, ELF_TAG_STRINGS, &table) || !elf_find_dynamic(elf, ELF_TAG_STRINGS_SIZE, &size))
		return SLICE_NONE;
	return slice_first(elf_at(elf, table), size > SIZE_MAX ? SIZE_MAX : (size_t)size);
}

struct slice
elf_dynamic_string(const struct elf *elf, uint64_t at)
{
	struct slice strings = elf_dynamic_strings(elf);
	struct cursor in = cursor_of(at < strings.n ? slice_from(strings, (size_t)at) : SLICE_NONE);
	return cursor_string(&in);
}

/* symbols */

static bool
symbol_is(struct slice strings, uint64_t at, struct slice name)
{
	if (at >= strings.n || strings.n - at <= name.n || strings.p[at + name.n] != '\0')
		return false;
	return memcmp(strings.p + at, name.p, name.n) == 0;
}

static bool
find_in_table(const struct elf *elf, const struct elf_section *table, struct slice name, uint64_t *address)
{
	struct elf_section strings;
	size_t least = elf->wide ? 24 : 16;
	if (table->entry_size < least || !elf_section(elf, table->link, &strings))
		return false;
	struct slice symbols = elf_section_bytes(elf, table), names = elf_section_bytes(elf, &strings);
	for (uint64_t i = 0; i < symbols.n && symbols.n - i >= least; i += table->entry_size)
		if (symbol_is(names, elf_u32(elf, symbols, (size_t)i), name)) {
			*address = elf_word(elf, symbols, (size_t)i + elf_width(elf));
			return true;
		}
	return false;
}

/* A file has one table of each kind. */
static bool
find_table(const struct elf *elf, uint32_t type, struct elf_section *out)
{
	for (size_t i = 0; elf_section(elf, i, out); i++)
		if (out->type == type)
			return true;
	return false;
}

bool
elf_find_symbol(const struct elf *elf, const char *name, uint64_t *address)
{
	struct elf_section table;
	return (find_table(elf, ELF_DYNAMIC_SYMBOLS, &table) && find_in_table(elf, &table, slice_of(name), address)) ||
	       (find_table(elf, ELF_SYMBOLS, &table) && find_in_table(elf, &table, slice_of(name), address));
}
