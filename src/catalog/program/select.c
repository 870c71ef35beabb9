/* SPDX-License-Identifier: Apache-2.0 */
/* Programs, by names and modes; and the parts of an ELF file (System V ABI, chapter 4) that are left out of large ones. */
#include "catalog/program/select.h"

#include "base/cursor.h"
#include "base/limits.h"

static const char *const library_extensions[] = { "so", "dll", "exe", "node", "jnilib", "dylib" };

/* "libz.so.1.2.13": what is behind the version. */
static struct slice
name_without_version(struct slice name)
{
	while (name.n && (name.p[name.n - 1] == '.' || (name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9')))
		name.n--;
	return name;
}

bool
program_may_be(const struct entry *entry)
{
	struct slice stem, extension;
	if (entry->type != ENTRY_FILE || entry->size == 0)
		return false;
	if (entry->mode & 0111)
		return true;
	if (!slice_cut_last(name_without_version(path_base(entry->path)), '.', &stem, &extension))
		return false;
	for (size_t i = 0; i < sizeof library_extensions / sizeof *library_extensions; i++)
		if (slice_eq_nocase(extension, slice_of(library_extensions[i])))
			return true;
	return false;
}

/* The few fields of program headers that matter here. */
struct header {
	struct cursor in;
	bool wide, big;
};

struct segment {
	uint64_t from, to;
	bool loaded, executable, constant;
};

static uint64_t
half(struct header *h)
{
	return h->big ? cursor_u16be(&h->in) : cursor_u16le(&h->in);
}

static uint64_t
word(struct header *h)
{
	return h->big ? cursor_u32be(&h->in) : cursor_u32le(&h->in);
}

static uint64_t
address(struct header *h)
{
	if (!h->wide)
		return word(h);
	return h->big ? cursor_u64be(&h->in) : cursor_u64le(&h->in);
}

static struct segment
segment_read(struct header *h)
{
	uint64_t type = word(h), flags = h->wide ? word(h) : 0, offset = address(h);
	address(h), address(h);
	uint64_t size = address(h);
	address(h);
	if (!h->wide)
		flags = word(h), word(h);
	else
		address(h);
	return (struct segment){ offset, offset > UINT64_MAX - size ? UINT64_MAX : offset + size, type == 1, flags & 1, (flags & 3) == 0 };
}

struct layout {
	struct segment loaded[COLLECT_SKIP_MOST / 2];    /* PT_LOAD, in the order of their offsets */
	size_t n;
	uint64_t sections;                                /* where the section headers begin; 0: none */
};

/* False where the head is no ELF's, or its segments are too many or out of order: then nothing is left out. */
static bool
layout_read(struct slice head, struct layout *out)
{
	struct header h = { .in = cursor_of(head) };
	struct slice magic = cursor_take(&h.in, 4);
	if (!slice_eq(magic, SLICE("\177ELF")))
		return false;
	h.wide = cursor_u8(&h.in) == 2;
	h.big = cursor_u8(&h.in) == 2;
	cursor_seek(&h.in, 24);
	address(&h);
	uint64_t programs = address(&h);
	out->sections = address(&h);
	cursor_seek(&h.in, h.wide ? 54 : 42);
	uint64_t entry = half(&h), count = half(&h);
	for (uint64_t i = 0; !h.in.bad && i < count; i++) {
		cursor_seek(&h.in, programs > head.n ? head.n : programs + i * entry);
		struct segment segment = segment_read(&h);
		if (!segment.loaded)
			continue;
		if (out->n == sizeof out->loaded / sizeof *out->loaded || (out->n && segment.from < out->loaded[out->n - 1].to))
			return false;
		out->loaded[out->n++] = segment;
	}
	return !h.in.bad;
}

/* What lies behind the end of the file is not in it. */
static void
layout_clip(struct layout *layout, uint64_t size)
{
	for (size_t i = 0; i < layout->n; i++) {
		struct segment *s = &layout->loaded[i];
		s->from = s->from < size ? s->from : size;
		s->to = s->to < size ? s->to : size;
	}
}

static void
skip(struct body_skips *out, uint64_t from, uint64_t to)
{
	if (from >= to)
		return;
	out->at[out->n].from = from;
	out->at[out->n++].to = to;
}

/* The dynamic linker's tables and a note or two may stand before the instructions in one segment. */
#define KEPT_BEFORE ((uint64_t)64 << 10)
#define KEPT_TABLES ((uint64_t)8 << 20)

static uint64_t
skipped(const struct body_skips *skips)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < skips->n; i++)
		sum += skips->at[i].to - skips->at[i].from;
	return sum;
}

/* Constants of hundreds of megabytes: a half of what is kept at each end of each segment. */
static void
skip_constants(const struct layout *layout, uint64_t keep, struct body_skips *out)
{
	struct body_skips all = { .n = 0 };
	for (size_t i = 0, k = 0; i < layout->n; i++) {
		const struct segment *s = &layout->loaded[i];
		if (!s->executable && s->to - s->from > keep)
			skip(&all, s->from + keep / 2, s->to - keep / 2);
		for (; k < out->n && out->at[k].from >= s->from && out->at[k].from < s->to; k++)
			skip(&all, out->at[k].from, out->at[k].to);
		if (i + 1 == layout->n)
			for (; k < out->n; k++)
				skip(&all, out->at[k].from, out->at[k].to);
	}
	*out = all;
}

/*
 * Linkers once put constants behind the instructions, both into the segment that begins the file: of those bytes only as
 * many are left out as must be, the foremost behind the dynamic linker's tables: Node's own builds have 6 MB of these.
 */
static bool
is_mixed(const struct layout *layout)
{
	for (size_t i = 0; i < layout->n; i++)
		if (layout->loaded[i].constant)
			return false;
	return layout->loaded[0].executable && layout->loaded[0].from == 0;
}

static void
skip_mixed(const struct layout *layout, uint64_t excess, struct body_skips *out)
{
	const struct segment *s = &layout->loaded[0];
	struct body_skips all = { .n = 0 };
	uint64_t room = s->to > KEPT_TABLES ? s->to - KEPT_TABLES : 0;
	skip(&all, KEPT_TABLES, KEPT_TABLES + (excess < room ? excess : room));
	for (size_t i = 0; i < out->n; i++)
		skip(&all, out->at[i].from, out->at[i].to);
	*out = all;
}

/* Does that leave out constants too? */
static bool
skip_more(const struct layout *layout, uint64_t size, struct body_skips *out)
{
	uint64_t left = size - skipped(out);
	if (left <= LIMIT_PROGRAM_BYTES)
		return false;
	if (is_mixed(layout))
		skip_mixed(layout, left - LIMIT_PROGRAM_BYTES, out);
	if (size - skipped(out) > LIMIT_PROGRAM_BYTES)
		skip_constants(layout, LIMIT_PROGRAM_BYTES / 4, out);
	return true;
}

bool
program_skips(uint64_t size, struct slice head, struct body_skips *out)
{
	struct layout layout = { .n = 0 };
	*out = (struct body_skips){ .n = 0 };
	if (size <= LIMIT_PROGRAM_BYTES / 2 || !layout_read(head, &layout) || layout.n == 0)
		return false;
	layout_clip(&layout, size);
	for (size_t i = is_mixed(&layout); i < layout.n; i++)
		if (layout.loaded[i].executable)
			skip(out, layout.loaded[i].from + KEPT_BEFORE, layout.loaded[i].to);
	uint64_t end = layout.loaded[layout.n - 1].to, tables = layout.sections > KEPT_TABLES ? layout.sections - KEPT_TABLES : 0;
	if (layout.sections > end)
		skip(out, end, tables < size ? tables : size);
	return skip_more(&layout, size, out);
}
