/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record begins with a magic at a place divisible by 16: in a section of its own, else in the data.  Until Go 1.17 it
 * has pointers to two of Go's strings, since 1.18 the strings themselves behind it, each with its length before it (LEB128).
 */
#include "codec/go_build.h"

#include "base/cursor.h"
#include "base/error.h"

#define ALIGNMENT    16
#define HEADER_SIZE  32
#define AT_WIDTH     14
#define AT_FLAGS     15
#define AT_POINTERS  16
#define FRAME        16     /* bytes before and behind the modules by which one finds them in memory */

enum { FLAG_BIG = 1, FLAG_INLINE = 2 };

static const struct slice magic = { "\377 Go buildinf:", 14 };

/* From the magic on; `skew` is how far the bytes begin behind a place divisible by 16. */
static struct slice
find_magic(struct slice bytes, size_t skew)
{
	for (size_t from = 0;;) {
		size_t at = slice_find_text(slice_from(bytes, from), magic);
		if (at == SIZE_MAX)
			return SLICE_NONE;
		from += at;
		if ((from + skew) % ALIGNMENT == 0)
			return slice_from(bytes, from);
		from++;
	}
}

/* Absent without one; SLICE("") where its section has none, as one that was left out of a large file. */
static struct slice
find_record(const struct program *program)
{
	uint64_t address;
	struct slice section = program_section(program, ".go.buildinfo");
	if (section.n) {
		struct slice record = find_magic(section, 0);
		return record.p ? record : SLICE("");
	}
	struct slice data = program_data(program, &address);
	return find_magic(data, (size_t)(address % ALIGNMENT));
}

static struct slice
counted_string(struct cursor *in)
{
	uint64_t size = 0;
	uint8_t byte = 0x80;
	for (unsigned shift = 0; shift < 64 && (byte & 0x80); shift += 7) {
		byte = cursor_u8(in);
		size |= (uint64_t)(byte & 0x7f) << shift;
	}
	return byte & 0x80 || size > SIZE_MAX ? SLICE_NONE : cursor_take(in, (size_t)size);
}

/* One of Go's strings: a pointer and a length. */
static struct slice
string_at(const struct program *program, uint64_t address, size_t width, bool big)
{
	struct slice string = program_at(program, address);
	if (string.n < 2 * width)
		return SLICE_NONE;
	uint64_t at = program_pointer(program, string, width, big);
	struct cursor in = cursor_of(slice_from(string, width));
	uint64_t size = width == 4 ? (big ? cursor_u32be(&in) : cursor_u32le(&in)) : (big ? cursor_u64be(&in) : cursor_u64le(&in));
	if (size == 0)
		return SLICE("");
	struct slice text = program_at(program, at);
	return size > text.n ? SLICE_NONE : slice_first(text, (size_t)size);
}

static bool
take_pointed(const struct program *program, struct slice record, struct go_build *out)
{
	size_t width = (uint8_t)record.p[AT_WIDTH];
	bool big = record.p[AT_FLAGS] & FLAG_BIG;
	if (width != 4 && width != 8)
		return false;
	struct slice pointers = slice_from(record, AT_POINTERS);
	out->version = string_at(program, program_pointer(program, pointers, width, big), width, big);
	uint64_t modules = program_pointer(program, slice_from(pointers, width), width, big);
	/* Without modules it is an empty string, often one that is nowhere in the file: memory that begins as zeros. */
	out->modules = program_at(program, modules).p ? string_at(program, modules, width, big) : SLICE("");
	return true;
}

static bool
take_inline(struct slice record, struct go_build *out)
{
	struct cursor in = cursor_of(record);
	cursor_take(&in, HEADER_SIZE);
	out->version = counted_string(&in);
	out->modules = counted_string(&in);
	return !in.bad;
}

/* Bytes that were left out of a large file read as zeros. */
static bool
is_text(struct slice text)
{
	return text.p && (text.n == 0 || (slice_find(text, '\0') == SIZE_MAX && slice_is_utf8(text)));
}

static int
check(struct go_build *build, struct plim_error *err)
{
	struct slice *modules = &build->modules;
	if (modules->p && modules->n > 2 * FRAME && modules->p[modules->n - FRAME - 1] == '\n')
		*modules = slice_first(slice_from(*modules, FRAME), modules->n - 2 * FRAME);
	else if (modules->p)
		*modules = SLICE("");
	if (build->version.n && is_text(build->version) && is_text(*modules))
		return 0;
	return error_set(err, PLIM_EFORMAT, "what Go tells of the build cannot be read");
}

/* Before there was such a record: a variable, by its name. */
static void
take_variable(const struct program *program, struct go_build *out)
{
	uint64_t address;
	if (program->format != PROGRAM_ELF || program_section(program, ".gopclntab").n == 0 ||
	    !elf_find_symbol(&program->elf, "runtime.buildVersion", &address))
		return;
	struct slice version = string_at(program, address, elf_width(&program->elf), program->elf.big);
	if (version.n && is_text(version))
		*out = (struct go_build){ version, SLICE("") };
}

int
go_build_read(const struct program *program, struct go_build *out, struct plim_error *err)
{
	struct slice record = find_record(program);
	*out = (struct go_build){ 0 };
	if (record.p == NULL) {
		take_variable(program, out);
		return 0;
	}
	if (record.n < HEADER_SIZE)
		return error_set(err, PLIM_EFORMAT, "what Go tells of the build ends");
	bool whole = record.p[AT_FLAGS] & FLAG_INLINE ? take_inline(record, out) : take_pointed(program, record, out);
	return whole ? check(out, err) : error_set(err, PLIM_EFORMAT, "what Go tells of the build cannot be read");
}
