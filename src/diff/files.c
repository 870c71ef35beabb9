/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files: both trees are walked side by side.  Times are not compared: a
 * rebuild has others.
 */
#include "diff/comparing.h"

#include "base/error.h"
#include "facts/cells.h"

/* With its encoding, where that is none of text: the same letters in another one are another value. */
static struct slice
xattr_value(struct comparing *c, const struct shown_row *row)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (row == NULL)
		return SLICE_NONE;
	struct slice value = block_field(row->block, &row->row, EXTENDED_ATTRIBUTE_VALUE), encoding = block_field(row->block, &row->row, EXTENDED_ATTRIBUTE_ENCODING);
	if (slice_is(encoding, "text"))
		return value;
	strbuf_put(&text, encoding);
	strbuf_putc(&text, ':');
	strbuf_put(&text, value);
	return text.failed ? SLICE_NONE : arena_dup(c->arena, strbuf_slice(&text));
}

static int
compare_xattr(struct comparing *c, struct slice key, const struct shown_row *old, const struct shown_row *new, struct plim_error *err)
{
	struct slice was = xattr_value(c, old), is = xattr_value(c, new);
	if (old && new && slice_eq(was, is))
		return 0;
	struct slice name = arena_printf(c->arena, "xattr %.*s", SLICE_ARG(key));
	return name.p ? detail_add(c, name.p, was, is, err) : error_nomem(err);
}

static int
compare_xattrs(struct comparing *c, const struct node *old, const struct node *new, struct plim_error *err)
{
	size_t old_n, new_n;
	const struct shown_row *const *o = node_rows_of(&c->old.xattrs, old, &old_n), *const *n = node_rows_of(&c->new.xattrs, new, &new_n);
	int r = 0;
	for (size_t i = 0, k = 0; r == 0 && (i < old_n || k < new_n);) {
		struct slice a = i < old_n ? block_field(o[i]->block, &o[i]->row, EXTENDED_ATTRIBUTE_KEY) : SLICE_NONE;
		struct slice b = k < new_n ? block_field(n[k]->block, &n[k]->row, EXTENDED_ATTRIBUTE_KEY) : SLICE_NONE;
		int order = i == old_n ? 1 : k == new_n ? -1 : slice_cmp(a, b);
		r = compare_xattr(c, order > 0 ? b : a, order <= 0 ? o[i] : NULL, order >= 0 ? n[k] : NULL, err);
		i += order <= 0;
		k += order >= 0;
	}
	return r;
}

bool
file_same_holder(const struct file_change *file)
{
	const struct entry *a = &file->was, *b = &file->is;
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid && slice_eq(a->capability, b->capability);
}

bool
file_has_xattrs(const struct comparing *c, const struct file_change *file)
{
	size_t old, new;
	node_rows_of(&c->old.xattrs, file->old, &old);
	node_rows_of(&c->new.xattrs, file->new, &new);
	return old + new > 0;
}

/* As texts, for people and programs alike. */

static struct slice
mode_of(struct comparing *c, const struct entry *entry)
{
	return arena_printf(c->arena, "%04o", entry->mode & 07777);
}

static struct slice
owner_of(struct comparing *c, const struct entry *entry)
{
	return arena_printf(c->arena, "%u:%u", entry->uid, entry->gid);
}

static struct slice
size_of(struct comparing *c, const struct entry *entry)
{
	return entry->type == ENTRY_FILE ? arena_printf(c->arena, "%ju", (uintmax_t)entry->size) : SLICE_NONE;
}

static struct slice
content_of(struct comparing *c, const struct entry *entry)
{
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	char text[DIGEST_TEXT_SIZE];
	if (entry->type != ENTRY_FILE || entry->digest.n != 32)
		return SLICE_NONE;
	memcpy(digest.bytes, entry->digest.p, 32);
	return arena_dup(c->arena, slice_of(digest_text(&digest, text)));
}

static struct slice
link_of(struct comparing *c, const struct entry *entry)
{
	(void)c;
	return entry->type == ENTRY_SYMLINK ? entry->link : SLICE_NONE;
}

static struct slice
device_of(struct comparing *c, const struct entry *entry)
{
	bool device = entry->type == ENTRY_CHAR || entry->type == ENTRY_BLOCK;
	return device ? arena_printf(c->arena, "%u:%u", entry->major, entry->minor) : SLICE_NONE;
}

/* Links have no mode of their own. */
static const struct attribute {
	const char *name;
	struct slice (*text)(struct comparing *c, const struct entry *entry);
	bool of_links;
} attributes[] = {
	{ "mode", mode_of, false }, { "owner", owner_of, true }, { "size", size_of, false },
	{ "content", content_of, false }, { "link", link_of, true }, { "device", device_of, false },
};

bool
entry_is_same(const struct entry *a, const struct entry *b)
{
	bool same = a->type == b->type && (a->mode == b->mode || a->type == ENTRY_SYMLINK) && a->uid == b->uid && a->gid == b->gid &&
	            slice_eq(a->capability, b->capability) && (a->capability.p == NULL) == (b->capability.p == NULL);
	if (same && a->type == ENTRY_FILE)
		return a->size == b->size && slice_eq(a->digest, b->digest) && a->digest.n == 32;
	if (same && a->type == ENTRY_SYMLINK)
		return slice_eq(a->link, b->link);
	return same && a->major == b->major && a->minor == b->minor;
}

bool
file_is_same(const struct file_change *file)
{
	return file->old && file->new && entry_is_same(&file->was, &file->is);
}

static struct slice
capability_of(struct comparing *c, const struct side *side, const struct entry *entry)
{
	struct fact_value value = { 0 };
	cell_capability(&value, side->inventory, entry->capability);
	return value.type == FACT_TEXT ? arena_dup(c->arena, value.text) : SLICE_NONE;
}

static struct slice
capability_bytes(struct comparing *c, const struct entry *entry)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, "hex:");
	for (size_t i = 0; i < entry->capability.n; i++)
		strbuf_printf(&text, "%02x", (unsigned char)entry->capability.p[i]);
	return text.failed ? SLICE_NONE : arena_dup(c->arena, strbuf_slice(&text));
}

/* Damaged ones, and those for other name spaces, may read the same and differ. */
static int
add_capability(struct comparing *c, const struct file_change *file, struct plim_error *err)
{
	struct slice was = file->old ? capability_of(c, &c->old, &file->was) : SLICE_NONE;
	struct slice is = file->new ? capability_of(c, &c->new, &file->is) : SLICE_NONE;
	if (was.p && is.p && slice_eq(was, is) && !slice_eq(file->was.capability, file->is.capability)) {
		was = capability_bytes(c, &file->was);
		is = capability_bytes(c, &file->is);
	}
	return detail_add(c, "capability", was, is, err);
}

static int
add_attributes(struct comparing *c, const struct file_change *file, struct plim_error *err)
{
	int r = detail_add(c, "type", file->old ? slice_of(file_type_name(file->was.type)) : SLICE_NONE,
	                   file->new ? slice_of(file_type_name(file->is.type)) : SLICE_NONE, err);
	for (size_t i = 0; r == 0 && i < sizeof attributes / sizeof *attributes; i++) {
		const struct attribute *a = &attributes[i];
		bool in_old = file->old && (a->of_links || file->was.type != ENTRY_SYMLINK), in_new = file->new && (a->of_links || file->is.type != ENTRY_SYMLINK);
		r = detail_add(c, a->name, in_old ? a->text(c, &file->was) : SLICE_NONE, in_new ? a->text(c, &file->is) : SLICE_NONE, err);
	}
	return r < 0 ? r : add_capability(c, file, err);
}

/* A file of which nobody knows the bytes is not the same: it cannot be told. */
static bool
is_unread(const struct node *node, const struct entry *entry)
{
	return node && entry->type == ENTRY_FILE && entry->digest.n != 32;
}

static int
add_unread(struct comparing *c, const struct file_change *file, struct plim_error *err)
{
	struct diff_gap *gap = vec_push(&c->gaps);
	if (gap == NULL)
		return error_nomem(err);
	*gap = (struct diff_gap){ is_unread(file->new, &file->is), SLICE("unreadable"), file->path, SLICE("its content could not be read"), UINT32_MAX };
	return 0;
}

static int
add_file(struct comparing *c, const struct file_change *file, struct plim_error *err)
{
	const struct side *side = file->new ? &c->new : &c->old;
	const struct node *node = file->new ? file->new : file->old;
	struct explanation why = { 0 };
	if (!c->unasked)
		why = explain_file(c, file);
	if (why.cause != CAUSE_NONE && why.input.p == NULL)
		return error_nomem(err);
	struct change change = {
		.part = PART_FILES, .kind = file->kind, .group = slice_of(file_type_name(file->new ? file->is.type : file->was.type)),
		.subject = file->path, .path = file->path, .cause = why.cause, .input = why.input,
		.layer = side->inventory->image ? node->layer : UINT32_MAX, .instruction = instruction_words(c, side, node->layer),
	};
	return change_add(c, &change, err);
}

/* Such a directory is only the way to what lies in it, which is told. */
static bool
is_only_way(const struct side *side, const struct node *node, const struct entry *entry)
{
	size_t xattrs;
	node_rows_of(&side->xattrs, node, &xattrs);
	return entry->type == ENTRY_DIRECTORY && node->child_count && entry->mode == 0755 && entry->uid == 0 && entry->gid == 0 && xattrs == 0 &&
	       entry->capability.p == NULL;
}

static int
compare_file(struct comparing *c, struct file_change *file, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	file->kind = kind_of(file->old, file->new);
	c->details.n = 0;
	int r = file_is_same(file) ? 0 : add_attributes(c, file, err);
	if (r < 0 || (r = compare_xattrs(c, file->old, file->new, err)) < 0)
		return r;
	bool unread = is_unread(file->old, &file->was) || is_unread(file->new, &file->is);
	if (c->details.n == 0 && !unread)
		return 0;
	node_path(file->new ? file->new : file->old, &path);
	file->path = arena_dup(c->arena, strbuf_slice(&path));
	if (path.failed || file->path.p == NULL)
		return error_nomem(err);
	r = unread ? add_unread(c, file, err) : 0;
	return r == 0 && c->details.n ? add_file(c, file, err) : r;
}

/* Children are sorted; a directory is not deeper than a path is long. */
static int
compare_node(struct comparing *c, const struct node *old, const struct node *new, struct plim_error *err)
{
	struct file_change file = { .old = old, .new = new };
	if (old)
		file.was = node_entry(c->old.inventory->tree, old);
	if (new)
		file.is = node_entry(c->new.inventory->tree, new);
	bool way = (old == NULL && is_only_way(&c->new, new, &file.is)) || (new == NULL && is_only_way(&c->old, old, &file.was));
	int r = way ? 0 : compare_file(c, &file, err);
	uint32_t old_n = old && file.was.type == ENTRY_DIRECTORY ? old->child_count : 0, new_n = new && file.is.type == ENTRY_DIRECTORY ? new->child_count : 0;
	for (uint32_t i = 0, k = 0; r == 0 && (i < old_n || k < new_n);) {
		int order = i == old_n ? 1 : k == new_n ? -1 : slice_cmp(old->children[i]->name, new->children[k]->name);
		const struct node *left = order <= 0 ? old->children[i++] : NULL, *right = order >= 0 ? new->children[k++] : NULL;
		r = compare_node(c, left, right, err);
	}
	return r;
}

int
compare_files(struct comparing *c, struct plim_error *err)
{
	return compare_node(c, tree_root(c->old.inventory->tree), tree_root(c->new.inventory->tree), err);
}
