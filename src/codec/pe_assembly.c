/* SPDX-License-Identifier: Apache-2.0 */
/* The identity of an assembly: its row in the metadata's tables, whose widths depend on all the others (ECMA-335, II.22 and II.24). */
#include "codec/pe.h"

#include "base/cursor.h"
#include "base/error.h"

#define ROOT_MAGIC    0x424a5342u
#define STREAM_NAME   32
#define TABLE_COUNT   64
#define ASSEMBLY      0x20

/* Indexes that say in their lowest bits which table they mean. */
static const struct coded {
	uint8_t bits;
	uint8_t n;
	uint8_t tables[22];
} codes[] = {
	['a' - 'a'] = { 2, 3, { 0x02, 0x01, 0x1b } },                  /* TypeDefOrRef */
	['b' - 'a'] = { 2, 3, { 0x04, 0x08, 0x17 } },                  /* HasConstant */
	['c' - 'a'] = { 5, 22, { 0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23,
	                         0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b } }, /* HasCustomAttribute */
	['d' - 'a'] = { 1, 2, { 0x04, 0x08 } },                        /* HasFieldMarshal */
	['e' - 'a'] = { 2, 3, { 0x02, 0x06, 0x20 } },                  /* HasDeclSecurity */
	['f' - 'a'] = { 3, 5, { 0x02, 0x01, 0x1a, 0x06, 0x1b } },      /* MemberRefParent */
	['g' - 'a'] = { 1, 2, { 0x14, 0x17 } },                        /* HasSemantics */
	['h' - 'a'] = { 1, 2, { 0x06, 0x0a } },                        /* MethodDefOrRef */
	['i' - 'a'] = { 1, 2, { 0x04, 0x06 } },                        /* MemberForwarded */
	['j' - 'a'] = { 3, 2, { 0x06, 0x0a } },                        /* CustomAttributeType */
	['k' - 'a'] = { 2, 4, { 0x00, 0x1a, 0x23, 0x01 } },            /* ResolutionScope */
};

/* The columns of the tables before Assembly: 2 and 4 bytes, heaps (S strings, G GUIDs, B blobs), a code, or @ and one more than a table. */
static const char *const columns[ASSEMBLY] = {
	"2SGGG", "kSS", "4SSa@\5@\7", "@\5", "2SB", "@\7", "422SB@\11", "@\11", "22S", "@\3a", "fSB", "2bB", "cjB", "dB", "2eB", "24@\3",
	"4@\5", "B", "@\3@\25", "@\25", "2Sa", "@\3@\30", "@\30", "2SB", "2@\7g", "@\3hh", "S", "B", "2iS@\33", "4@\5", "44", "4",
};

struct metadata {
	uint32_t rows[TABLE_COUNT];
	uint8_t heaps;          /* which of them have indexes of 4 bytes */
};

static size_t
heap_width(const struct metadata *metadata, char heap)
{
	uint8_t bit = heap == 'S' ? 1 : heap == 'G' ? 2 : 4;
	return metadata->heaps & bit ? 4 : 2;
}

static size_t
code_width(const struct metadata *metadata, const struct coded *code)
{
	for (size_t i = 0; i < code->n; i++)
		if (metadata->rows[code->tables[i]] >= 1u << (16 - code->bits))
			return 4;
	return 2;
}

static size_t
row_width(const struct metadata *metadata, size_t table)
{
	size_t width = 0;
	for (const char *c = columns[table]; *c; c++) {
		if (*c == '2' || *c == '4')
			width += (size_t)(*c - '0');
		else if (*c == '@')
			width += metadata->rows[*++c - 1] > 0xffff ? 4 : 2;
		else if (*c >= 'a')
			width += code_width(metadata, &codes[*c - 'a']);
		else
			width += heap_width(metadata, *c);
	}
	return width;
}

static uint32_t
heap_index(const struct metadata *metadata, struct cursor *in, char heap)
{
	return heap_width(metadata, heap) == 4 ? cursor_u32le(in) : cursor_u16le(in);
}

struct streams {
	struct slice tables, strings;
};

static void
take_stream(struct slice root, uint32_t offset, uint32_t size, struct slice name, struct streams *out)
{
	struct slice bytes = slice_first(offset < root.n ? slice_from(root, offset) : SLICE_NONE, size);
	if (slice_is(name, "#~") || slice_is(name, "#-"))
		out->tables = bytes;
	if (slice_is(name, "#Strings"))
		out->strings = bytes;
}

/* Behind the text of the version, whose length counts its padding. */
static bool
find_streams(struct slice root, struct streams *out)
{
	struct cursor in = cursor_of(root);
	if (cursor_u32le(&in) != ROOT_MAGIC)
		return false;
	cursor_take(&in, 8);
	cursor_take(&in, cursor_u32le(&in));
	cursor_take(&in, 2);
	uint16_t count = cursor_u16le(&in);
	for (uint16_t i = 0; i < count && !in.bad; i++) {
		uint32_t offset = cursor_u32le(&in), size = cursor_u32le(&in);
		struct slice name = cursor_string(&in);
		if (name.n >= STREAM_NAME)
			return false;
		cursor_take(&in, 3 - name.n % 4);
		take_stream(root, offset, size, name, out);
	}
	return !in.bad && out->tables.n && out->strings.n;
}

/* Moves to the assembly's row; false where there is none. */
static bool
seek_assembly(struct metadata *metadata, struct cursor *in)
{
	cursor_take(in, 6);
	metadata->heaps = cursor_u8(in);
	cursor_take(in, 1);
	uint64_t valid = cursor_u64le(in);
	cursor_take(in, 8);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		metadata->rows[i] = valid >> i & 1 ? cursor_u32le(in) : 0;
	/* Four bytes that nobody specified, in assemblies that were edited or obfuscated. */
	if (metadata->heaps & 0x40)
		cursor_take(in, 4);
	for (size_t i = 0; i < ASSEMBLY; i++)
		cursor_take(in, metadata->rows[i] * row_width(metadata, i));
	return metadata->rows[ASSEMBLY] > 0;
}

static struct slice
string_at(struct slice strings, uint32_t at)
{
	struct cursor in = cursor_of(at < strings.n ? slice_from(strings, at) : SLICE_NONE);
	return cursor_string(&in);
}

int
pe_read_assembly(const struct pe *pe, struct pe_assembly *out, bool *found, struct plim_error *err)
{
	struct cursor header = cursor_of(pe_directory(pe, PE_ASSEMBLY));
	cursor_take(&header, 8);
	uint32_t address = cursor_u32le(&header), size = cursor_u32le(&header);
	struct streams streams = { 0 };
	if (header.bad || !find_streams(slice_first(pe_at(pe, address), size), &streams))
		return error_set(err, PLIM_EFORMAT, "the metadata of the assembly is damaged");
	struct metadata metadata = { 0 };
	struct cursor in = cursor_of(streams.tables);
	*found = seek_assembly(&metadata, &in);
	cursor_take(&in, *found ? 4 : 0);
	for (size_t i = 0; *found && i < 4; i++)
		out->version[i] = cursor_u16le(&in);
	if (*found) {
		cursor_take(&in, 4);
		heap_index(&metadata, &in, 'B');
		out->name = string_at(streams.strings, heap_index(&metadata, &in, 'S'));
	}
	if (in.bad || (*found && out->name.n == 0))
		return error_set(err, PLIM_EFORMAT, "the tables of the assembly are damaged");
	return 0;
}
