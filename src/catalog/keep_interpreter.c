/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel starts in the place of a program: the interpreter of a script, the loader of a linked one. */
#include "catalog/keep.h"

#include "base/cursor.h"
#include "catalog/rows.h"

/* sizeof(linux_binprm->buf): all that the kernel reads of a script. */
#define SCRIPT_BYTES 256

static int
add(struct block_builder *into, uint32_t index, const char *format, struct slice program, struct slice argument, struct plim_error *err)
{
	const struct slice fields[INTERPRETER_FIELD_COUNT] = {
		[INTERPRETER_FORMAT] = slice_of(format), [INTERPRETER_PROGRAM] = program, [INTERPRETER_ARGUMENT] = argument,
	};
	return block_add_row(into, ROW_INTERPRETER, index, 1, fields, INTERPRETER_FIELD_COUNT, err);
}

/* scripts */

static struct slice
skip_blanks(struct slice text)
{
	while (text.n && (text.p[0] == ' ' || text.p[0] == '\t'))
		text = slice_from(text, 1);
	return text;
}

/* How long the word is: to a blank, a NUL, the end. */
static size_t
word_length(struct slice text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] != ' ' && text.p[n] != '\t' && text.p[n] != '\0')
		n++;
	return n;
}

static struct slice
trim_end(struct slice text)
{
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	return text;
}

/* The rules of binfmt_script: one argument, blanks and all; a name that may go on behind what was read is refused, as no name is. */
static int
take_script(struct block_builder *into, uint32_t index, struct slice head, struct plim_error *err)
{
	struct slice line = slice_first(head, SCRIPT_BYTES), rest;
	bool whole = slice_cut(line, '\n', &line, &rest) || head.n < SCRIPT_BYTES;
	line = skip_blanks(trim_end(slice_from(line, 2)));
	struct slice name = slice_first(line, word_length(line)), argument = SLICE_NONE;
	if (!whole && name.n == line.n)
		name = SLICE("");
	if (name.n && name.n < line.n && line.p[name.n] != '\0') {
		argument = skip_blanks(slice_from(line, name.n));
		slice_cut(argument, '\0', &argument, &rest);
	}
	return add(into, index, "script", name.n ? name : SLICE(""), argument.n ? argument : SLICE_NONE, err);
}

/* ELF */

struct elf {
	struct cursor in;
	bool wide, big;            /* 64 bits, most significant byte first */
};

static uint64_t
half(struct elf *elf)
{
	return elf->big ? cursor_u16be(&elf->in) : cursor_u16le(&elf->in);
}

static uint64_t
word(struct elf *elf)
{
	return elf->big ? cursor_u32be(&elf->in) : cursor_u32le(&elf->in);
}

/* As wide as an address. */
static uint64_t
address(struct elf *elf)
{
	if (!elf->wide)
		return word(elf);
	return elf->big ? cursor_u64be(&elf->in) : cursor_u64le(&elf->in);
}

static void
seek(struct elf *elf, uint64_t at)
{
	cursor_seek(&elf->in, at > SIZE_MAX ? SIZE_MAX : (size_t)at);
}

enum { ELF_EXECUTABLE = 2, ELF_SHARED = 3, SEGMENT_INTERPRETER = 3 };

/* Where the segments' headers are: false for what the kernel does not start. */
static bool
read_header(struct elf *elf, uint64_t *at, uint64_t *size, uint64_t *count)
{
	seek(elf, 4);
	uint8_t wide = cursor_u8(&elf->in), big = cursor_u8(&elf->in);
	elf->wide = wide == 2;
	elf->big = big == 2;
	seek(elf, 16);
	uint64_t type = half(elf);
	seek(elf, elf->wide ? 32 : 28);
	*at = address(elf);
	seek(elf, elf->wide ? 54 : 42);
	*size = half(elf);
	*count = half(elf);
	return !elf->in.bad && (type == ELF_EXECUTABLE || type == ELF_SHARED) && *size >= (elf->wide ? 56 : 32);
}

/* The text of a segment; absent where it lies behind what was read. */
static struct slice
segment_text(struct elf *elf, uint64_t header)
{
	seek(elf, header + (elf->wide ? 8 : 4));
	uint64_t at = address(elf);
	seek(elf, header + (elf->wide ? 32 : 16));
	uint64_t size = address(elf);
	seek(elf, at);
	struct slice text = cursor_take(&elf->in, size > SIZE_MAX ? SIZE_MAX : (size_t)size), rest;
	if (elf->in.bad)
		return SLICE_NONE;
	slice_cut(text, '\0', &text, &rest);
	return text.n ? text : SLICE("");
}

/* Headers behind what was read leave open whether there is a loader: a row without one. */
static int
take_elf(struct block_builder *into, uint32_t index, struct slice head, struct plim_error *err)
{
	struct elf elf = { .in = cursor_of(head) };
	uint64_t at, size, count;
	if (!read_header(&elf, &at, &size, &count))
		return 0;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t header = at > head.n ? head.n : at + i * size;
		seek(&elf, header);
		uint64_t type = word(&elf);
		if (elf.in.bad)
			return add(into, index, "elf", SLICE_NONE, SLICE_NONE, err);
		if (type == SEGMENT_INTERPRETER)
			return add(into, index, "elf", segment_text(&elf, header), SLICE_NONE, err);
	}
	return 0;
}

int
interpreter_keep(struct block_builder *into, uint32_t index, struct slice head, struct plim_error *err)
{
	if (slice_starts(head, SLICE("#!")))
		return take_script(into, index, head, err);
	return slice_starts(head, SLICE("\177ELF")) ? take_elf(into, index, head, err) : 0;
}
