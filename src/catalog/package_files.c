/* SPDX-License-Identifier: Apache-2.0 */
/* Files against what their packages recorded of them. */
#include "catalog/package_files.h"

#include "base/digest.h"
#include "catalog/keep.h"
#include "catalog/resolver.h"

#include <sys/random.h>

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

struct slice
package_file_type(const struct package_file *file)
{
	return row_field(file->row, PACKAGE_FILE_TYPE);
}

struct slice
package_file_package(const struct package_file *file)
{
	return row_field(file->row, PACKAGE_FILE_PACKAGE);
}

struct file_record
package_file_record(const struct package_file *file)
{
	struct file_record record = { .path = file->text };
	struct slice rest = file->text;
	if (file->row->row.kind == ROW_PACKAGE_FILE)
		file_records_next(&rest, &record);
	return record;
}

struct slice
package_file_listed(const struct package_file *file)
{
	return package_file_record(file).path;
}

/* Of a package and path there is one. */

struct gathering {
	struct package_file *at;
	size_t n, room;
	uint64_t *places;      /* open addressing: a half of the hash above index and 1, 0 for none; twice as many as there is room for at least */
	size_t place_count;
	uint64_t seed;
};

static void
auto_gathering(struct gathering *gathering)
{
	free(gathering->at);
	free(gathering->places);
}

static size_t
count_lines(const struct shown_rows *rows, uint32_t field, char end)
{
	size_t n = 0;
	struct slice line;
	for (size_t i = 0; i < rows->n; i++)
		for (struct slice rest = row_field(&rows->at[i], field); slice_next(&rest, end, &line);)
			n++;
	return n;
}

static bool
gathering_begin(struct gathering *gathering, size_t room)
{
	gathering->room = room;
	gathering->place_count = 16;
	while (gathering->place_count < 2 * room)
		gathering->place_count *= 2;
	gathering->at = calloc(room + 1, sizeof *gathering->at);
	gathering->places = calloc(gathering->place_count, sizeof *gathering->places);
	/* Whom the kernel gives no randomness yet, the address is better than a constant. */
	if (getrandom(&gathering->seed, sizeof gathering->seed, GRND_NONBLOCK) < 0)
		gathering->seed = (uint64_t)(uintptr_t)gathering->at;
	return gathering->at && gathering->places && room < UINT32_MAX;
}

static struct slice
path_key(const struct package_file *file)
{
	struct slice path = package_file_listed(file);
	slice_skip(&path, SLICE("/"));
	return path;
}

static bool
is_of_package(const struct package_file *file, const struct shown_row *row)
{
	return file->row == row || (slice_eq(row_field(file->row, PACKAGE_FILE_PACKAGE), row_field(row, PACKAGE_FILE_PACKAGE)) &&
	                            slice_eq(row_field(file->row, PACKAGE_FILE_TYPE), row_field(row, PACKAGE_FILE_TYPE)));
}

/* The place of that path of that package; `seed` is the package's own. */
static uint64_t *
place_of(const struct gathering *gathering, const struct package_file *file, uint64_t hash)
{
	size_t at = hash & (gathering->place_count - 1);
	for (; gathering->places[at]; at = (at + 1) & (gathering->place_count - 1)) {
		const struct package_file *other = &gathering->at[(uint32_t)gathering->places[at] - 1];
		if (gathering->places[at] >> 32 == hash >> 32 && slice_eq(path_key(other), path_key(file)) && is_of_package(other, file->row))
			break;
	}
	return &gathering->places[at];
}

static uint64_t
package_seed(const struct gathering *gathering, const struct shown_row *row)
{
	return slice_hash(row_field(row, PACKAGE_FILE_PACKAGE), slice_hash(row_field(row, PACKAGE_FILE_TYPE), gathering->seed));
}

/* The place of the first is taken by one that has a digest. */
static void
gather(struct gathering *gathering, const struct package_file *file, uint64_t seed)
{
	uint64_t hash = slice_hash(path_key(file), seed), *place = place_of(gathering, file, hash);
	if (*place == 0) {
		gathering->at[gathering->n++] = *file;
		*place = hash >> 32 << 32 | gathering->n;
		return;
	}
	struct package_file *first = &gathering->at[(uint32_t)*place - 1];
	if (package_file_record(first).digest.p == NULL && package_file_record(file).digest.p)
		*first = *file;
}

static void
gather_rows(struct gathering *gathering, const struct shown_rows *rows, uint32_t field, char end)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct package_file file = { .row = &rows->at[i] };
		uint64_t seed = package_seed(gathering, file.row);
		for (struct slice rest = row_field(file.row, field); slice_next(&rest, end, &file.text);)
			if (file.text.n && gathering->n < gathering->room)
				gather(gathering, &file, seed);
	}
}

static bool
keep(const struct inventory *inventory, const struct gathering *gathering, struct package_file_list *out)
{
	struct package_file *kept = arena_make_array(inventory->arena, gathering->n, struct package_file);
	if (kept == NULL)
		return false;
	if (gathering->n)
		memcpy(kept, gathering->at, gathering->n * sizeof *kept);
	*out = (struct package_file_list){ kept, gathering->n };
	return true;
}

static bool
gather_all(const struct inventory *inventory, bool listed, struct package_file_list *out)
{
	const struct shown_rows *records = &inventory->rows[ROW_PACKAGE_FILE], *lists = &inventory->rows[ROW_FILE_LIST];
	AUTO(gathering) struct gathering gathering = { 0 };
	size_t n = count_lines(records, PACKAGE_FILE_FILES, '\0') + (listed ? count_lines(lists, FILE_LIST_FILES, '\n') : 0);
	if (!gathering_begin(&gathering, n))
		return false;
	gather_rows(&gathering, records, PACKAGE_FILE_FILES, '\0');
	if (listed)
		gather_rows(&gathering, lists, FILE_LIST_FILES, '\n');
	return keep(inventory, &gathering, out);
}

/* Made anew for the first who asks. */

/* A directory that was looked up lately: most of its files follow each other. */
struct known_directory {
	struct slice path;          /* without its slashes; absent: none yet */
	const struct node *node;
};
#define KNOWN_DIRECTORY_COUNT 4096

struct package_files {
	bool has_recorded, has_all;
	struct package_file_list recorded, all;
	struct known_directory directories[KNOWN_DIRECTORY_COUNT];
	uint8_t *states;            /* of each recorded one, enum file_state and 1; 0 where nobody asked */
	uint32_t **digests;         /* by layer and entry: its row of ROW_FILE_DIGEST and 1, 0 for none */
};

static struct package_files *
package_files(const struct inventory *inventory)
{
	struct inventory *mine = (struct inventory *)(uintptr_t)inventory;
	if (inventory->package_files == NULL)
		mine->package_files = arena_make(inventory->arena, struct package_files);
	return mine->package_files;
}

const struct package_file_list *
inventory_recorded_files(const struct inventory *inventory)
{
	struct package_files *files = package_files(inventory);
	if (files && !files->has_recorded)
		files->has_recorded = gather_all(inventory, false, &files->recorded);
	return files && files->has_recorded ? &files->recorded : NULL;
}

const struct package_file_list *
inventory_package_files(const struct inventory *inventory)
{
	struct package_files *files = package_files(inventory);
	if (files && !files->has_all)
		files->has_all = gather_all(inventory, true, &files->all);
	return files && files->has_all ? &files->all : NULL;
}

static const struct node *directory_node(const struct inventory *inventory, struct slice path);

/* As tree_find, of a name in a directory that was perhaps just looked up. */
static const struct node *
node_at(const struct inventory *inventory, struct slice path)
{
	struct slice name = path_base(path);
	if (name.n == 0 || slice_is(name, ".") || slice_is(name, ".."))
		return tree_find(inventory->tree, path);
	const struct node *directory = directory_node(inventory, path_dir(path));
	return directory && node_entry_type(inventory->tree, directory) == ENTRY_DIRECTORY ? tree_child(directory, name) : NULL;
}

static const struct node *
directory_node(const struct inventory *inventory, struct slice path)
{
	struct package_files *files = package_files(inventory);
	if (path.n == 0)
		return tree_root(inventory->tree);
	if (files == NULL)
		return tree_resolve(inventory->tree, path);
	struct known_directory *known = &files->directories[slice_hash(path, 0) % KNOWN_DIRECTORY_COUNT];
	if (known->path.p && slice_eq(known->path, path))
		return known->node;
	const struct node *node = node_at(inventory, path);
	if (node == NULL || node_entry_type(inventory->tree, node) == ENTRY_SYMLINK)
		node = tree_resolve(inventory->tree, path);
	*known = (struct known_directory){ path, node };
	return node;
}

const struct node *
package_file_node(const struct inventory *inventory, const struct package_file *file)
{
	return node_at(inventory, path_key(file));
}

static bool
index_digests(const struct inventory *inventory, struct package_files *files)
{
	const struct shown_rows *rows = &inventory->rows[ROW_FILE_DIGEST];
	uint32_t **index = arena_make_array(inventory->arena, inventory->block_count, uint32_t *);
	for (size_t i = 0; index && i < rows->n; i++) {
		const struct shown_row *row = &rows->at[i];
		if (index[row->layer] == NULL)
			index[row->layer] = arena_make_array(inventory->arena, block_entry_count(row->block), uint32_t);
		if (index[row->layer] == NULL)
			return false;
		if (index[row->layer][row->row.entry] == 0)
			index[row->layer][row->row.entry] = (uint32_t)i + 1;
	}
	files->digests = index;
	return index != NULL;
}

/* NULL where none was taken, and without memory. */
static const struct shown_row *
digest_row(const struct inventory *inventory, const struct node *node)
{
	struct package_files *files = package_files(inventory);
	if (files == NULL || (files->digests == NULL && !index_digests(inventory, files)))
		return NULL;
	const uint32_t *index = files->digests[node->content_layer];
	return index && index[node->content_entry] ? &inventory->rows[ROW_FILE_DIGEST].at[index[node->content_entry] - 1] : NULL;
}

/* The digest that the file has, as digits; absent where that one was not taken. */
static struct slice
own_digest(const struct inventory *inventory, const struct node *node, struct slice algorithm, char scratch[static DIGEST_TEXT_SIZE])
{
	if (slice_is(algorithm, "sha256")) {
		struct entry entry = node_entry(inventory->tree, node);
		struct digest digest = { .algorithm = DIGEST_SHA256 };
		if (entry.digest.n != 32)
			return SLICE_NONE;
		memcpy(digest.bytes, entry.digest.p, 32);
		return slice_of(digest_hex(&digest, scratch));
	}
	bool md5 = slice_is(algorithm, "md5");
	const struct shown_row *row = md5 || slice_is(algorithm, "sha1") ? digest_row(inventory, node) : NULL;
	return row ? row_field(row, md5 ? FILE_DIGEST_MD5 : FILE_DIGEST_SHA1) : SLICE_NONE;
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

static enum file_state
state_of(const struct inventory *inventory, const struct package_file *file)
{
	char scratch[DIGEST_TEXT_SIZE];
	struct slice algorithm, wanted;
	const struct node *node = package_file_node(inventory, file);
	if (node == NULL)
		return FILE_MISSING;
	if (!slice_cut(package_file_record(file).digest, ':', &algorithm, &wanted))
		return FILE_UNRECORDED;
	enum entry_type type = node_entry_type(inventory->tree, node);
	if (type == ENTRY_SYMLINK)
		return link_state(inventory, node, algorithm, wanted);
	if (type != ENTRY_FILE && type != ENTRY_HARDLINK)
		return FILE_REPLACED;
	struct slice own = node->content_entry == ENTRY_NONE ? SLICE_NONE : own_digest(inventory, node, algorithm, scratch);
	if (own.p == NULL)
		return FILE_UNREAD;
	return slice_eq_nocase(own, wanted) ? FILE_SAME : FILE_MODIFIED;
}

/* Several checks ask, each of all. */
enum file_state
package_file_state(const struct inventory *inventory, const struct package_file *file)
{
	struct package_files *files = package_files(inventory);
	const struct package_file_list *recorded = files && files->has_recorded ? &files->recorded : NULL;
	if (recorded == NULL || file < recorded->at || file >= recorded->at + recorded->n)
		return state_of(inventory, file);
	if (files->states == NULL)
		files->states = arena_make_array(inventory->arena, recorded->n, uint8_t);
	if (files->states == NULL)
		return state_of(inventory, file);
	uint8_t *known = &files->states[file - recorded->at];
	if (*known == 0)
		*known = (uint8_t)(state_of(inventory, file) + 1);
	return (enum file_state)(*known - 1);
}

bool
package_file_mode_differs(const struct inventory *inventory, const struct package_file *file)
{
	uint64_t mode;
	if (!slice_to_u64(package_file_record(file).mode, 8, &mode))
		return false;
	const struct node *node = package_file_node(inventory, file);
	if (node == NULL)
		return false;
	struct entry entry = node_entry(inventory->tree, node);
	return entry.type != ENTRY_SYMLINK && (entry.mode & 07777) != (mode & 07777);
}
