/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be read, and what is missing as a whole. */
#include "catalog/resolver.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"

int
add_gap(struct resolver *r, struct inventory_gap gap, struct plim_error *err)
{
	struct inventory_gap *at = vec_push(&r->gaps);
	if (at == NULL)
		return error_nomem(err);
	*at = gap;
	return 0;
}

static struct slice
subject_of(struct slice cataloger)
{
	if (cataloger.n == 0)
		return SLICE("layer");
	switch (cataloger_missing(cataloger)) {
	case MISSING_PACKAGES:
		return SLICE("packages");
	case MISSING_OWN:
		return cataloger;
	default:
		return SLICE("software");
	}
}

/* What a message is worth to a policy: a limit of ours, or something that is not readable as it stands. */
static const char *
gap_kind(struct slice message)
{
	return limit_is_named(message) ? "limit" : "unreadable";
}

/* ".pnp.data.json is not beside it": in another layer it may be, and speaks for itself. */
static bool
is_beside(const struct node *node, struct slice message)
{
	return slice_skip_end(&message, SLICE(NOT_BESIDE)) && tree_child(node->parent, slice_from(message, slice_find_last(message, ' ') + 1));
}

/* `node`: a name of the file, NULL where it is of the layer. */
static int
gap_of_name(struct resolver *r, uint32_t layer, const struct problem *problem, const struct node *node, struct plim_error *err)
{
	if (node && is_beside(node, problem->message))
		return 0;
	struct inventory_gap gap = {
		.kind = slice_is(problem->cataloger, "hidden_database") ? "hidden_database" : gap_kind(problem->message),
		.path = node ? path_in_arena(r->inventory->arena, node) : SLICE_NONE,
		.layer = r->inventory->image ? layer : UINT32_MAX,
		.subject = subject_of(problem->cataloger),
		.reason = problem->message,
	};
	return add_gap(r, gap, err);
}

static int
gap_of_problem(struct resolver *r, uint32_t layer, const struct problem *problem, struct plim_error *err)
{
	const struct node *node = problem->entry == ENTRY_NONE ? NULL : r->layers[layer].nodes[problem->entry];
	return node || problem->entry == ENTRY_NONE ? gap_of_name(r, layer, problem, node, err) : 0;
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
gaps_of_layers(struct resolver *r, const char *const *layer_gaps, struct plim_error *err)
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

/* The number of the first problem of each entry of the block, from 1; NULL without memory, or without problems. */
static uint32_t *
first_problems(const struct block *block, struct arena *arena)
{
	uint32_t n = block ? block_problem_count(block) : 0;
	uint32_t *first = n ? arena_make_array(arena, (size_t)block_entry_count(block) + 1, uint32_t) : NULL;
	for (uint32_t k = n; first && k > 0; k--) {
		uint32_t entry = block_problem(block, k - 1).entry;
		if (entry != ENTRY_NONE)
			first[entry] = k;
	}
	return first;
}

/* Whoever asks for a file by a further name has to find that something is wrong with it: the first problem says so, all are told of the first name. */
static int
gaps_of_further_names(struct resolver *r, struct plim_error *err)
{
	const struct inventory *inventory = r->inventory;
	AUTO(arena) struct arena *arena = arena_new(0);
	uint32_t **first = arena ? arena_make_array(arena, inventory->block_count + 1, uint32_t *) : NULL;
	if (first == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < inventory->block_count; i++)
		if ((first[i] = first_problems(inventory->blocks[i], arena)) == NULL && inventory->blocks[i] && block_problem_count(inventory->blocks[i]))
			return error_nomem(err);
	int failed = 0;
	for (const struct node *node = tree_root(inventory->tree); node && failed == 0; node = tree_after(node)) {
		uint32_t layer = node->content_layer, entry = node->content_entry;
		if (entry == ENTRY_NONE || first[layer] == NULL || first[layer][entry] == 0 || r->layers[layer].nodes[entry] == node)
			continue;
		struct problem problem = block_problem(inventory->blocks[layer], first[layer][entry] - 1);
		failed = gap_of_name(r, layer, &problem, node, err);
	}
	return failed;
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

int
gather_gaps(struct resolver *r, const char *const *layer_gaps, struct plim_error *err)
{
	int failed = gaps_of_layers(r, layer_gaps, err);
	if (failed == 0)
		failed = gaps_of_further_names(r, err);
	if (failed == 0)
		failed = gather_dead_links(r, err);
	return failed < 0 ? failed : gather_doubts(r, err);
}

/* What is missing as a whole. */

/* What was hidden, on its way: what is known of it already. */
struct hiding {
	struct resolver *r;
	size_t shown;          /* packages of the final image: hidden ones, found since, stand behind them */
	struct map types;      /* of packages: those that the final image has one of */
	struct map taken;      /* paths of databases */
	struct map told;       /* ... and of those of many files */
};

static void
auto_hiding(struct hiding *hiding)
{
	map_done(&hiding->types);
	map_done(&hiding->taken);
	map_done(&hiding->told);
}

static int
note(struct map *map, struct slice key, bool *first, struct plim_error *err)
{
	void **place = map_place(map, key);
	if (place == NULL)
		return error_nomem(err);
	*first = *place == NULL;
	*place = map;
	return 0;
}

static int
note_types(struct hiding *hiding, struct plim_error *err)
{
	bool first;
	int failed = 0;
	for (size_t i = 0; failed == 0 && i < hiding->shown; i++)
		if (package_type_is_system(hiding->r->packages.at[i].type))
			failed = note(&hiding->types, hiding->r->packages.at[i].type, &first, err);
	return failed;
}

/* Databases of a file for each package are one, by their folder. */
static struct slice
database_of(struct slice path)
{
	static const char *const folders[] = { "var/lib/dpkg/status.d", "var/lib/pacman/local", "var/db/pkg" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		struct slice rest = path;
		if (slice_skip(&rest, slice_of(folders[i])) && rest.n && rest.p[0] == '/')
			return slice_of(folders[i]);
	}
	return path;
}

static int
tell_hidden(struct resolver *r, uint32_t layer, struct slice path, struct plim_error *err)
{
	struct slice whole = arena_printf(r->inventory->arena, "/%.*s", SLICE_ARG(path));
	struct inventory_gap gap = { "hidden_database", whole, layer, SLICE("packages"),
		                     SLICE("a package database of this layer is gone or emptied in the final image") };
	return whole.p ? add_gap(r, gap, err) : error_nomem(err);
}

/* The rows of one database as its last layer has it, which are neighbours: `row` is the first of them. */
static int
take_hidden(struct resolver *r, uint32_t layer, uint32_t row, struct slice path, struct plim_error *err)
{
	const struct block *block = r->inventory->blocks[layer];
	struct row at = block_row(block, row);
	int failed = 0;
	for (uint32_t entry = at.entry; failed == 0 && at.entry == entry; at = block_row(block, row)) {
		if (at.kind == ROW_PACKAGE)
			failed = take_hidden_package(r, block, at, layer, path, err);
		if (++row == block_row_count(block))
			break;
	}
	return failed;
}

/* A database of a lower layer whose kind of packages the final image has none of was removed or emptied. */
static int
find_hidden_at(struct hiding *hiding, uint32_t layer, uint32_t at, struct plim_error *err)
{
	const struct block *block = hiding->r->inventory->blocks[layer];
	struct row row = block_row(block, at);
	if (row.kind != ROW_PACKAGE)
		return 0;
	struct slice type = block_field(block, &row, PACKAGE_TYPE), path = block_entry_path(block, row.entry), database = database_of(path);
	if (!package_type_is_system(type) || map_find(&hiding->taken, path) || map_find(&hiding->types, type))
		return 0;
	struct slice whole = arena_printf(hiding->r->inventory->arena, "/%.*s", SLICE_ARG(path));
	bool first = false;
	int failed = whole.p ? note(&hiding->taken, path, &first, err) : error_nomem(err);
	if (failed == 0)
		failed = note(&hiding->told, database, &first, err);
	if (failed == 0 && first)
		failed = tell_hidden(hiding->r, layer, database, err);
	return failed < 0 ? failed : take_hidden(hiding->r, layer, at, whole, err);
}

/* From the top down: what its last copy lists was there until then. */
int
find_hidden(struct resolver *r, struct plim_error *err)
{
	AUTO(hiding) struct hiding hiding = { .r = r, .shown = r->packages.n };
	int failed = note_types(&hiding, err);
	for (uint32_t layer = (uint32_t)r->inventory->block_count; failed == 0 && layer-- > 0;) {
		const struct block *block = r->inventory->blocks[layer];
		for (uint32_t k = 0; block && failed == 0 && k < block_row_count(block); k++)
			failed = find_hidden_at(&hiding, layer, k, err);
	}
	return failed;
}

static bool
keeps_packages(struct slice id)
{
	static const char *const ids[] = {
		"debian", "ubuntu", "alpine", "centos", "rhel", "fedora", "sles", "sled", "mariner", "azurelinux", "amzn", "rocky",
		"almalinux", "ol", "photon", "wolfi", "chainguard", "kali", "raspbian", "postmarketos", "minimos", "openEuler", "mageia",
		"arch", "archarm", "alpaquita", "manjaro", "endeavouros", "artix", "cachyos", "gentoo", "void", "openwrt", "bottlerocket", "sle-micro", "sl-micro",
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

bool
has_system_package(const struct resolver *r)
{
	for (size_t i = 0; i < r->packages.n; i++)
		if (package_type_is_system(r->packages.at[i].type))
			return true;
	return false;
}

int
find_missing(struct resolver *r, struct plim_error *err)
{
	const struct operating_system *os = &r->inventory->os;
	int failed = 0;
	if (!os->known && !os->none)
		failed = add_gap(r, (struct inventory_gap){ "os", os->path, UINT32_MAX, SLICE("os"), SLICE("the operating system could not be told") }, err);
	if (failed == 0 && !has_system_package(r) && keeps_packages(os->id) && !has_package_gap(r))
		failed = add_gap(r, (struct inventory_gap){ "unreadable", SLICE_NONE, UINT32_MAX, SLICE("packages"),
		                                            SLICE("no package database was found") }, err);
	return failed;
}
