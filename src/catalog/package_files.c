/* SPDX-License-Identifier: Apache-2.0 */
/* Files against what their packages recorded of them. */
#include "catalog/package_files.h"

#include "base/digest.h"
#include "base/map.h"
#include "catalog/keep.h"
#include "catalog/resolver.h"

int
file_digest_keep(struct block_builder *into, uint32_t index, const struct digest *md5, const struct digest *sha1, struct plim_error *err)
{
	char md5_text[DIGEST_TEXT_SIZE], sha1_text[DIGEST_TEXT_SIZE];
	const struct slice fields[FILE_DIGEST_FIELD_COUNT] = {
		[FILE_DIGEST_MD5] = slice_of(digest_hex(md5, md5_text)), [FILE_DIGEST_SHA1] = slice_of(digest_hex(sha1, sha1_text)),
	};
	return block_add_row(into, ROW_FILE_DIGEST, index, 0, fields, FILE_DIGEST_FIELD_COUNT, err);
}

const char *
file_state_name(enum file_state state)
{
	static const char *const names[] = {
		[FILE_SAME] = "same",       [FILE_MODIFIED] = "modified",     [FILE_MISSING] = "missing",
		[FILE_REPLACED] = "replaced", [FILE_UNRECORDED] = "unrecorded", [FILE_UNREAD] = "unread",
	};
	return names[state];
}

/* By hand: of packages' files there are hundreds of thousands, and printf takes longer than all else that is done with one. */
static struct slice
key_of(struct arena *arena, struct slice type, struct slice package, struct slice path)
{
	char *key = arena_make_array(arena, type.n + package.n + path.n + 2, char), *at = key;
	const struct slice parts[] = { type, package, path };
	for (size_t i = 0; key && i < sizeof parts / sizeof *parts; i++) {
		if (i)
			*at++ = 0;
		if (parts[i].n)
			memcpy(at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}
	return (struct slice){ key, key ? (size_t)(at - key) : 0 };
}

/* One row a package and path: the place of the first is taken by one that has a digest. */
static bool
add(struct package_file_list *list, struct map *seen, struct arena *arena, const struct shown_row *row)
{
	struct slice type = row_field(row, PACKAGE_FILE_TYPE), package = row_field(row, PACKAGE_FILE_PACKAGE), path = row_field(row, PACKAGE_FILE_FILE);
	struct slice key = key_of(arena, type, package, path);
	void **place = key.p ? map_place(seen, key) : NULL;
	if (place == NULL)
		return false;
	struct package_file *file = *place;
	if (file == NULL)
		*place = file = &list->at[list->n++];
	else if (row_field(row, PACKAGE_FILE_DIGEST).p == NULL || row_field(file->row, PACKAGE_FILE_DIGEST).p)
		return true;
	file->row = row;
	return true;
}

static bool
fill(const struct inventory *inventory, struct package_file_list *list)
{
	const struct shown_rows *rows = &inventory->rows[ROW_PACKAGE_FILE];
	AUTO(map) struct map seen = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	list->at = arena ? arena_make_array(inventory->arena, rows->n, struct package_file) : NULL;
	bool good = list->at != NULL;
	for (size_t i = 0; good && i < rows->n; i++)
		good = add(list, &seen, arena, &rows->at[i]);
	for (size_t i = 0; good && i < list->n; i++)
		list->at[i].node = tree_find(inventory->tree, row_field(list->at[i].row, PACKAGE_FILE_FILE));
	return good;
}

const struct package_file_list *
inventory_package_files(const struct inventory *inventory)
{
	struct inventory *mine = (struct inventory *)(uintptr_t)inventory;
	if (inventory->package_files)
		return inventory->package_files;
	struct package_file_list *list = arena_make(inventory->arena, struct package_file_list);
	if (list && fill(inventory, list))
		mine->package_files = list;
	return inventory->package_files;
}

static void
hex_of(struct slice bytes, struct strbuf *into)
{
	for (size_t i = 0; i < bytes.n; i++)
		strbuf_printf(into, "%02x", (unsigned char)bytes.p[i]);
}

/* The digest that the file has, as digits; absent where that one was not taken. */
static struct slice
own_digest(const struct inventory *inventory, const struct node *node, struct slice algorithm, struct strbuf *scratch)
{
	const struct shown_rows *rows = &inventory->rows[ROW_FILE_DIGEST];
	if (slice_is(algorithm, "sha256")) {
		struct entry entry = node_entry(inventory->tree, node);
		hex_of(entry.digest, scratch);
		return entry.digest.n ? strbuf_slice(scratch) : SLICE_NONE;
	}
	bool md5 = slice_is(algorithm, "md5");
	size_t at = rows_of_entry(rows, node->content_layer, node->content_entry);
	if ((!md5 && !slice_is(algorithm, "sha1")) || !is_of_entry(rows, at, node->content_layer, node->content_entry))
		return SLICE_NONE;
	return row_field(&rows->at[at], md5 ? FILE_DIGEST_MD5 : FILE_DIGEST_SHA1);
}

/* apk records of a link the digest of its target. */
static enum file_state
link_state(const struct inventory *inventory, const struct node *node, struct slice algorithm, struct slice wanted)
{
	struct entry entry = node_entry(inventory->tree, node);
	AUTO(hasher) struct hasher *hasher = slice_is(algorithm, "sha1") ? hasher_new(DIGEST_SHA1) : NULL;
	char text[DIGEST_TEXT_SIZE];
	if (hasher == NULL)
		return FILE_REPLACED;
	hasher_add(hasher, entry.link);
	struct digest digest = hasher_end(hasher);
	return slice_eq(slice_of(digest_hex(&digest, text)), wanted) ? FILE_SAME : FILE_REPLACED;
}

enum file_state
package_file_state(const struct inventory *inventory, const struct package_file *file)
{
	AUTO(strbuf) struct strbuf scratch = { 0 };
	struct slice recorded = row_field(file->row, PACKAGE_FILE_DIGEST), algorithm, wanted;
	if (file->node == NULL)
		return FILE_MISSING;
	if (!slice_cut(recorded, ':', &algorithm, &wanted))
		return FILE_UNRECORDED;
	enum entry_type type = node_entry_type(inventory->tree, file->node);
	if (type == ENTRY_SYMLINK)
		return link_state(inventory, file->node, algorithm, wanted);
	if (type != ENTRY_FILE && type != ENTRY_HARDLINK)
		return FILE_REPLACED;
	struct slice own = file->node->content_entry == ENTRY_NONE ? SLICE_NONE : own_digest(inventory, file->node, algorithm, &scratch);
	if (own.p == NULL)
		return FILE_UNREAD;
	return slice_eq_nocase(own, wanted) ? FILE_SAME : FILE_MODIFIED;
}

bool
package_file_mode_differs(const struct inventory *inventory, const struct package_file *file)
{
	uint64_t mode;
	if (file->node == NULL || !slice_to_u64(row_field(file->row, PACKAGE_FILE_MODE), 8, &mode))
		return false;
	struct entry entry = node_entry(inventory->tree, file->node);
	return entry.type != ENTRY_SYMLINK && (entry.mode & 07777) != (mode & 07777);
}
