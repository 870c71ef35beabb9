/* SPDX-License-Identifier: Apache-2.0 */
/* The version of a PE file, which stands among its resources: three levels of directories, then blocks in blocks (VS_VERSIONINFO). */
#include "codec/pe.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

/* resources */

#define KIND_VERSION 16
#define ENTRY_SIZE   8
#define IS_DIRECTORY 0x80000000u

struct resources {
	const struct pe *pe;
	struct slice all;
	size_t walked;
};

/* What the first entry of `id` points to, of any id where that is 0; false without one. */
static bool
find_entry(struct resources *resources, size_t at, uint32_t id, uint32_t *out)
{
	struct cursor in = cursor_of(resources->all);
	cursor_seek(&in, at);
	cursor_take(&in, 12);
	size_t count = cursor_u16le(&in);
	count += cursor_u16le(&in);
	for (size_t i = 0; i < count && !in.bad && resources->walked++ < LIMIT_PE_RESOURCE_COUNT; i++) {
		uint32_t found = cursor_u32le(&in);
		*out = cursor_u32le(&in);
		if (!in.bad && (id == 0 || found == id))
			return true;
	}
	return false;
}

/* False without a version; damaged where the directories do not lead to one. */
static bool
find_version(const struct pe *pe, struct slice *out, bool *damaged)
{
	struct resources resources = { .pe = pe, .all = pe_directory(pe, PE_RESOURCES) };
	uint32_t at;
	*damaged = resources.all.n == 0 && pe_has_directory(pe, PE_RESOURCES);
	if (!find_entry(&resources, 0, KIND_VERSION, &at))
		return *damaged;
	for (int level = 1; level < 3 && (at & IS_DIRECTORY); level++)
		if (!find_entry(&resources, at & ~IS_DIRECTORY, 0, &at))
			break;
	struct cursor in = cursor_of(resources.all);
	cursor_seek(&in, at);
	uint32_t address = cursor_u32le(&in), size = cursor_u32le(&in);
	*out = slice_first(pe_at(pe, address), size);
	*damaged = (at & IS_DIRECTORY) || in.bad || out->n < size || size == 0;
	return true;
}

/* blocks */

struct part {
	struct slice key, value;    /* UTF-16; of the value only its bytes */
	struct cursor children;
};

static void
align(struct cursor *in)
{
	if (in->at % 4 && cursor_left(in) >= 4 - in->at % 4)
		cursor_take(in, 4 - in->at % 4);
}

/* The bytes before a NUL of two bytes, which is consumed too. */
static struct slice
wide_string(struct cursor *in)
{
	size_t from = in->at;
	while (cursor_u16le(in) != 0 && !in->bad)
		;
	return in->bad ? SLICE_NONE : (struct slice){ in->in.p + from, in->at - 2 - from };
}

/* Its length counts itself.  Values of text count in characters, by some compilers in bytes. */
static bool
next_part(struct cursor *in, struct part *out)
{
	align(in);
	size_t from = in->at;
	if (cursor_left(in) < 6)
		return false;
	size_t length = cursor_u16le(in), value = cursor_u16le(in), text = cursor_u16le(in);
	if (length < 6 || length > in->in.n - from)
		return false;
	struct cursor inside = { .in = slice_first(in->in, from + length), .at = in->at };
	out->key = wide_string(&inside);
	align(&inside);
	size_t size = text ? 2 * value : value;
	out->value = cursor_take(&inside, size < cursor_left(&inside) ? size : cursor_left(&inside));
	out->children = inside;
	cursor_seek(in, from + length);
	return !inside.bad;
}

/* "StringFileInfo" and its like: ASCII in UTF-16. */
static bool
key_is(struct slice key, const char *name)
{
	struct cursor in = cursor_of(key);
	while (*name && cursor_u16le(&in) == (uint8_t)*name)
		name++;
	return *name == '\0' && !in.bad && cursor_left(&in) == 0;
}

static void
put_character(struct strbuf *into, uint32_t c)
{
	if (c < 0x80)
		return strbuf_putc(into, (char)c);
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	strbuf_putc(into, (char)((0xf00u >> more) | c >> (6 * more)));
	while (more-- > 0)
		strbuf_putc(into, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

/* Up to a NUL, without blanks at its ends; a half of a pair alone becomes U+FFFD. */
static struct slice
text_of(struct slice wide, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct cursor in = cursor_of(slice_first(wide, wide.n & ~(size_t)1));
	while (cursor_left(&in)) {
		uint32_t c = cursor_u16le(&in);
		if (c == 0)
			break;
		if (c >= 0xd800 && c < 0xdc00 && cursor_left(&in)) {
			uint32_t low = cursor_u16le(&in);
			c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
		}
		put_character(&text, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	}
	return arena_dup(arena, slice_trim(strbuf_slice(&text)));
}

static const struct {
	const char *key;
	size_t at;
} texts[] = {
	{ "CompanyName", offsetof(struct pe_version, company) },
	{ "FileVersion", offsetof(struct pe_version, file_version) },
	{ "InternalName", offsetof(struct pe_version, internal_name) },
	{ "OriginalFilename", offsetof(struct pe_version, original_name) },
	{ "ProductName", offsetof(struct pe_version, product_name) },
	{ "ProductVersion", offsetof(struct pe_version, product_version) },
};

static int
take_text(const struct part *part, struct arena *arena, struct pe_version *out, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct slice *place = (struct slice *)((char *)out + texts[i].at);
		if (place->p || !key_is(part->key, texts[i].key))
			continue;
		*place = text_of(part->value, arena);
		if (place->p == NULL)
			return arena_full(arena) ? error_set(err, PLIM_ELIMIT, "texts of the version beyond limit EMBEDDED_BYTES") : error_nomem(err);
	}
	return 0;
}

/* The tables of strings, one a language: the first that has a text tells it. */
static int
take_tables(struct cursor tables, struct arena *arena, struct pe_version *out, struct plim_error *err)
{
	struct part table, text;
	int r = 0;
	while (r == 0 && next_part(&tables, &table))
		while (r == 0 && next_part(&table.children, &text))
			r = take_text(&text, arena, out, err);
	return r;
}

int
pe_read_version(const struct pe *pe, struct arena *arena, struct pe_version *out, struct plim_error *err)
{
	struct slice bytes = SLICE_NONE;
	struct part whole, info;
	bool damaged;
	*out = (struct pe_version){ 0 };
	if (!find_version(pe, &bytes, &damaged))
		return 0;
	struct cursor in = cursor_of(bytes);
	if (damaged || !next_part(&in, &whole) || !key_is(whole.key, "VS_VERSION_INFO"))
		return error_set(err, PLIM_EFORMAT, "the version among the resources is damaged");
	int r = 0;
	while (r == 0 && next_part(&whole.children, &info))
		if (key_is(info.key, "StringFileInfo"))
			r = take_tables(info.children, arena, out, err);
	return r;
}
