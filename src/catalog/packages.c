/* SPDX-License-Identifier: Apache-2.0 */
/* Packages, from the rows of all their databases. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/limits.h"

const char *
package_scope_name(enum package_scope scope)
{
	static const char *const names[] = { [PACKAGE_INSTALLED] = "installed", [PACKAGE_DECLARED] = "declared", [PACKAGE_HIDDEN] = "hidden" };
	return names[scope];
}

/* One database lists thousands: its path is made once. */
static struct slice
database_path(struct resolver *r, const struct node *node)
{
	if (r->database != node) {
		r->database = node;
		r->database_path = path_in_arena(r->inventory->arena, node);
	}
	return r->database_path;
}

static int
add_package(struct resolver *r, const struct shown_row *shown, struct slice file, enum package_scope scope, struct plim_error *err)
{
	struct package *package = vec_push(&r->packages);
	if (package == NULL)
		return error_nomem(err);
	struct slice inside = row_field(shown, PACKAGE_INSIDE);
	*package = (struct package){
		.type = row_field(shown, PACKAGE_TYPE),
		.name = row_field(shown, PACKAGE_NAME),
		.version = row_field(shown, PACKAGE_VERSION),
		.epoch = row_field(shown, PACKAGE_EPOCH),
		.arch = row_field(shown, PACKAGE_ARCH),
		.source = row_field(shown, PACKAGE_SOURCE),
		.source_version = row_field(shown, PACKAGE_SOURCE_VERSION),
		.vendor = row_field(shown, PACKAGE_VENDOR),
		.license = row_field(shown, PACKAGE_LICENSE),
		.module = row_field(shown, PACKAGE_MODULE),
		.purl = row_field(shown, PACKAGE_PURL),
		.scope = scope,
		.file = file,
		.path = inside.p ? arena_printf(r->inventory->arena, "%.*s!%.*s", SLICE_ARG(file), SLICE_ARG(inside)) : file,
		.root = row_field(shown, PACKAGE_ROOT),
		.evidence = row_field(shown, PACKAGE_EVIDENCE),
		.dependencies = row_field(shown, PACKAGE_DEPENDENCIES),
		.checksum = row_field(shown, PACKAGE_CHECKSUM),
		.cpe = row_field(shown, PACKAGE_CPE),
		.license_expression = row_field(shown, PACKAGE_EXPRESSION),
		.essential = slice_is(row_field(shown, PACKAGE_ESSENTIAL), "1"),
		.layer = shown->layer,
	};
	return file.p && package->path.p ? 0 : error_nomem(err);
}

static enum package_scope
scope_of(struct slice said)
{
	if (slice_is(said, "hidden"))
		return PACKAGE_HIDDEN;
	if (slice_is(said, "removed"))
		return PACKAGE_REMOVED;
	return slice_is(said, "declared") ? PACKAGE_DECLARED : PACKAGE_INSTALLED;
}

static int
take_package(struct resolver *r, const struct shown_row *shown, struct plim_error *err)
{
	return add_package(r, shown, database_path(r, shown->node), scope_of(row_field(shown, PACKAGE_SCOPE)), err);
}

int
take_hidden_package(struct resolver *r, const struct block *block, struct row row, uint32_t layer, struct slice file, struct plim_error *err)
{
	const struct shown_row hidden = { .block = block, .row = row, .layer = layer };
	return r->packages.n < LIMIT_PACKAGE_COUNT ? add_package(r, &hidden, file, PACKAGE_HIDDEN, err) : 0;
}

static int
order_packages(const void *left, const void *right)
{
	const struct package *a = left, *b = right;
	int order = slice_cmp(a->type, b->type);
	if (order == 0)
		order = slice_cmp(a->name, b->name);
	if (order == 0)
		order = slice_cmp(a->version, b->version);
	if (order == 0)
		order = slice_cmp(a->arch, b->arch);
	return order ? order : slice_cmp(a->path, b->path);
}

static bool
is_before(const struct package *package, struct slice type, const struct slice *name)
{
	int order = slice_cmp(package->type, type);
	return order < 0 || (order == 0 && (name == NULL || slice_cmp(package->name, *name) < 0));
}

size_t
inventory_package_bound(const struct inventory *inventory, struct slice type, const struct slice *name)
{
	size_t low = 0, high = inventory->package_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (is_before(&inventory->packages[middle], type, name))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Composer writes two lists of the same packages into one folder; installed.json, which says more, stands first in order. */
static bool
is_told_before(const struct package *before, const struct package *package)
{
	return slice_is(package->type, "composer") && slice_is(path_base(package->file), "installed.php") && slice_eq(before->type, package->type) &&
	       slice_eq(before->name, package->name) && slice_eq(before->version, package->version) && before->scope == package->scope &&
	       slice_is(path_base(before->file), "installed.json") && slice_eq(path_dir(before->file), path_dir(package->file));
}

/* Of packages in order. */
static void
drop_told(struct resolver *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->packages.n; i++)
		if (kept == 0 || !is_told_before(&r->packages.at[kept - 1], &r->packages.at[i]))
			r->packages.at[kept++] = r->packages.at[i];
	r->packages.n = kept;
}

int
finish_packages(struct resolver *r, struct plim_error *err)
{
	struct inventory *inventory = r->inventory;
	if (r->packages.n)
		qsort(r->packages.at, r->packages.n, sizeof *r->packages.at, order_packages);
	drop_told(r);
	inventory->packages = arena_make_array(inventory->arena, r->packages.n, struct package);
	if (inventory->packages == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < r->packages.n; i++) {
		struct package *package = &inventory->packages[i];
		*package = r->packages.at[i];
		if (package->purl.p == NULL)
			package->purl = package_purl(inventory, package);
		if (inventory->image == NULL)
			package->layer = UINT32_MAX;
		if (package->purl.p == NULL)
			return error_nomem(err);
	}
	inventory->package_count = r->packages.n;
	return 0;
}

/* What one file says and another takes back. */
static int
settle_packages(struct resolver *r, struct plim_error *err)
{
	size_t kept = 0;
	int failed = settle_vcpkg(r, err);
	if (failed == 0)
		failed = settle_cpan(r, err);
	for (size_t i = 0; failed == 0 && i < r->packages.n; i++)
		if (r->packages.at[i].scope != PACKAGE_REMOVED)
			r->packages.at[kept++] = r->packages.at[i];
	r->packages.n = failed == 0 ? kept : r->packages.n;
	return failed;
}

int
resolve_packages(struct resolver *r, struct plim_error *err)
{
	struct row_walk walk = { 0 };
	struct shown_row shown;
	int failed = 0;
	while (failed == 0 && inventory_next_row(r->inventory, ROW_PACKAGE, &walk, &shown)) {
		if (r->packages.n == LIMIT_PACKAGE_COUNT) {
			failed = add_gap(r, (struct inventory_gap){ "limit", database_path(r, shown.node), UINT32_MAX, SLICE("packages"),
			                                            SLICE("limit PACKAGE_COUNT: the other packages are not judged") }, err);
			break;
		}
		failed = take_package(r, &shown, err);
	}
	if (failed == 0)
		failed = settle_packages(r, err);
	if (failed == 0)
		failed = find_store_paths(r, err);
	return failed < 0 ? failed : trace_layers(r, err);
}
