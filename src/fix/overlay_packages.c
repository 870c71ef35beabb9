/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that are upgraded, installed or removed: rows of their databases, and the files of those that go. */
#include "fix/overlay.h"

#include "base/error.h"
#include "codec/purl.h"

static bool
names(const struct fix_change *change, struct slice package)
{
	for (size_t i = 0; i < change->package_count; i++)
		if (slice_eq(change->packages[i], package))
			return true;
	return false;
}

static void
set_epoch(struct slice *fields)
{
	struct slice epoch, rest;
	bool has_epoch = slice_cut(fields[PACKAGE_VERSION], ':', &epoch, &rest);
	fields[PACKAGE_EPOCH] = has_epoch ? epoch : SLICE_NONE;
}

/* "1.2-3+b1" of the source 1.2-3 is the same, built once more. */
static bool
follows_source(const struct slice *fields)
{
	struct slice rest = fields[PACKAGE_VERSION];
	return slice_skip(&rest, fields[PACKAGE_SOURCE_VERSION]) && (rest.n == 0 || slice_starts(rest, SLICE("+b")));
}

/* Of a binary package that counts for itself only the source's version is known. */
static void
upgrade(const struct fix_change *change, struct slice *fields)
{
	bool counts_itself = slice_is(change->type, "deb") && !follows_source(fields);
	if (!counts_itself || !change->binary)
		fields[PACKAGE_SOURCE_VERSION] = change->version;
	if (counts_itself && !change->binary)
		return;
	fields[PACKAGE_VERSION] = change->version;
	set_epoch(fields);
}

bool
row_by_change(const struct fix_change *change, enum row_kind kind, struct slice *fields)
{
	bool removes = change->kind == FIX_REMOVE;
	_Static_assert((int)FILE_LIST_TYPE == PACKAGE_FILE_TYPE && (int)FILE_LIST_PACKAGE == PACKAGE_FILE_PACKAGE, "lists and records name their package alike");
	if (kind == ROW_PACKAGE_FILE || kind == ROW_FILE_LIST)
		return !(removes && slice_eq(fields[PACKAGE_FILE_TYPE], change->type) && names(change, fields[PACKAGE_FILE_PACKAGE]));
	if (kind != ROW_PACKAGE || !slice_eq(fields[PACKAGE_TYPE], change->type) || !names(change, fields[PACKAGE_NAME]))
		return true;
	if (change->kind == FIX_UPGRADE)
		upgrade(change, fields);
	return !removes;
}

/* databases */

static int
edit_database(struct overlay *overlay, const struct fix_change *change, struct slice path, struct plim_error *err)
{
	struct edited *edited;
	int r = overlay_edit(overlay, path, true, &edited, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < edited->edits.n; i++)
		if (edited->edits.at[i].change == change)
			return 0;
	struct row_edit *edit = vec_push(&edited->edits);
	if (edit == NULL)
		return error_nomem(err);
	edit->change = change;
	return 0;
}

static int
edit_databases(struct overlay *overlay, const struct fix_change *change, struct plim_error *err)
{
	const struct inventory *inventory = overlay->from;
	int r = 0;
	for (size_t i = 0; r == 0 && i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (package->scope == PACKAGE_INSTALLED && slice_eq(package->type, change->type) && names(change, package->name))
			r = edit_database(overlay, change, package->file, err);
	}
	return r;
}

/* files */

static int
remove_node(struct overlay *overlay, const struct node *node, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct edited *edited;
	node_path(node, &path);
	int r = path.failed ? error_nomem(err) : overlay_edit(overlay, strbuf_slice(&path), false, &edited, err);
	if (r == 0)
		edited->removed = true;
	return r;
}

static bool
goes(const struct overlay *overlay, const struct fix_change *change, const struct node *node)
{
	const struct file_owner *owner = inventory_file_owner(overlay->from, node);
	return owner && slice_eq(owner->type, change->type) && names(change, owner->name);
}

/* Directories stay: others may be in them. */
static int
remove_files(struct overlay *overlay, const struct fix_change *change, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < overlay->from->node_count; i++) {
		const struct node *node = overlay->from->nodes[i];
		if (node_entry_type(overlay->from->tree, node) != ENTRY_DIRECTORY && goes(overlay, change, node))
			r = remove_node(overlay, node, err);
	}
	return r;
}

/* A package that is not there goes where the others of its kind are. */
static int
install(struct overlay *overlay, const struct fix_change *change, struct plim_error *err)
{
	const struct inventory *inventory = overlay->from;
	for (size_t i = 0; i < inventory->package_count; i++)
		if (inventory->packages[i].scope == PACKAGE_INSTALLED && slice_eq(inventory->packages[i].type, change->type))
			return edit_database(overlay, change, inventory->packages[i].file, err);
	return error_set(err, PLIM_ENOTFOUND, "there is no database of such packages");
}

/* a newer base: what packages it has is all that is told of it */

static struct slice
purl_name(struct slice purl)
{
	struct slice name, rest;
	slice_cut(purl, '?', &name, &rest);
	slice_cut(name, '@', &name, &rest);
	return name;
}

static const struct slice *
listed(const struct fix_change *base, struct slice name)
{
	for (size_t i = 0; i < base->package_count; i++)
		if (slice_eq(purl_name(base->packages[i]), name))
			return &base->packages[i];
	return NULL;
}

static int
change_one(struct overlay *overlay, enum fix_kind kind, struct slice type, struct slice name, struct slice version, struct plim_error *err)
{
	struct fix_change *change = arena_make(overlay->arena, struct fix_change);
	struct slice *own = arena_make(overlay->arena, struct slice);
	if (change == NULL || own == NULL)
		return error_nomem(err);
	*own = name;
	*change = (struct fix_change){ .kind = kind, .type = type, .name = name, .version = version, .packages = own, .package_count = 1, .binary = true };
	return kind == FIX_INSTALL ? install(overlay, change, err) : edit_databases(overlay, change, err);
}

static int
change_package(struct overlay *overlay, const struct fix_change *base, const struct package *package, struct plim_error *err)
{
	const struct slice *there = listed(base, purl_name(package->purl));
	struct purl purl;
	if (there == NULL)
		return change_one(overlay, FIX_REMOVE, package->type, package->name, SLICE_NONE, err);
	int r = purl_parse(*there, overlay->arena, &purl, err);
	return r < 0 || purl.version.n == 0 ? r : change_one(overlay, FIX_UPGRADE, package->type, package->name, purl.version, err);
}

static bool
is_of_image(const struct inventory *inventory, struct slice name)
{
	for (size_t i = 0; i < inventory->package_count; i++)
		if (slice_eq(purl_name(inventory->packages[i].purl), name))
			return true;
	return false;
}

static int
bring_packages(struct overlay *overlay, const struct fix_change *base, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < base->package_count; i++) {
		struct purl purl;
		if (is_of_image(overlay->from, purl_name(base->packages[i])) || (r = purl_parse(base->packages[i], overlay->arena, &purl, err)) < 0)
			continue;
		if (package_type_is_system(purl.type))
			r = change_one(overlay, FIX_INSTALL, purl.type, purl.name, purl.version, err);
	}
	return r;
}

int
overlay_base(struct overlay *overlay, const struct fix_change *change, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < overlay->from->package_count; i++) {
		const struct package *package = &overlay->from->packages[i];
		if (package->origin == ORIGIN_BASE && package->scope == PACKAGE_INSTALLED && package_type_is_system(package->type))
			r = change_package(overlay, change, package, err);
	}
	return r < 0 ? r : bring_packages(overlay, change, err);
}

int
overlay_packages(struct overlay *overlay, const struct fix_change *change, struct plim_error *err)
{
	if (change->kind == FIX_INSTALL)
		return install(overlay, change, err);
	int r = edit_databases(overlay, change, err);
	return r < 0 || change->kind != FIX_REMOVE ? r : remove_files(overlay, change, err);
}
