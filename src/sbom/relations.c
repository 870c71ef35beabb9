/* SPDX-License-Identifier: Apache-2.0 */
/* Which package needs which: declared names, and where the package so called is. */
#include "sbom/sbom.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"

struct finding_relations {
	const struct inventory *inventory;
	VEC(size_t) to;
	uint64_t steps;
};

static int
compare_name(const struct package *package, struct slice type, struct slice name)
{
	int order = slice_cmp(package->type, type);
	return order ? order : slice_cmp(package->name, name);
}

/* Packages are sorted by type and name: the first of that name, or where it would be. */
static size_t
first_named(const struct inventory *inventory, struct slice type, struct slice name)
{
	size_t low = 0, high = inventory->package_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_name(&inventory->packages[middle], type, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct slice
place_of(const struct package *package)
{
	return package->root.n ? package->root : path_dir(package->path);
}

/* How many bytes of whole directories two places share. */
static size_t
shared(struct slice a, struct slice b)
{
	size_t n = 0, whole = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n]) {
		n++;
		if (a.p[n - 1] == '/')
			whole = n;
	}
	bool ends = (n == a.n || a.p[n] == '/') && (n == b.n || b.p[n] == '/');
	return ends ? n : whole;
}

/*
 * Node looks in node_modules of the package itself, then of each directory above it: a candidate that is found so is nearer than any
 * that only lies close.
 */
static bool
is_found_by_node(const struct package *from, const struct package *candidate)
{
	struct slice above = place_of(candidate);
	if (!slice_skip_end(&above, candidate->name) || !slice_skip_end(&above, SLICE("/node_modules/")))
		return false;
	struct slice rest = place_of(from);
	return slice_skip(&rest, above) && (rest.n == 0 || rest.p[0] == '/');
}

static size_t
nearness(const struct package *from, const struct package *candidate)
{
	size_t near = shared(place_of(from), place_of(candidate));
	if (slice_is(from->type, "npm") && is_found_by_node(from, candidate))
		near += (size_t)1 << 32;
	return near + (slice_eq(from->file, candidate->file) ? (size_t)1 << 16 : 0);
}

static size_t
nearest(struct finding_relations *finding, const struct package *from, struct slice name)
{
	const struct inventory *inventory = finding->inventory;
	size_t best = SIZE_MAX, most = 0;
	for (size_t i = first_named(inventory, from->type, name); i < inventory->package_count; i++) {
		const struct package *candidate = &inventory->packages[i];
		if (compare_name(candidate, from->type, name) != 0 || ++finding->steps > LIMIT_SBOM_STEP_COUNT)
			break;
		size_t near = nearness(from, candidate) + 1;
		if (candidate->scope != from->scope || candidate == from || near <= most)
			continue;
		best = i;
		most = near;
	}
	return best;
}

static bool
is_there(const struct finding_relations *finding, size_t first, size_t at)
{
	for (size_t i = first; i < finding->to.n; i++)
		if (finding->to.at[i] == at)
			return true;
	return false;
}

static int
find_of(struct finding_relations *finding, const struct package *from, struct plim_error *err)
{
	struct slice rest = from->dependencies, name;
	size_t first = finding->to.n;
	while (slice_next(&rest, '\n', &name) && finding->steps <= LIMIT_SBOM_STEP_COUNT) {
		size_t at = name.n ? nearest(finding, from, name) : SIZE_MAX;
		finding->steps += 1 + finding->to.n - first;
		if (at == SIZE_MAX || is_there(finding, first, at))
			continue;
		size_t *place = vec_push(&finding->to);
		if (place == NULL)
			return error_nomem(err);
		*place = at;
	}
	return 0;
}

int
sbom_relations_find(const struct inventory *inventory, struct arena *arena, struct sbom_relations *out, struct plim_error *err)
{
	struct finding_relations finding = { .inventory = inventory };
	int r = 0;
	*out = (struct sbom_relations){ .arena = arena, .first = arena_make_array(arena, inventory->package_count + 1, size_t) };
	if (out->first == NULL)
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < inventory->package_count; i++) {
		out->first[i] = finding.to.n;
		r = find_of(&finding, &inventory->packages[i], err);
	}
	out->first[inventory->package_count] = finding.to.n;
	out->whole = finding.steps <= LIMIT_SBOM_STEP_COUNT;
	out->to = arena_make_array(arena, finding.to.n + 1, size_t);
	if (out->to && finding.to.n)
		memcpy(out->to, finding.to.at, finding.to.n * sizeof *out->to);
	vec_done(&finding.to);
	return r < 0 ? r : out->to ? 0 : error_nomem(err);
}
