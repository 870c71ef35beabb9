/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PHP Security Advisories Database (https://github.com/FriendsOfPHP/security-advisories): VENDOR/PACKAGE/ID.yaml says for each branch
 * which versions are vulnerable, and when the fix was published.
 */
#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "advisory/interval.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/yaml.h"

/* ">=2.0" begins with what composer calls 2.0-dev: the pre-releases have it too. */
static struct slice
with_previews(enum version_relation relation, struct slice version, struct arena *arena)
{
	bool whole = relation == VERSION_GREATER_EQUAL && slice_find(version, '-') == SIZE_MAX;
	return whole ? arena_printf(arena, "%.*s-dev", SLICE_ARG(version)) : version;
}

/* Bounds that must all hold; the version that an upper one leaves out is the first without the vulnerability. */
static int
take_versions(const struct yaml_node *list, struct arena *arena, struct affected *out, struct plim_error *err)
{
	struct interval all = { .low = SLICE("0") }, one;
	struct intervals vulnerable = { &all, 1, version_composer.compare }, none = { .compare = version_composer.compare };
	for (size_t i = 0; i < list->n; i++) {
		struct slice text = list->items[i]->kind == YAML_SCALAR ? slice_trim(list->items[i]->text) : SLICE_NONE;
		enum version_relation relation = version_sign_take(&text, version_signs_plain);
		text = with_previews(relation, slice_trim(text), arena);
		if (!interval_of_bound(relation, text, &one) || version_composer.check(text, err) < 0)
			return error_set(err, PLIM_EFORMAT, "line %u: no bound that can be read", list->items[i]->line);
		all = interval_both(all, &one, version_composer.compare);
	}
	all.mends = true;
	return intervals_left(&vulnerable, &none, arena, out, err);
}

static int
take_branch(const struct yaml_node *branch, struct slice package, struct arena *arena, struct affected *out, struct plim_error *err)
{
	const struct yaml_node *versions = yaml_get(branch, "versions");
	*out = (struct affected){ .ecosystem = SLICE("Packagist"), .package = package, .state = MATCH_FIXED, .fix_known = DATE_NONE };
	if (versions == NULL || versions->kind != YAML_SEQUENCE)
		return error_set(err, PLIM_EFORMAT, "a branch without a list of versions");
	date_parse(feed_yaml_text(branch, "time"), &out->fix_known);
	return take_versions(versions, arena, out, err);
}

static int
take_branches(const struct yaml_node *root, struct slice package, struct arena *arena, struct advisory *out, struct plim_error *err)
{
	const struct yaml_node *branches = yaml_get(root, "branches");
	size_t n = branches && branches->kind == YAML_MAPPING ? branches->n : 0;
	struct affected *affected = arena_make_array(arena, n + 1, struct affected);
	int r = affected == NULL ? error_nomem(err) : n == 0 ? error_set(err, PLIM_EFORMAT, "no branches") : 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = take_branch(branches->items[i], package, arena, &affected[i], err);
		if (r == 0 && affected[i].fix_known != DATE_NONE && (out->published == DATE_NONE || affected[i].fix_known < out->published))
			out->published = affected[i].fix_known;
	}
	out->affected = affected;
	out->affected_count = n;
	return r;
}

/* Those that have no CVE are called as their files are. */
static struct slice
id_of(const struct yaml_node *root, struct slice package, struct slice file, struct arena *arena)
{
	struct slice cve = feed_yaml_text(root, "cve");
	slice_skip_end(&file, SLICE(".yaml"));
	return slice_starts(cve, SLICE("CVE-")) ? cve : arena_printf(arena, "%.*s/%.*s", SLICE_ARG(package), SLICE_ARG(file));
}

static int
bid(const struct feed_file *file)
{
	bool shaped = slice_find_text(file->bytes, SLICE("composer://")) != SIZE_MAX && slice_find_text(file->bytes, SLICE("branches:")) != SIZE_MAX;
	return shaped && slice_ends(file->name, SLICE(".yaml")) ? 40 : 0;
}

static int
read_friendsofphp(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct yaml_document *document;
	struct advisory advisory = { .published = DATE_NONE, .modified = DATE_NONE };
	out->name = SLICE("friendsofphp");
	int r = feed_yaml(file, arena, &document, err);
	if (r < 0)
		return r;
	struct slice package = feed_yaml_text(document->root, "reference");
	if (!slice_skip(&package, SLICE("composer://")) || package.n == 0)
		return error_set(err, PLIM_EFORMAT, "no reference to a package of composer");
	package = ecosystem_package_name(SLICE("Packagist"), package, arena);
	advisory.id = id_of(document->root, package, path_base(file->name), arena);
	if (package.p == NULL || advisory.id.p == NULL)
		return error_nomem(err);
	advisory.title = feed_yaml_text(document->root, "title");
	advisory.url = feed_yaml_text(document->root, "link");
	if ((r = take_branches(document->root, package, arena, &advisory, err)) < 0)
		return r;
	out->records = 1;
	out->snapshot = advisory.published;
	return builder_advisory(builder, &advisory, err);
}

/* Of Packagist it names many packages, and does not say that it has all that are vulnerable. */
static bool
is_yaml(struct slice name)
{
	return slice_ends(name, SLICE(".yaml"));
}

const struct feed feed_friendsofphp = {
	.format = "friendsofphp", .bid = bid, .read = read_friendsofphp, .joins = true, .is_document = is_yaml, .depth = 2,
};
