/* SPDX-License-Identifier: Apache-2.0 */
/* From lists of files to owners of paths. */
#include "catalog/owners.h"

#include "base/error.h"
#include "catalog/files.h"
#include "catalog/resolver.h"

/* Directories that are links on merged systems, where lists may still say the old name. */
static const char *const merged_directories[] = {
	"bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr/bin", "usr/sbin", "usr/lib64", "usr/local/sbin", "var/run", "var/lock",
};
#define MERGED_COUNT (sizeof merged_directories / sizeof *merged_directories)

struct owners {
	struct arena *arena;
	struct map listed;       /* path: struct file_owner *, of distributions' packages */
	struct map recorded;     /* the same of languages' packages */
	struct map debs;         /* the same by the names of installed debs */
	struct map stanzas;      /* struct package * of such a deb, by the file that tells of it, with its first slash */
	struct map files, roots; /* file or directory of a package that is no distribution's */
	struct map folders;      /* struct package * of such a package, by the folder of its file, with its first slash */
	struct {
		struct slice listed, real;
	} merged[MERGED_COUNT];  /* directories that are links here, and where they lead */
	size_t merged_count;
	bool *ends;              /* by end_key: some wish ends so; NULL where all are wished */
};

bool
package_type_is_system(struct slice type)
{
	static const char *const types[] = { "deb", "rpm", "apk", "alpm", "ebuild", "opkg", "xbps" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(type, types[i]))
			return true;
	return false;
}

bool
package_is_upstream(const struct package *package)
{
	return package->scope == PACKAGE_INSTALLED && package->owner.p == NULL && !package_type_is_system(package->type);
}

static int
read_links(struct owners *owners, const struct inventory *inventory, struct plim_error *err)
{
	for (size_t i = 0; i < MERGED_COUNT; i++) {
		struct slice path = slice_of(merged_directories[i]);
		const struct node *node = tree_find(inventory->tree, path), *target = tree_resolve(inventory->tree, path);
		if (node == NULL || target == NULL || target->parent == NULL)
			continue;
		struct slice whole = path_in_arena(owners->arena, target);
		if (whole.p == NULL)
			return error_nomem(err);
		/* A parent may be the link. */
		if (slice_eq(slice_from(whole, 1), path))
			continue;
		owners->merged[owners->merged_count].listed = path;
		owners->merged[owners->merged_count++].real = slice_from(whole, 1);
	}
	return 0;
}

/* The real name of a listed path. */
static struct slice
real_name(const struct owners *owners, struct slice path, struct arena *arena)
{
	for (size_t i = 0; i < owners->merged_count; i++) {
		struct slice rest = path;
		if (slice_skip(&rest, owners->merged[i].listed) && rest.n && rest.p[0] == '/')
			return arena_join(arena, owners->merged[i].real, rest);
	}
	return path;
}

/* By the end of a path, which is the same before and behind real_name: most lines are nobody's wish, and are told so by a few bytes. */
static uint16_t
end_key(struct slice path)
{
	const unsigned char *end = (const unsigned char *)path.p + path.n;
	unsigned key = end[-1];
	if (path.n > 1 && end[-1] != '/')
		key |= (unsigned)end[-2] << 8;
	if (path.n > 2 && end[-2] != '/')
		key ^= end[-3] * 0x9e5u;
	return (uint16_t)key;
}

#define END_COUNT (1 << 16)

static bool *
ends_of(const struct map *wishes, struct arena *arena)
{
	bool *ends = arena_make_array(arena, END_COUNT, bool);
	for (size_t i = 0; ends && i < wishes->room; i++)
		if (wishes->slots[i].hash && wishes->slots[i].key.n)
			ends[end_key(wishes->slots[i].key)] = true;
	return ends;
}

static int
note(struct owners *owners, struct map *into, const struct file_owner *owner, struct slice path, const struct map *wishes,
     struct plim_error *err)
{
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n == 0 || (wishes && !owners->ends[end_key(path)]))
		return 0;
	path = real_name(owners, path, owners->arena);
	if (path.p == NULL)
		return error_nomem(err);
	if (wishes && !map_find(wishes, path))
		return 0;
	void **place = map_place(into, path);
	if (place == NULL)
		return error_nomem(err);
	/* The first one stays: of a directory that several share nobody asks. */
	if (*place == NULL)
		*place = (void *)(uintptr_t)owner;
	return 0;
}

static const struct file_owner *
owner_make(struct owners *owners, const struct package *package)
{
	struct file_owner *owner = arena_make(owners->arena, struct file_owner);
	if (owner)
		*owner = (struct file_owner){ package->type, package->name, package->layer };
	return owner;
}

/* The installed package of that name, of several (architectures) the one that came last; NULL for none. */
static const struct package *
package_find(const struct inventory *inventory, struct slice type, struct slice name)
{
	const struct package *found = NULL;
	for (size_t i = inventory_package_bound(inventory, type, &name); i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (!slice_eq(package->type, type) || !slice_eq(package->name, name))
			break;
		if (package->scope == PACKAGE_INSTALLED && (found == NULL || package->layer > found->layer))
			found = package;
	}
	return found;
}

/* In the inventory's scratch. */
static struct slice
list_path(const struct inventory *inventory, const struct shown_row *row)
{
	strbuf_clear(inventory->scratch);
	node_path(row->node, inventory->scratch);
	return strbuf_slice(inventory->scratch);
}

/* "status.d/base.md5sums" is of what status.d/base says, which may have a longer name. */
static const struct package *
package_of_sums(const struct owners *owners, const struct inventory *inventory, const struct shown_row *row)
{
	struct slice path = list_path(inventory, row);
	return slice_skip_end(&path, SLICE(".md5sums")) ? map_find(&owners->stanzas, path) : NULL;
}

/* RECORD lies beside METADATA, and its folder spells the name in its own way. */
static const struct package *
package_beside(const struct owners *owners, const struct inventory *inventory, const struct shown_row *row, struct slice type)
{
	const struct package *package = map_find(&owners->folders, path_dir(list_path(inventory, row)));
	return package && slice_eq(package->type, type) ? package : NULL;
}

/*
 * Lists outlive what they are of: a package that is not in its database any more brings nothing, and nobody would judge
 * what it is said to own.
 */
static const struct package *
package_of_list(const struct owners *owners, const struct inventory *inventory, const struct shown_row *row, struct slice type, struct slice name)
{
	const struct package *package = package_find(inventory, type, name);
	if (package == NULL && slice_is(type, "deb"))
		return package_of_sums(owners, inventory, row);
	return package || package_type_is_system(type) ? package : package_beside(owners, inventory, row, type);
}

static int
read_list(struct owners *owners, const struct inventory *inventory, const struct shown_row *row, const struct map *wishes, struct plim_error *err)
{
	struct slice rest = row_field(row, FILE_LIST_FILES), type = row_field(row, FILE_LIST_TYPE), path;
	const struct package *package = package_of_list(owners, inventory, row, type, row_field(row, FILE_LIST_PACKAGE));
	if (package == NULL)
		return 0;
	const struct file_owner *owner = owner_make(owners, package);
	int r = owner ? 0 : error_nomem(err);
	struct map *into = package_type_is_system(type) ? &owners->listed : &owners->recorded;
	while (r == 0 && slice_next(&rest, '\n', &path))
		r = note(owners, into, owner, path, wishes, err);
	return r;
}

/* Of languages: records are always there, for few packages have any. */
static int
read_recorded(struct owners *owners, const struct inventory *inventory, const struct shown_row *row, const struct map *wishes, struct plim_error *err)
{
	struct slice type = row_field(row, PACKAGE_FILE_TYPE), rest = row_field(row, PACKAGE_FILE_FILES);
	struct file_record record;
	if (package_type_is_system(type))
		return 0;
	const struct package *package = package_of_list(owners, inventory, row, type, row_field(row, PACKAGE_FILE_PACKAGE));
	if (package == NULL)
		return 0;
	const struct file_owner *owner = owner_make(owners, package);
	int r = owner ? 0 : error_nomem(err);
	while (r == 0 && file_records_next(&rest, &record))
		r = note(owners, &owners->recorded, owner, slice_from(record.path, 1), wishes, err);
	return r;
}

/* An archive may have many packages in it: its digest is told of the one that it is as a whole. */
static bool
is_whole(const struct package *package)
{
	return package->checksum.n && slice_eq(package->path, package->file);
}

static int
read_package(struct owners *owners, const struct package *package, struct plim_error *err)
{
	if (package->scope != PACKAGE_INSTALLED || package_type_is_system(package->type))
		return 0;
	const struct file_owner *owner = owner_make(owners, package);
	int r = owner ? note(owners, &owners->files, owner, slice_from(package->file, 1), NULL, err) : error_nomem(err);
	if (r == 0 && package->root.n > 1)
		r = note(owners, &owners->roots, owner, slice_from(package->root, 1), NULL, err);
	return r;
}

bool
dpkg_info_file(struct slice path, struct slice *package, bool *script)
{
	static const struct {
		const char *suffix;
		bool script;
	} files[] = {
		{ "list", false }, { "md5sums", false }, { "conffiles", false }, { "triggers", false }, { "shlibs", false }, { "symbols", false },
		{ "templates", false }, { "preinst", true }, { "postinst", true }, { "prerm", true }, { "postrm", true }, { "config", true },
	};
	struct slice name, suffix, architecture;
	if (!slice_skip(&path, SLICE("var/lib/dpkg/info/")) || slice_find(path, '/') != SIZE_MAX || !slice_cut_last(path, '.', &name, &suffix))
		return false;
	slice_cut(name, ':', package, &architecture);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (slice_is(suffix, files[i].suffix)) {
			*script = files[i].script;
			return true;
		}
	return false;
}

/* By name: of what dpkg keeps of it. */
static int
note_deb(struct owners *owners, const struct package *package, struct plim_error *err)
{
	const struct file_owner *owner = owner_make(owners, package);
	void **place = owner ? map_place(&owners->debs, package->name) : NULL, **stanza = map_place(&owners->stanzas, package->file);
	if (place == NULL || stanza == NULL)
		return error_nomem(err);
	*place = (void *)(uintptr_t)owner;
	*stanza = (void *)(uintptr_t)package;
	return 0;
}

static int
note_debs(struct owners *owners, const struct inventory *inventory, struct plim_error *err)
{
	int r = 0;
	for (size_t i = inventory_package_bound(inventory, SLICE("deb"), &SLICE("")); r == 0 && i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (!slice_is(package->type, "deb"))
			break;
		if (package->scope == PACKAGE_INSTALLED)
			r = note_deb(owners, package, err);
	}
	return r;
}

static int
note_folders(struct owners *owners, const struct inventory *inventory, struct plim_error *err)
{
	for (size_t i = 0; i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (package->scope != PACKAGE_INSTALLED || package_type_is_system(package->type))
			continue;
		void **place = map_place(&owners->folders, path_dir(package->file));
		if (place == NULL)
			return error_nomem(err);
		*place = (void *)(uintptr_t)package;
	}
	return 0;
}

/* Paths of lists are longer than that on the average: the map of all of them has room from the start. */
#define LISTED_PATH_BYTES 40

static bool
make_room(struct owners *owners, const struct shown_rows *lists)
{
	size_t bytes = 0;
	for (size_t i = 0; i < lists->n; i++)
		bytes += row_field(&lists->at[i], FILE_LIST_FILES).n;
	return map_reserve(&owners->listed, bytes / LISTED_PATH_BYTES);
}

static int
fill(struct owners *owners, const struct inventory *inventory, const struct map *wishes, struct plim_error *err)
{
	const struct shown_rows *lists = &inventory->rows[ROW_FILE_LIST], *files = &inventory->rows[ROW_PACKAGE_FILE];
	int r = read_links(owners, inventory, err);
	if (r == 0 && wishes && (owners->ends = ends_of(wishes, owners->arena)) == NULL)
		r = error_nomem(err);
	if (r == 0)
		r = note_debs(owners, inventory, err);
	if (r == 0 && lists->n + files->n)
		r = note_folders(owners, inventory, err);
	if (r == 0 && wishes == NULL && !make_room(owners, lists))
		r = error_nomem(err);
	for (size_t i = 0; r == 0 && i < lists->n; i++)
		r = read_list(owners, inventory, &lists->at[i], wishes, err);
	for (size_t i = 0; r == 0 && i < files->n; i++)
		r = read_recorded(owners, inventory, &files->at[i], wishes, err);
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; r == 0 && i < inventory->package_count; i++)
			if (is_whole(&inventory->packages[i]) != others)
				r = read_package(owners, &inventory->packages[i], err);
	return r;
}

int
owners_new(const struct inventory *inventory, const struct map *wishes, struct owners **out, struct plim_error *err)
{
	AUTO(owners) struct owners *owners = calloc(1, sizeof *owners);
	if (owners == NULL || (owners->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = fill(owners, inventory, wishes, err);
	if (r == 0)
		*out = ptr_take(&owners);
	return r;
}

void
owners_free(struct owners *owners)
{
	if (owners == NULL)
		return;
	map_done(&owners->listed);
	map_done(&owners->recorded);
	map_done(&owners->files);
	map_done(&owners->roots);
	map_done(&owners->debs);
	map_done(&owners->stanzas);
	map_done(&owners->folders);
	arena_free(owners->arena);
	free(owners);
}

const struct file_owner *
owners_system(const struct owners *owners, struct slice path)
{
	struct slice package;
	bool script;
	const struct file_owner *owner = map_find(&owners->listed, path);
	return owner == NULL && dpkg_info_file(path, &package, &script) ? map_find(&owners->debs, package) : owner;
}

const struct file_owner *
owners_recorded(const struct owners *owners, struct slice path)
{
	return map_find(&owners->recorded, path);
}

/* The deepest directory that is a package's. */
static const struct file_owner *
root_owner(const struct owners *owners, struct slice path)
{
	const struct file_owner *owner = NULL;
	for (path = path_dir(path); owner == NULL && path.n; path = path_dir(path))
		owner = map_find(&owners->roots, path);
	return owner;
}

const struct file_owner *
owners_find(const struct owners *owners, struct slice path)
{
	const struct file_owner *owner = owners_system(owners, path);
	if (owner == NULL)
		owner = owners_recorded(owners, path);
	if (owner == NULL)
		owner = map_find(&owners->files, path);
	return owner ? owner : root_owner(owners, path);
}
