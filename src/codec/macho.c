/* SPDX-License-Identifier: Apache-2.0 */
/* Load commands of Mach-O files. */
#include "codec/macho.h"

#include "base/cursor.h"
#include "base/error.h"

enum { SEGMENT_32 = 1, SEGMENT_64 = 0x19 };

#define NAME_SIZE 16

static const struct {
	uint8_t magic[4];
	bool wide, big;
} forms[] = {
	{ { 0xce, 0xfa, 0xed, 0xfe }, false, false }, { { 0xcf, 0xfa, 0xed, 0xfe }, true, false },
	{ { 0xfe, 0xed, 0xfa, 0xce }, false, true },  { { 0xfe, 0xed, 0xfa, 0xcf }, true, true },
};

bool
macho_is(struct slice head)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (head.n >= 4 && memcmp(head.p, forms[i].magic, 4) == 0)
			return true;
	return false;
}

static uint32_t
word(const struct macho *macho, struct cursor *in)
{
	return macho->big ? cursor_u32be(in) : cursor_u32le(in);
}

static uint64_t
address(const struct macho *macho, struct cursor *in)
{
	if (!macho->wide)
		return word(macho, in);
	return macho->big ? cursor_u64be(in) : cursor_u64le(in);
}

int
macho_open(struct slice bytes, struct macho *out, struct plim_error *err)
{
	struct macho macho = { .bytes = bytes };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (bytes.n >= 4 && memcmp(bytes.p, forms[i].magic, 4) == 0) {
			macho.wide = forms[i].wide;
			macho.big = forms[i].big;
		}
	struct cursor in = cursor_of(bytes);
	cursor_seek(&in, 16);
	macho.command_count = word(&macho, &in);
	cursor_take(&in, macho.wide ? 12 : 8);
	macho.commands_at = in.at;
	if (!macho_is(bytes) || in.bad)
		return error_set(err, PLIM_EFORMAT, "offset 0: no whole header of a Mach-O file");
	*out = macho;
	return 0;
}

static struct slice
fixed_name(struct cursor *in)
{
	struct slice name, rest;
	slice_cut(cursor_take(in, NAME_SIZE), '\0', &name, &rest);
	return name;
}

static void
take_segment(const struct macho *macho, struct cursor *in, struct macho_segment *out)
{
	out->name = fixed_name(in);
	out->address = address(macho, in);
	address(macho, in);
	out->offset = address(macho, in);
	out->size = address(macho, in);
	out->most = word(macho, in);
	out->protection = word(macho, in);
	out->section_count = word(macho, in);
	word(macho, in);
	out->sections_at = in->at;
}

bool
macho_next_segment(const struct macho *macho, size_t *at, size_t *seen, struct macho_segment *out)
{
	struct cursor in = cursor_of(macho->bytes);
	for (cursor_seek(&in, *at ? *at : macho->commands_at); !in.bad && (*seen)++ < macho->command_count; cursor_seek(&in, *at)) {
		size_t from = in.at;
		uint32_t command = word(macho, &in), size = word(macho, &in);
		if (size < 8 || size > macho->bytes.n - from)
			return false;
		*at = from + size;
		if (command != (macho->wide ? SEGMENT_64 : SEGMENT_32))
			continue;
		take_segment(macho, &in, out);
		size_t header = macho->wide ? 80 : 68, room = in.bad || in.at > *at ? 0 : (*at - in.at) / header;
		out->section_count = out->section_count < room ? out->section_count : room;
		return !in.bad;
	}
	return false;
}

bool
macho_find_section(const struct macho *macho, const char *name, struct macho_section *out)
{
	struct macho_segment segment;
	for (size_t at = 0, seen = 0; macho_next_segment(macho, &at, &seen, &segment);)
		for (size_t i = 0; i < segment.section_count; i++) {
			struct cursor in = cursor_of(macho->bytes);
			cursor_seek(&in, segment.sections_at + i * (macho->wide ? 80 : 68));
			out->name = fixed_name(&in);
			cursor_take(&in, NAME_SIZE);
			out->address = address(macho, &in);
			out->size = address(macho, &in);
			out->offset = word(macho, &in);
			if (!in.bad && slice_is(out->name, name))
				return true;
		}
	return false;
}

struct slice
macho_at(const struct macho *macho, uint64_t place)
{
	struct macho_segment segment;
	for (size_t at = 0, seen = 0; macho_next_segment(macho, &at, &seen, &segment);)
		if (place >= segment.address && place - segment.address < segment.size && !slice_is(segment.name, "__PAGEZERO")) {
			struct slice bytes = segment.offset < macho->bytes.n ? slice_from(macho->bytes, (size_t)segment.offset) : SLICE_NONE;
			bytes = slice_first(bytes, (size_t)segment.size);
			return slice_from(bytes, (size_t)(place - segment.address));
		}
	return SLICE_NONE;
}
