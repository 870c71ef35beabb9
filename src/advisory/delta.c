/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/delta.h"

#include "advisory/format.h"
#include "advisory/hash_tree.h"
#include "advisory/mapped.h"
#include "advisory/trailer.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"
#include "codec/pack.h"

#define VERSION 1

static const size_t widths[SECTION_COUNT] = {
#define SECTION_WIDTH(name, width) [SECTION_##name] = width,
	FORMAT_SECTIONS(SECTION_WIDTH)
#undef SECTION_WIDTH
};

/* columns */

static uint32_t
get(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void
set(char *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++, value >>= 8)
		at[i] = (char)value;
}

/* What is sorted, and offsets.  A score changes alone: its neighbours' differences would change with it. */
static bool
is_differing(enum section section, size_t column)
{
	return column == 0 || section == SECTION_PACKAGE_INDEX || section == SECTION_ADVISORY_INDEX || section == SECTION_ALIAS_INDEX;
}

/* One section into `to`, or back out of it; both have `size` bytes, of which what makes up no record stays as it is. */
static void
turn(enum section section, bool back, const char *from, char *to, size_t size)
{
	size_t columns = widths[section] / 4, n = size / widths[section];
	for (size_t column = 0; column < columns; column++) {
		uint32_t last = 0;
		for (size_t i = 0; i < n; i++) {
			size_t plain = (i * columns + column) * 4, turned = (column * n + i) * 4;
			uint32_t value = get(from + (back ? turned : plain)), base = is_differing(section, column) ? last : 0;
			last = back ? value + base : value;
			set(to + (back ? plain : turned), back ? last : value - base);
		}
	}
	memcpy(to + n * widths[section], from + n * widths[section], size - n * widths[section]);
}

/* Where the header places a section, if that lies inside of the bytes: a header of somebody else's is checked by who opens the database. */
static struct slice
section_of(struct slice bytes, enum section section, size_t *at)
{
	struct cursor c = cursor_of(bytes);
	cursor_seek(&c, FORMAT_TABLE_AT + section * 24);
	uint64_t offset = cursor_u64le(&c), size = cursor_u64le(&c);
	if (c.bad || offset < FORMAT_BLOCK || offset > bytes.n || size > bytes.n - offset)
		return SLICE_NONE;
	*at = (size_t)offset;
	return slice_first(slice_from(bytes, (size_t)offset), (size_t)size);
}

/* In the order of sections, or backwards: those of a header that lies may lie over each other, and still come back as they were. */
static int
turn_all(char *bytes, size_t n, bool back, struct plim_error *err)
{
	AUTO(free) char *kept = malloc(n + 1);
	if (kept == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		enum section section = (enum section)(back ? SECTION_COUNT - 1 - i : i);
		size_t at = 0;
		struct slice found = widths[section] >= 4 ? section_of((struct slice){ bytes, n }, section, &at) : SLICE_NONE;
		if (found.n == 0)
			continue;
		memcpy(kept, found.p, found.n);
		turn(section, back, kept, bytes + at, found.n);
	}
	return 0;
}

/* the form that hardly changes */

static int
put_form(const struct database *db, struct strbuf *into, struct plim_error *err)
{
	strbuf_put(into, slice_first(db->file, (size_t)db->leaves_at));
	if (into->failed)
		return error_nomem(err);
	memset(into->p + FORMAT_ROOT_AT, 0, FORMAT_HASH);
	return turn_all(into->p, into->n, false, err);
}

/* How much of a form is header and blocks. */
static int
form_split(struct slice form, size_t *blocks, struct plim_error *err)
{
	struct cursor c = cursor_of(form);
	cursor_seek(&c, FORMAT_SIZE_AT + 8);
	uint64_t count = cursor_u64le(&c);
	if (c.bad || form.n < FORMAT_BLOCK || count > form.n / FORMAT_BLOCK - 1)
		return error_set(err, PLIM_EFORMAT, "it makes no database");
	*blocks = FORMAT_BLOCK + (size_t)count * FORMAT_BLOCK;
	return 0;
}

static int
put_file(char *form, size_t n, struct strbuf *into, struct digest *root, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf leaves = { 0 }, nodes = { 0 };
	size_t blocks = 0;
	int r = form_split((struct slice){ form, n }, &blocks, err);
	if (r < 0 || (r = turn_all(form, blocks, true, err)) < 0)
		return r;
	hash_tree_leaves((struct slice){ form + FORMAT_BLOCK, blocks - FORMAT_BLOCK }, &leaves);
	hash_tree_nodes(strbuf_slice(&leaves), &nodes);
	if (leaves.failed || nodes.failed || !hash_tree_root((struct slice){ form, FORMAT_BLOCK }, strbuf_slice(&nodes), root))
		return error_nomem(err);
	memcpy(form + FORMAT_ROOT_AT, root->bytes, FORMAT_HASH);
	strbuf_put(into, (struct slice){ form, blocks });
	strbuf_put(into, strbuf_slice(&leaves));
	strbuf_put(into, strbuf_slice(&nodes));
	strbuf_put(into, (struct slice){ form + blocks, n - blocks });
	return into->failed ? error_nomem(err) : 0;
}

/* the file */

static void
take_root(struct cursor *c, struct digest *out)
{
	struct slice bytes = cursor_take(c, FORMAT_HASH);
	*out = (struct digest){ .algorithm = DIGEST_SHA256 };
	if (bytes.p)
		memcpy(out->bytes, bytes.p, FORMAT_HASH);
}

int
delta_parse(struct slice bytes, struct delta *out, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	if (!slice_eq(cursor_take(&c, 8), SLICE(DELTA_MAGIC)))
		return error_set(err, PLIM_EFORMAT, "it is no delta");
	uint32_t version = cursor_u32le(&c), zero = cursor_u32le(&c);
	if (!c.bad && (version != VERSION || zero != 0))
		return error_set(err, PLIM_EUNSUPPORTED, "it is a delta of version %u; version %d is read here", version, VERSION);
	take_root(&c, &out->from);
	take_root(&c, &out->to);
	if (c.bad || cursor_left(&c) == 0)
		return error_set(err, PLIM_EFORMAT, "it is cut off at %zu bytes", bytes.n);
	out->frame = cursor_rest(&c);
	return 0;
}

int
delta_write(const struct database *from, const struct database *to, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf before = { 0 }, after = { 0 };
	int r = put_form(from, &before, err);
	if (r < 0 || (r = put_form(to, &after, err)) < 0)
		return r;
	trailer_write(to->signatures, &after);
	if (after.failed)
		return error_nomem(err);
	strbuf_puts(into, DELTA_MAGIC);
	wire_put_u32(into, VERSION);
	wire_put_u32(into, 0);
	strbuf_put(into, (struct slice){ (const char *)from->root.bytes, FORMAT_HASH });
	strbuf_put(into, (struct slice){ (const char *)to->root.bytes, FORMAT_HASH });
	return pack_beside(strbuf_slice(&after), strbuf_slice(&before), into, err);
}

static int
apply(const struct delta *delta, const struct database *from, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf before = { 0 };
	AUTO(free) char *form = NULL;
	struct digest root = { 0 };
	size_t size = 0;
	int r = packed_size(delta->frame, LIMIT_DATABASE_BYTES, &size, err);
	if (r == PLIM_ELIMIT)
		return error_wrap(err, r, "beyond limit DATABASE_BYTES");
	if (r < 0 || (r = put_form(from, &before, err)) < 0 || (r = unpack_beside(delta->frame, strbuf_slice(&before), size, &form, err)) < 0 ||
	    (r = put_file(form, size, into, &root, err)) < 0)
		return r;
	return digest_eq(&root, &delta->to) ? 0 : error_set(err, PLIM_EDIGEST, "what it makes is not the database that it names");
}

int
delta_apply(const struct delta *delta, const struct database *from, struct strbuf *into, struct plim_error *err)
{
	char wanted[DIGEST_TEXT_SIZE], is[DIGEST_TEXT_SIZE];
	if (!digest_eq(&delta->from, &from->root))
		return error_set(err, PLIM_EUSAGE, "it is a delta to %s, and %s is installed", digest_text(&delta->from, wanted), digest_text(&from->root, is));
	return apply(delta, from, into, err);
}
