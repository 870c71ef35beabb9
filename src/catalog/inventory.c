/* SPDX-License-Identifier: Apache-2.0 */
/* From blocks to what the image has in the end. */
#include "catalog/inventory.h"

#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "catalog/keep.h"
#include "catalog/os_support.h"

/* Which node shows each entry's bytes: one run of places a layer, NULL where nothing of the final tree has them. */
struct shown_entries {
	const struct node **nodes;    /* in the arena */
};

struct resolver {
	struct inventory *inventory;
	struct shown_entries *layers;
	VEC(struct package) packages;
	VEC(struct inventory_gap) gaps;
	const struct node *database;    /* whose path was made last */
	struct slice database_path;
};

const char *
origin_name(enum origin origin)
{
	static const char *const names[] = { [ORIGIN_BASE] = "base", [ORIGIN_APPLICATION] = "application" };
	return names[origin];
}

static struct slice
path_in_arena(struct arena *arena, const struct node *node)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	node_path(node, &path);
	return arena_dup(arena, strbuf_slice(&path));
}

/* The first node in tree order wins: one content under several names is one content. */
static int
note_shown(struct inventory *inventory, struct shown_entries *layers, struct plim_error *err)
{
	for (size_t i = 0; i < inventory->block_count; i++) {
		size_t n = inventory->blocks[i] ? block_entry_count(inventory->blocks[i]) : 0;
		/* Only rows ask: a layer without rows and problems needs no index. */
		if (n == 0 || block_row_count(inventory->blocks[i]) + block_problem_count(inventory->blocks[i]) == 0)
			continue;
		layers[i].nodes = arena_make_array(inventory->arena, n, const struct node *);
		if (layers[i].nodes == NULL)
			return error_nomem(err);
	}
	for (const struct node *node = tree_root(inventory->tree); node; node = tree_after(node)) {
		if (node->content_entry == ENTRY_NONE || layers[node->content_layer].nodes == NULL)
			continue;
		const struct node **place = &layers[node->content_layer].nodes[node->content_entry];
		if (*place == NULL)
			*place = node;
	}
	return 0;
}

static int
add_gap(struct resolver *r, struct inventory_gap gap, struct plim_error *err)
{
	struct inventory_gap *at = vec_push(&r->gaps);
	if (at == NULL)
		return error_nomem(err);
	*at = gap;
	return 0;
}

static bool
is_package_cataloger(struct slice name)
{
	return slice_is(name, "dpkg") || slice_is(name, "apk") || slice_is(name, "rpm");
}

/* What a message is worth to a policy: a limit of ours, or something that is not readable as it stands. */
static const char *
gap_kind(struct slice message)
{
	size_t at = slice_find_text(message, SLICE("limit "));
	bool named = at != SIZE_MAX && at + 6 < message.n && message.p[at + 6] >= 'A' && message.p[at + 6] <= 'Z';
	return named ? "limit" : "unreadable";
}

static int
gap_of_problem(struct resolver *r, uint32_t layer, const struct problem *problem, struct plim_error *err)
{
	const struct node *node = NULL;
	if (problem->entry != ENTRY_NONE) {
		node = r->layers[layer].nodes[problem->entry];
		if (node == NULL)
			return 0;
	}
	struct inventory_gap gap = {
		.kind = gap_kind(problem->message),
		.path = node ? path_in_arena(r->inventory->arena, node) : SLICE_NONE,
		.layer = r->inventory->image ? layer : UINT32_MAX,
		.subject = is_package_cataloger(problem->cataloger) ? SLICE("packages")
		    : problem->cataloger.n ? problem->cataloger : SLICE("layer"),
		.reason = problem->message,
	};
	return add_gap(r, gap, err);
}

/* Whatever such a layer has may be missing, packages included. */
static int
gap_of_layer(struct resolver *r, uint32_t layer, const char *told, struct plim_error *err)
{
	struct slice why = arena_dup(r->inventory->arena, slice_of(told ? told : "the layer could not be read"));
	struct inventory_gap gap = { gap_kind(why), SLICE_NONE, r->inventory->image ? layer : UINT32_MAX, SLICE("layer"), why };
	return why.p ? add_gap(r, gap, err) : error_nomem(err);
}

static int
gather_gaps(struct resolver *r, const char *const *layer_gaps, struct plim_error *err)
{
	struct inventory *inventory = r->inventory;
	for (uint32_t i = 0; i < inventory->block_count; i++) {
		const struct block *block = inventory->blocks[i];
		int failed = 0;
		if (block == NULL)
			failed = gap_of_layer(r, i, layer_gaps ? layer_gaps[i] : NULL, err);
		for (uint32_t k = 0; block && failed == 0 && k < block_problem_count(block); k++) {
			struct problem problem = block_problem(block, k);
			failed = gap_of_problem(r, i, &problem, err);
		}
		if (failed < 0)
			return failed;
	}
	return 0;
}

static int
gap_of_dead_links(struct resolver *r, const struct node *first, size_t n, struct plim_error *err)
{
	struct arena *arena = r->inventory->arena;
	struct slice reason = SLICE("a hard link to a file that is not there");
	if (n > 1)
		reason = arena_printf(arena, "%.*s, the first of %zu in this layer", SLICE_ARG(reason), n);
	struct inventory_gap gap = { "unreadable", path_in_arena(arena, first), r->inventory->image ? first->layer : UINT32_MAX, SLICE("layer"), reason };
	return gap.path.p && reason.p ? add_gap(r, gap, err) : error_nomem(err);
}

/* A runtime cannot make such a link: whatever the image is, it is not what its tree says.  A layer may have millions: one is named. */
static int
gather_dead_links(struct resolver *r, struct plim_error *err)
{
	const struct inventory *inventory = r->inventory;
	AUTO(free) const struct node **first = calloc(inventory->block_count + 1, sizeof *first);
	AUTO(free) size_t *count = calloc(inventory->block_count + 1, sizeof *count);
	if (first == NULL || count == NULL)
		return error_nomem(err);
	for (const struct node *node = tree_root(inventory->tree); node; node = tree_after(node))
		if (node->entry != ENTRY_NONE && node->content_entry == ENTRY_NONE && count[node->layer]++ == 0)
			first[node->layer] = node;
	int failed = 0;
	for (size_t i = 0; failed == 0 && i < inventory->block_count; i++)
		if (count[i])
			failed = gap_of_dead_links(r, first[i], count[i], err);
	return failed;
}

/* What it brings or removes may be elsewhere, or not at all, in what runs. */
static int
gather_doubts(struct resolver *r, struct plim_error *err)
{
	const struct inventory *inventory = r->inventory;
	int failed = 0;
	for (uint32_t i = 0; failed == 0 && i < inventory->block_count; i++) {
		const struct node *link = tree_doubt(inventory->tree, i);
		if (link == NULL)
			continue;
		struct inventory_gap gap = { "unreadable", path_in_arena(inventory->arena, link), i, SLICE("layer"),
			                     SLICE("the layer leads through this link of a lower one, where runtimes differ") };
		failed = gap.path.p ? add_gap(r, gap, err) : error_nomem(err);
	}
	return failed;
}

bool
inventory_next_row(const struct inventory *inventory, enum row_kind kind, struct row_walk *walk, struct shown_row *out)
{
	for (; walk->layer < inventory->block_count; walk->layer++, walk->row = 0) {
		const struct block *block = inventory->blocks[walk->layer];
		const struct node **nodes = inventory->shown[walk->layer].nodes;
		for (; block && nodes && walk->row < block_row_count(block); walk->row++) {
			struct row row = block_row(block, walk->row);
			const struct node *node = row.kind == kind ? nodes[row.entry] : NULL;
			if (node == NULL)
				continue;
			walk->row++;
			*out = (struct shown_row){ block, row, walk->layer, node };
			return true;
		}
	}
	return false;
}

/* The operating system. */

static struct slice
row_field(const struct shown_row *shown, uint32_t field)
{
	return block_field(shown->block, &shown->row, field);
}

/* etc/os-release decides, then usr/lib/os-release: both may be the same content. */
static bool
os_from_release(struct inventory *inventory, const char *path)
{
	const struct node *wanted = tree_resolve(inventory->tree, slice_of(path));
	struct row_walk walk = { 0 };
	struct shown_row shown;
	while (wanted && inventory_next_row(inventory, ROW_OS_RELEASE, &walk, &shown)) {
		if (shown.layer != wanted->content_layer || shown.row.entry != wanted->content_entry)
			continue;
		struct operating_system *os = &inventory->os;
		os->id = row_field(&shown, OS_RELEASE_ID);
		os->id_like = row_field(&shown, OS_RELEASE_ID_LIKE);
		os->name = row_field(&shown, OS_RELEASE_NAME);
		os->version = row_field(&shown, OS_RELEASE_VERSION);
		os->version_id = row_field(&shown, OS_RELEASE_VERSION_ID);
		os->codename = row_field(&shown, OS_RELEASE_CODENAME);
		os->pretty_name = row_field(&shown, OS_RELEASE_PRETTY_NAME);
		os->path = slice_of(path);
		os->layer = inventory->image ? shown.layer : UINT32_MAX;
		return true;
	}
	return false;
}

/* "CentOS release 6.10 (Final)": which id the first word stands for. */
static const struct {
	const char *file;
	const char *begins;
	const char *id;
} legacy_names[] = {
	{ "alpine-release", "", "alpine" },        { "debian_version", "", "debian" },
	{ "centos-release", "CentOS", "centos" },  { "redhat-release", "CentOS", "centos" },
	{ "redhat-release", "Red Hat", "rhel" },   { "redhat-release", "AlmaLinux", "almalinux" },
	{ "redhat-release", "Rocky", "rocky" },    { "redhat-release", "Fedora", "fedora" },
	{ "system-release", "Amazon", "amzn" },    { "SuSE-release", "SUSE", "sles" },
};

static struct slice
first_number(struct slice text)
{
	while (text.n && (text.p[0] < '0' || text.p[0] > '9'))
		text = slice_from(text, 1);
	size_t n = 0;
	while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
		n++;
	return slice_first(text, n);
}

/* As their os-release would put it: "12.5" is Debian 12, "7.5.1804" CentOS 7. */
static struct slice
legacy_version(struct slice text, const char *id)
{
	struct slice number = first_number(text), major, minor;
	slice_cut(number, '.', &major, &minor);
	return strcmp(id, "debian") == 0 || strcmp(id, "centos") == 0 ? major : number;
}

static void
os_from_legacy(struct inventory *inventory)
{
	struct row_walk walk = { 0 };
	struct shown_row shown;
	while (inventory->os.id.n == 0 && inventory_next_row(inventory, ROW_OS_LEGACY, &walk, &shown)) {
		struct slice file = row_field(&shown, OS_LEGACY_FILE), text = row_field(&shown, OS_LEGACY_TEXT);
		for (size_t i = 0; i < sizeof legacy_names / sizeof *legacy_names; i++) {
			if (!slice_is(file, legacy_names[i].file) || !slice_starts(text, slice_of(legacy_names[i].begins)))
				continue;
			inventory->os.id = slice_of(legacy_names[i].id);
			inventory->os.version_id = legacy_version(text, legacy_names[i].id);
			inventory->os.pretty_name = text;
			inventory->os.path = path_in_arena(inventory->arena, shown.node);
			inventory->os.layer = inventory->image ? shown.layer : UINT32_MAX;
			break;
		}
	}
}

static bool
has_any(const struct inventory *inventory, const char *const *paths)
{
	while (*paths && tree_resolve(inventory->tree, slice_of(*paths)) == NULL)
		paths++;
	return *paths != NULL;
}

/* A release file counts even where it could not be read, and so do packages of a lower layer: only nothing is none. */
static bool
is_without_system(const struct resolver *r)
{
	static const char *const shells[] = { "bin/sh", "bin/bash", "bin/busybox", "usr/bin/sh", "usr/bin/bash", "usr/bin/busybox", NULL };
	static const char *const releases[] = { "etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version",
		                                "etc/redhat-release", "etc/centos-release", "etc/system-release", "etc/SuSE-release", NULL };
	const struct inventory *inventory = r->inventory;
	for (size_t i = 0; i < r->gaps.n; i++)
		if (slice_is(r->gaps.at[i].subject, "packages") || slice_is(r->gaps.at[i].subject, "layer"))
			return false;
	return inventory->os.id.n == 0 && r->packages.n == 0 && !has_any(inventory, shells) && !has_any(inventory, releases);
}

static void
resolve_os(struct resolver *r)
{
	struct inventory *inventory = r->inventory;
	struct operating_system *os = &inventory->os;
	os->support_end = DATE_NONE;
	if (!os_from_release(inventory, "/etc/os-release") && !os_from_release(inventory, "/usr/lib/os-release"))
		os_from_legacy(inventory);
	const struct os_support *support = os_support_find(os->id, os->version_id);
	if (support) {
		os->support_end = os_support_end(support);
		os->rolling = support->end == NULL;
		if (os->codename.n == 0 && support->codename)
			os->codename = slice_of(support->codename);
	}
	os->known = os->id.n && (os->version_id.n || os->rolling);
	os->none = is_without_system(r);
}

/* Packages. */

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
take_package(struct resolver *r, const struct shown_row *shown, struct plim_error *err)
{
	struct package *package = vec_push(&r->packages);
	if (package == NULL)
		return error_nomem(err);
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
		.path = database_path(r, shown->node),
		.layer = shown->layer,
	};
	return package->path.p ? 0 : error_nomem(err);
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

/* Everything that makes a package the same in another layer's copy of its database, as one key. */
static struct slice
package_key(struct arena *arena, struct slice path, struct slice name, struct slice version, struct slice arch)
{
	return arena_printf(arena, "%.*s%c%.*s%c%.*s%c%.*s", SLICE_ARG(path), 0, SLICE_ARG(name), 0, SLICE_ARG(version), 0, SLICE_ARG(arch));
}

/* What one layer says of the databases of the final tree; the keys of the maps live in `arena`. */
struct layer_lists {
	struct arena *arena;
	struct map packages;     /* package_key of each row */
	struct map replaced;     /* paths at which the layer puts, removes or hides something */
};

static int
list_packages(const struct block *block, struct layer_lists *lists, struct plim_error *err)
{
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		if (row.kind != ROW_PACKAGE)
			continue;
		struct slice key = package_key(lists->arena, block_entry_path(block, row.entry), block_field(block, &row, PACKAGE_NAME),
		                               block_field(block, &row, PACKAGE_VERSION), block_field(block, &row, PACKAGE_ARCH));
		void **place = key.p ? map_place(&lists->packages, key) : NULL;
		if (place == NULL)
			return error_nomem(err);
		*place = lists;
	}
	return 0;
}

/* A directory leaves what is below it; everything else at the path of a database, or above it, ends the database there. */
static int
list_replaced(const struct block *block, const struct map *of_interest, struct layer_lists *lists, struct plim_error *err)
{
	for (uint32_t i = 0; i < block_entry_count(block); i++) {
		struct slice path = block_entry_path(block, i);
		if (block_entry_type(block, i) == ENTRY_DIRECTORY || !map_find(of_interest, path))
			continue;
		void **place = map_place(&lists->replaced, path);
		if (place == NULL)
			return error_nomem(err);
		*place = lists;
	}
	return 0;
}

static bool
is_replaced(const struct layer_lists *lists, struct slice path)
{
	for (; path.n; path = path_dir(path))
		if (map_find(&lists->replaced, path))
			return true;
	return map_find(&lists->replaced, SLICE("")) != NULL;
}

static bool
is_listed(const struct layer_lists *lists, const struct package *package)
{
	struct slice key = package_key(lists->arena, slice_from(package->path, 1), package->name, package->version, package->arch);
	return key.p && map_find(&lists->packages, key);
}

/* A package goes back one layer as long as that layer's copy of the database lists it too; a layer that leaves it alone is passed. */
static int
trace_layer(struct resolver *r, uint32_t layer, const struct map *of_interest, bool *open, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct layer_lists lists = { .arena = arena };
	const struct block *block = r->inventory->blocks[layer];
	if (arena == NULL)
		return error_nomem(err);
	int failed = list_packages(block, &lists, err);
	if (failed == 0)
		failed = list_replaced(block, of_interest, &lists, err);
	for (size_t i = 0; failed == 0 && lists.replaced.n && i < r->packages.n; i++) {
		struct package *package = &r->packages.at[i];
		if (!open[i] || layer >= package->layer || !is_replaced(&lists, slice_from(package->path, 1)))
			continue;
		open[i] = is_listed(&lists, package);
		if (open[i])
			package->layer = layer;
	}
	map_done(&lists.packages);
	map_done(&lists.replaced);
	return failed;
}

/* The paths of the databases and of all directories above them. */
static int
paths_of_interest(const struct resolver *r, struct map *out, struct plim_error *err)
{
	for (size_t i = 0; i < r->packages.n; i++)
		for (struct slice path = slice_from(r->packages.at[i].path, 1);; path = path_dir(path)) {
			void **place = map_place(out, path.n ? path : SLICE(""));
			if (place == NULL)
				return error_nomem(err);
			if (*place || path.n == 0)
				break;
			*place = out;
		}
	return 0;
}

/* Most layers lie above the last copy of the database: nothing came from there. */
static bool
may_lead_to(const struct resolver *r, uint32_t layer, const bool *open)
{
	for (size_t i = 0; i < r->packages.n; i++)
		if (open[i] && layer < r->packages.at[i].layer)
			return true;
	return false;
}

static int
trace_layers(struct resolver *r, struct plim_error *err)
{
	AUTO(free) bool *open = malloc(r->packages.n + 1);
	AUTO(map) struct map of_interest = { 0 };
	if (open == NULL)
		return error_nomem(err);
	memset(open, true, r->packages.n + 1);
	int failed = paths_of_interest(r, &of_interest, err);
	for (uint32_t layer = (uint32_t)r->inventory->block_count; failed == 0 && layer-- > 0;) {
		/* Nobody knows what an unread layer did to them. */
		if (r->inventory->blocks[layer] == NULL)
			memset(open, false, r->packages.n + 1);
		else if (may_lead_to(r, layer, open))
			failed = trace_layer(r, layer, &of_interest, open, err);
	}
	return failed;
}

static const struct {
	const char *id;
	const char *namespace;
} purl_namespaces[] = { { "ol", "oracle" }, { "sles", "suse" }, { "rhel", "redhat" }, { "opensuse-leap", "opensuse" }, { "opensuse-tumbleweed", "opensuse" } };

static struct slice
purl_namespace(struct slice id)
{
	for (size_t i = 0; i < sizeof purl_namespaces / sizeof *purl_namespaces; i++)
		if (slice_is(id, purl_namespaces[i].id))
			return slice_of(purl_namespaces[i].namespace);
	return id;
}

static void
put_qualifier(struct strbuf *into, char *before, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	strbuf_putc(into, *before);
	strbuf_puts(into, name);
	strbuf_putc(into, '=');
	strbuf_put_percent(into, value, ":");
	*before = '&';
}

/* The purl specification leaves the colon as it is. */
static struct slice
package_purl(const struct inventory *inventory, const struct package *package)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(strbuf) struct strbuf distro = { 0 };
	struct slice version = package->version, head, tail;
	char before = '?';
	bool is_rpm = slice_is(package->type, "rpm");
	/* An rpm's epoch is a qualifier, a deb's is part of its version. */
	if (is_rpm && package->epoch.n && slice_cut(version, ':', &head, &tail))
		version = tail;
	strbuf_puts(&text, "pkg:");
	strbuf_put(&text, package->type);
	strbuf_putc(&text, '/');
	if (inventory->os.id.n) {
		strbuf_put_percent(&text, purl_namespace(inventory->os.id), ":");
		strbuf_putc(&text, '/');
		strbuf_put(&distro, inventory->os.id);
		strbuf_puts(&distro, inventory->os.version_id.n ? "-" : "");
		strbuf_put(&distro, inventory->os.version_id);
	}
	strbuf_put_percent(&text, package->name, ":");
	strbuf_putc(&text, '@');
	strbuf_put_percent(&text, version, ":");
	put_qualifier(&text, &before, "arch", package->arch);
	put_qualifier(&text, &before, "distro", distro.n ? strbuf_slice(&distro) : SLICE_NONE);
	if (is_rpm)
		put_qualifier(&text, &before, "epoch", package->epoch);
	return arena_dup(inventory->arena, strbuf_slice(&text));
}

static int
finish_packages(struct resolver *r, struct plim_error *err)
{
	struct inventory *inventory = r->inventory;
	if (r->packages.n)
		qsort(r->packages.at, r->packages.n, sizeof *r->packages.at, order_packages);
	inventory->packages = arena_make_array(inventory->arena, r->packages.n, struct package);
	if (inventory->packages == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < r->packages.n; i++) {
		struct package *package = &inventory->packages[i];
		*package = r->packages.at[i];
		package->purl = package_purl(inventory, package);
		if (inventory->image == NULL)
			package->layer = UINT32_MAX;
		if (package->purl.p == NULL)
			return error_nomem(err);
	}
	inventory->package_count = r->packages.n;
	return 0;
}

static int
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
	return failed < 0 ? failed : trace_layers(r, err);
}

/* What is missing as a whole. */

static bool
lists_type(const struct resolver *r, struct slice type)
{
	for (size_t i = 0; i < r->packages.n; i++)
		if (slice_eq(r->packages.at[i].type, type))
			return true;
	return false;
}

/* A database of a lower layer whose kind of packages the final image has none of was removed or emptied. */
static int
find_hidden(struct resolver *r, struct plim_error *err)
{
	AUTO(map) struct map told = { 0 };
	for (uint32_t i = 0; i < r->inventory->block_count; i++) {
		const struct block *block = r->inventory->blocks[i];
		for (uint32_t k = 0; block && k < block_row_count(block); k++) {
			struct row row = block_row(block, k);
			if (row.kind != ROW_PACKAGE)
				continue;
			struct slice type = block_field(block, &row, PACKAGE_TYPE), path = block_entry_path(block, row.entry);
			if (map_find(&told, path) || lists_type(r, type))
				continue;
			void **place = map_place(&told, path);
			struct slice whole = arena_printf(r->inventory->arena, "/%.*s", SLICE_ARG(path));
			if (place == NULL || whole.p == NULL)
				return error_nomem(err);
			*place = r;
			struct inventory_gap gap = { "hidden_database", whole, i, SLICE("packages"),
				                     SLICE("a package database of this layer is gone or emptied in the final image") };
			int failed = add_gap(r, gap, err);
			if (failed < 0)
				return failed;
		}
	}
	return 0;
}

static bool
keeps_packages(struct slice id)
{
	static const char *const ids[] = {
		"debian", "ubuntu", "alpine", "centos", "rhel", "fedora", "sles", "sled", "mariner", "azurelinux", "amzn", "rocky",
		"almalinux", "ol", "photon", "wolfi", "chainguard", "kali", "raspbian", "postmarketos",
	};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (slice_is(id, ids[i]))
			return true;
	return slice_starts(id, SLICE("opensuse"));
}

/* One reason is enough: a database that is unreadable or hidden was found, after all. */
static bool
has_package_gap(const struct resolver *r)
{
	for (size_t i = 0; i < r->gaps.n; i++)
		if (slice_is(r->gaps.at[i].subject, "packages"))
			return true;
	return false;
}

static int
find_missing(struct resolver *r, struct plim_error *err)
{
	const struct operating_system *os = &r->inventory->os;
	int failed = 0;
	if (!os->known && !os->none)
		failed = add_gap(r, (struct inventory_gap){ "os", os->path, UINT32_MAX, SLICE("os"), SLICE("the operating system could not be told") }, err);
	if (failed == 0 && r->packages.n == 0 && keeps_packages(os->id) && !has_package_gap(r))
		failed = add_gap(r, (struct inventory_gap){ "unreadable", SLICE_NONE, UINT32_MAX, SLICE("packages"),
		                                            SLICE("no package database was found") }, err);
	return failed;
}

static void
blocks_rest(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->block_count; i++)
		if (inventory->blocks[i])
			block_rest(inventory->blocks[i]);
}

/* Arrays for whoever asks for row 17: the tree's nodes, and each kind's rows. */
static int
list_nodes(struct inventory *inventory, struct plim_error *err)
{
	const struct node **nodes = arena_make_array(inventory->arena, tree_count(inventory->tree), const struct node *);
	if (nodes == NULL)
		return error_nomem(err);
	for (const struct node *node = tree_after(tree_root(inventory->tree)); node; node = tree_after(node))
		nodes[inventory->node_count++] = node;
	inventory->nodes = nodes;
	return 0;
}

/* The rows of all kinds in one walk: a layer may have very many. */
struct listing {
	VEC(struct shown_row) of[ROW_KIND_COUNT];
};

static void
auto_listing(struct listing *listing)
{
	for (size_t kind = 0; kind < ROW_KIND_COUNT; kind++)
		vec_done(&listing->of[kind]);
}

static int
list_layer(const struct inventory *inventory, uint32_t layer, struct listing *into, struct plim_error *err)
{
	const struct block *block = inventory->blocks[layer];
	const struct node **nodes = inventory->shown[layer].nodes;
	for (uint32_t i = 0; block && nodes && i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		/* An xattr may be of a hard link's own entry, which has no content: list_xattrs tells them apart. */
		if (row.kind >= ROW_KIND_COUNT || (nodes[row.entry] == NULL && row.kind != ROW_EXTENDED_ATTRIBUTE))
			continue;
		struct shown_row *at = vec_push(&into->of[row.kind]);
		if (at == NULL)
			return error_nomem(err);
		*at = (struct shown_row){ block, row, layer, nodes[row.entry] };
	}
	return 0;
}

static int
list_rows(struct inventory *inventory, struct plim_error *err)
{
	AUTO(listing) struct listing listing = { 0 };
	int r = 0;
	for (uint32_t layer = 0; r == 0 && layer < inventory->block_count; layer++)
		r = list_layer(inventory, layer, &listing, err);
	for (size_t kind = 0; r == 0 && kind < ROW_KIND_COUNT; kind++) {
		size_t n = listing.of[kind].n;
		struct shown_row *kept = arena_make_array(inventory->arena, n, struct shown_row);
		if (kept == NULL)
			return error_nomem(err);
		if (n)
			memcpy(kept, listing.of[kind].at, n * sizeof *kept);
		inventory->rows[kind] = (struct shown_rows){ kept, n };
	}
	if (r == 0)
		r = list_xattrs(inventory, err);
	return r < 0 ? r : list_config_files(inventory, err);
}

static int
index_files(struct inventory *inventory, struct plim_error *err)
{
	size_t n = inventory->node_count;
	int r = file_index_make(n, inventory->arena, &inventory->files, err);
	for (size_t at = 0; r == 0 && at < n; at += BLOCK_REST_ENTRIES) {
		size_t end = n - at < BLOCK_REST_ENTRIES ? n : at + BLOCK_REST_ENTRIES;
		file_index_fill(&inventory->files, inventory->tree, inventory->nodes, at, end);
		blocks_rest(inventory);
	}
	return r;
}

/* Whole blocks are walked through, of which little is looked at after. */
static int
squash(struct inventory *inventory, struct plim_error *err)
{
	blocks_rest(inventory);
	int r = tree_build(inventory->blocks, inventory->block_count, &inventory->tree, err);
	blocks_rest(inventory);
	if (r == 0)
		r = list_nodes(inventory, err);
	return r < 0 ? r : index_files(inventory, err);
}

static int
resolve(struct resolver *r, const char *const *layer_gaps, struct plim_error *err)
{
	struct inventory *inventory = r->inventory;
	int failed = note_shown(inventory, r->layers, err);
	if (failed < 0 || (failed = gather_gaps(r, layer_gaps, err)) < 0 || (failed = gather_dead_links(r, err)) < 0)
		return failed;
	if ((failed = gather_doubts(r, err)) < 0 || (failed = resolve_packages(r, err)) < 0)
		return failed;
	if ((failed = find_hidden(r, err)) < 0)
		return failed;
	resolve_os(r);
	if ((failed = find_missing(r, err)) < 0 || (failed = finish_packages(r, err)) < 0 || (failed = list_rows(inventory, err)) < 0)
		return failed;
	inventory->gaps = arena_make_array(inventory->arena, r->gaps.n, struct inventory_gap);
	if (inventory->gaps == NULL)
		return error_nomem(err);
	if (r->gaps.n)
		memcpy(inventory->gaps, r->gaps.at, r->gaps.n * sizeof *r->gaps.at);
	inventory->gap_count = r->gaps.n;
	return 0;
}

int
inventory_new(const struct image *image, const struct block *const *blocks, size_t block_count, const char *const *layer_gaps,
              struct inventory **out, struct plim_error *err)
{
	AUTO(inventory) struct inventory *inventory = calloc(1, sizeof *inventory);
	if (inventory == NULL || (inventory->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	const struct block **kept = arena_make_array(inventory->arena, block_count, const struct block *);
	inventory->shown = arena_make_array(inventory->arena, block_count, struct shown_entries);
	inventory->scratch = arena_make(inventory->arena, struct strbuf);
	if (kept == NULL || inventory->shown == NULL || inventory->scratch == NULL)
		return error_nomem(err);
	if (block_count)
		memcpy(kept, blocks, block_count * sizeof *kept);
	inventory->image = image;
	inventory->blocks = kept;
	inventory->block_count = block_count;
	int r = squash(inventory, err);
	if (r < 0)
		return r;
	struct resolver resolver = { .inventory = inventory, .layers = inventory->shown };
	r = resolve(&resolver, layer_gaps, err);
	vec_done(&resolver.packages);
	vec_done(&resolver.gaps);
	if (r == 0)
		*out = ptr_take(&inventory);
	return r;
}

void
inventory_free(struct inventory *inventory)
{
	if (inventory == NULL)
		return;
	tree_free(inventory->tree);
	if (inventory->scratch)
		strbuf_done(inventory->scratch);
	arena_free(inventory->arena);
	free(inventory);
}

enum origin
inventory_layer_origin(const struct inventory *inventory, uint32_t layer)
{
	if (inventory->base_layers == 0 || layer == UINT32_MAX)
		return ORIGIN_UNKNOWN;
	return layer < inventory->base_layers ? ORIGIN_BASE : ORIGIN_APPLICATION;
}

void
inventory_set_base(struct inventory *inventory, size_t layers)
{
	inventory->base_layers = layers;
	for (size_t i = 0; i < inventory->package_count; i++)
		inventory->packages[i].origin = inventory_layer_origin(inventory, inventory->packages[i].layer);
}

/* The roots of all catalogers that lead to bytes which no cataloger saw under that name. */
int
inventory_missed(const struct inventory *inventory, const struct missed_file **out, size_t *out_count, struct plim_error *err)
{
	VEC(struct missed_file) missed = { 0 };
	*out = NULL;
	*out_count = 0;
	for (const struct cataloger *const *c = catalogers; *c; c++)
		for (const char *const *root = (*c)->roots; root && *root; root++) {
			const struct node *node = tree_resolve(inventory->tree, slice_of(*root));
			if (node == NULL || node->content_entry == ENTRY_NONE)
				continue;
			struct entry entry = block_entry(inventory->blocks[node->content_layer], node->content_entry);
			if (entry.type != ENTRY_FILE || (entry.flags & ENTRY_EXTRACTED))
				continue;
			struct missed_file *file = vec_push(&missed);
			struct slice path = arena_printf(inventory->arena, "/%s", *root);
			if (file == NULL || path.p == NULL) {
				vec_done(&missed);
				return error_nomem(err);
			}
			*file = (struct missed_file){ node->content_layer, node->content_entry, path };
		}
	struct missed_file *kept = arena_make_array(inventory->arena, missed.n, struct missed_file);
	if (kept && missed.n)
		memcpy(kept, missed.at, missed.n * sizeof *kept);
	*out = kept;
	*out_count = missed.n;
	vec_done(&missed);
	return kept ? 0 : error_nomem(err);
}
