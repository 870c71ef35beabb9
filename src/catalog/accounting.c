/* SPDX-License-Identifier: Apache-2.0 */
/* Who accounts for what: owners of languages' packages, of files on demand, and what nobody has. */
#include "catalog/owners.h"

#include "base/error.h"
#include "catalog/resolver.h"

/* Files that start or are loaded, by name; others by mode and by what they begin with. */
static const char *
kind_by_name(struct slice name)
{
	static const struct {
		const char *extension, *kind;
	} kinds[] = { { "so", "library" }, { "jar", "java" }, { "war", "java" }, { "ear", "java" } };
	struct slice stem, extension;
	while (name.n && (name.p[name.n - 1] == '.' || (name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9')))
		name.n--;
	if (!slice_cut_last(name, '.', &stem, &extension))
		return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(extension, kinds[i].extension))
			return kinds[i].kind;
	return NULL;
}

static const struct shown_row *
row_of(const struct inventory *inventory, enum row_kind kind, const struct node *node)
{
	const struct shown_rows *rows = &inventory->rows[kind];
	size_t at = node->content_entry == ENTRY_NONE ? rows->n : rows_of_entry(rows, node->content_layer, node->content_entry);
	return is_of_entry(rows, at, node->content_layer, node->content_entry) ? &rows->at[at] : NULL;
}

static const char *
kind_by_head(const struct inventory *inventory, const struct node *node)
{
	const struct shown_row *row = row_of(inventory, ROW_INTERPRETER, node);
	if (row)
		return slice_is(row_field(row, INTERPRETER_FORMAT), "script") ? "script" : "elf";
	return row_of(inventory, ROW_ELF, node) ? "elf" : NULL;
}

/* What starts or is loaded; NULL for other files. */
static const char *
kind_of(const struct inventory *inventory, size_t at)
{
	uint16_t kind = inventory->files.kinds[at];
	enum entry_type type = FILE_TYPE(kind);
	if (type != ENTRY_FILE && type != ENTRY_HARDLINK)
		return NULL;
	const char *found = FILE_MODE(kind) & 0111 ? kind_by_head(inventory, inventory->nodes[at]) : NULL;
	return found ? found : kind_by_name(inventory->nodes[at]->name);
}

struct account {
	struct inventory *inventory;
	struct arena *arena;                  /* of paths, while this lasts */
	struct map wishes;
	VEC(struct unaccounted_file) files;   /* all that start or are loaded, then what is left of them */
};

static void
auto_account(struct account *account)
{
	vec_done(&account->files);
	map_done(&account->wishes);
	arena_free(account->arena);
}

static int
wish(struct account *account, struct slice path, struct plim_error *err)
{
	void **place = path.p ? map_place(&account->wishes, path) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*place = account;
	return 0;
}

static int
gather_files(struct account *account, struct plim_error *err)
{
	const struct inventory *inventory = account->inventory;
	for (size_t i = 0; i < inventory->node_count; i++) {
		const char *kind = kind_of(inventory, i);
		if (kind == NULL)
			continue;
		struct unaccounted_file *file = vec_push(&account->files);
		if (file == NULL || wish(account, slice_from(path_in_arena(account->arena, inventory->nodes[i]), 1), err) < 0)
			return error_nomem(err);
		*file = (struct unaccounted_file){ inventory->nodes[i], kind };
	}
	return 0;
}

static int
gather_packages(struct account *account, struct plim_error *err)
{
	const struct inventory *inventory = account->inventory;
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->package_count; i++)
		if (!package_type_is_system(inventory->packages[i].type))
			r = wish(account, slice_from(inventory->packages[i].file, 1), err);
	return r;
}

/* In the inventory's scratch, without its first slash. */
static struct slice
path_of(const struct inventory *inventory, const struct node *node)
{
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	return slice_from(strbuf_slice(inventory->scratch), 1);
}

static const struct node *
first_name(const struct inventory *inventory, const struct node *node)
{
	const struct node **nodes = node->content_entry == ENTRY_NONE ? NULL : inventory->shown[node->content_layer].nodes;
	return nodes ? nodes[node->content_entry] : NULL;
}

/* One content under several names is what it is under the first of them. */
static const struct file_owner *
owner_of_node(const struct inventory *inventory, const struct owners *owners, const struct node *node)
{
	const struct file_owner *owner = owners_find(owners, path_of(inventory, node));
	const struct node *first = owner ? NULL : first_name(inventory, node);
	return first && first != node ? owners_find(owners, path_of(inventory, first)) : owner;
}

static int
keep_unaccounted(struct account *account, const struct owners *owners, struct plim_error *err)
{
	struct inventory *inventory = account->inventory;
	struct unaccounted_file *kept = arena_make_array(inventory->arena, account->files.n, struct unaccounted_file);
	if (kept == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < account->files.n; i++) {
		const struct node *node = account->files.at[i].node;
		if (owner_of_node(inventory, owners, node) == NULL)
			kept[inventory->unaccounted_count++] = account->files.at[i];
		if (inventory->scratch->failed)
			return error_nomem(err);
	}
	inventory->unaccounted = kept;
	return 0;
}

/* Where dependencies are installed: a lock file that lies there came inside one of them. */
static bool
is_inside_dependency(struct slice path)
{
	static const char *const directories[] = { "/node_modules/", "/site-packages/", "/dist-packages/", "/vendor/", "/gems/", "/registry/src/", "/pkg/mod/" };
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		if (slice_find_text(path, slice_of(directories[i])) != SIZE_MAX)
			return true;
	return false;
}

/*
 * The distribution's package that brought what it was found in; NULL where none did.  What a later layer laid over the
 * package's file is not that package's, and its advisories say nothing of it.
 */
static const struct file_owner *
brought_by(const struct inventory *inventory, const struct owners *owners, const struct package *p)
{
	const struct file_owner *owner = owners_system(owners, slice_from(p->file, 1));
	return owner && (inventory->image == NULL || owner->layer >= p->layer) ? owner : NULL;
}

/*
 * What a package manager installed has its own name there: neither a version found in a binary nor the package that it
 * was built for adds to that.  Of an assembly a deps.json may tell the package, too.
 */
static bool
is_known_binary(const struct inventory *inventory, const struct owners *owners, const struct package *p)
{
	struct slice file = slice_from(p->file, 1);
	if (package_type_is_system(p->type) || slice_is(p->type, "generic"))
		return brought_by(inventory, owners, p) != NULL;
	const struct file_owner *owner = owners_recorded(owners, file);
	return owner && slice_is(p->type, "nuget") && slice_eq(owner->type, p->type) && slice_eq_nocase(owner->name, p->name);
}

/* One package, by type, name and version: told of by one file or by many. */
struct group {
	size_t end;            /* behind the last of it */
	bool installed;        /* one of it is */
};

static bool
is_same(const struct package *a, const struct package *b)
{
	return slice_eq(a->name, b->name) && slice_eq(a->version, b->version) && slice_eq(a->type, b->type);
}

static struct group
group_at(const struct inventory *inventory, size_t at)
{
	const struct package *first = &inventory->packages[at];
	struct group group = { at, false };
	for (; group.end < inventory->package_count && is_same(&inventory->packages[group.end], first); group.end++)
		group.installed |= inventory->packages[group.end].scope == PACKAGE_INSTALLED;
	return group;
}

/* A lock file that came inside a package says what its makers built it with; one beside what it led to adds nothing. */
static bool
is_needless(const struct inventory *inventory, const struct owners *owners, const struct package *p, const struct group *group)
{
	if (slice_is(p->evidence, "binary") && is_known_binary(inventory, owners, p))
		return true;
	return p->scope == PACKAGE_DECLARED && (group->installed || owners_system(owners, slice_from(p->file, 1)) || is_inside_dependency(p->file));
}

static int
settle_owner(struct inventory *inventory, const struct owners *owners, struct package *package, struct plim_error *err)
{
	const struct file_owner *owner = package_type_is_system(package->type) ? NULL : brought_by(inventory, owners, package);
	if (owner == NULL)
		return 0;
	package->owner_type = arena_dup(inventory->arena, owner->type);
	package->owner = arena_dup(inventory->arena, owner->name);
	return package->owner_type.p && package->owner.p ? 0 : error_nomem(err);
}

/* What is needless moves the rest down, behind which groups are still whole. */
static int
settle_packages(struct inventory *inventory, const struct owners *owners, struct plim_error *err)
{
	struct group group = { 0 };
	size_t n = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->package_count; i++) {
		struct package *package = &inventory->packages[i];
		if (i == group.end)
			group = group_at(inventory, i);
		if (is_needless(inventory, owners, package, &group))
			continue;
		r = settle_owner(inventory, owners, package, err);
		inventory->packages[n++] = *package;
	}
	inventory->package_count = n;
	return r;
}

static int
wish_node(struct account *account, const struct node *node, struct plim_error *err)
{
	return wish(account, slice_from(path_in_arena(account->arena, node), 1), err);
}

static int
wish_directory(struct account *account, const struct node *directory, struct plim_error *err)
{
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < directory->child_count; i++) {
		const struct node *node = directory->children[i], *first = first_name(account->inventory, node);
		r = wish_node(account, node, err);
		if (r == 0 && first && first != node)
			r = wish_node(account, first, err);
	}
	return r;
}

/* Of programs, settings, keys and what starts services: where checks ask whose a file is. */
static bool
is_usual(const struct node *directory)
{
	const struct node *top = directory;
	while (top->parent && top->parent->parent)
		top = top->parent;
	return slice_ends(directory->name, SLICE("bin")) || slice_ends(directory->name, SLICE(".wants")) || slice_is(directory->name, "keyrings") || slice_is(top->name, "etc");
}

static int
wish_usual(struct account *account, struct plim_error *err)
{
	const struct inventory *inventory = account->inventory;
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->node_count; i++)
		if (FILE_TYPE(inventory->files.kinds[i]) == ENTRY_DIRECTORY && is_usual(inventory->nodes[i]))
			r = wish_directory(account, inventory->nodes[i], err);
	return r;
}

/*
 * What is asked of every image, and what checks ask of most: lists are long, and are walked through once for both.  They say the same before
 * packages are settled and after: those that go are their owners' already.
 */
static int
gather(struct account *account, struct plim_error *err)
{
	int r = gather_files(account, err);
	if (r == 0)
		r = gather_packages(account, err);
	return r < 0 ? r : wish_usual(account, err);
}

int
resolve_owners(struct inventory *inventory, struct plim_error *err)
{
	AUTO(account) struct account account = { .inventory = inventory, .arena = arena_new(0) };
	int r = account.arena ? gather(&account, err) : error_nomem(err);
	if (r == 0)
		r = owners_new(inventory, &account.wishes, &inventory->usual_owners, err);
	if (r == 0)
		r = keep_unaccounted(&account, inventory->usual_owners, err);
	return r < 0 ? r : settle_packages(inventory, inventory->usual_owners, err);
}

/* Lists are walked through for all files of a directory at once. */
static struct owners *
owners_of(struct inventory *inventory, const struct node *directory)
{
	AUTO(account) struct account account = { .inventory = inventory, .arena = arena_new(0) };
	struct owners *owners = NULL;
	struct plim_error err;
	int r = account.arena ? wish_directory(&account, directory, &err) : error_nomem(&err);
	return r == 0 && owners_new(inventory, &account.wishes, &owners, &err) == 0 ? owners : NULL;
}

/* Those of all files, or of that directory alone; NULL without memory. */
static const struct owners *
owners_for(struct inventory *inventory, const struct node *directory)
{
	if (is_usual(directory))
		return inventory->usual_owners;
	for (size_t i = 0; i < inventory->asked_count; i++)
		if (inventory->asked[i].directory == directory)
			return inventory->asked[i].owners;
	if (inventory->owners == NULL && inventory->asked_count == OWNERS_ASKED_MOST)
		owners_new(inventory, NULL, &inventory->owners, NULL);
	if (inventory->owners || inventory->asked_count == OWNERS_ASKED_MOST)
		return inventory->owners;
	struct owners *owners = owners_of(inventory, directory);
	if (owners) {
		inventory->asked[inventory->asked_count].directory = directory;
		inventory->asked[inventory->asked_count++].owners = owners;
	}
	return owners;
}

const struct file_owner *
inventory_file_owner(const struct inventory *inventory, const struct node *node)
{
	const struct owners *owners = owners_for((struct inventory *)(uintptr_t)inventory, node->parent);
	return owners ? owner_of_node(inventory, owners, node) : NULL;
}
