/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a policy's components: what must be there, at which version, and what may not. */
#include "policy/read_components.h"

#include "base/error.h"
#include "base/glob.h"
#include "policy/terms.h"
#include "version/range.h"

/* "pkg:deb/debian/openssl": a version or qualifiers would be another word for what the other keys say. */
static int
purl_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice *purl = into;
	int r = text_read(in, node, purl, err);
	if (r < 0)
		return r;
	if (!slice_starts(*purl, SLICE("pkg:")) || slice_find(*purl, '/') == SIZE_MAX || slice_find(slice_from(*purl, 4), '@') != SIZE_MAX ||
	    slice_find(*purl, '#') != SIZE_MAX)
		return yaml_error(in->doc, node, err, "a package URL without version is needed here, as pkg:deb/debian/openssl");
	return 0;
}

#define COMPONENT_FIELDS                                                  \
	{ "name", text_read, offsetof(struct component, name), false },   \
	{ "purl", purl_read, offsetof(struct component, purl), false },   \
	{ "type", text_read, offsetof(struct component, type), false },   \
	{ "reason", text_read, offsetof(struct component, reason), false }

/* "openssl" or "PyPI:requests" */
static int
upstream_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice *upstream = into, ecosystem, name;
	int r = text_read(in, node, upstream, err);
	if (r == 0 && slice_cut(*upstream, ':', &ecosystem, &name) && (ecosystem.n == 0 || name.n == 0))
		return yaml_error(in->doc, node, err, "a name is needed here, or an ecosystem and a name, as PyPI:requests");
	return r;
}

static const struct field minimum_fields[] = {
	COMPONENT_FIELDS,
	TERMS(struct component, terms),
	{ "version", text_read, offsetof(struct component, version), true },
	{ "upstream", upstream_read, offsetof(struct component, upstream), false },
	{ 0 },
};

static int
versions_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice rest;
	struct version_bound bound;
	int r = text_read(in, node, into, err);
	if (r < 0)
		return r;
	for (rest = *(struct slice *)into; version_bound_next(&rest, &bound);)
		;
	return rest.n == 0 ? 0 : yaml_error(in->doc, node, err, "a range of versions is needed here, as '>=2.0, <2.17.1'");
}

static int
digest_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct digest *digest = into;
	if (node->kind != YAML_SCALAR || !digest_parse(node->text, digest) || digest->algorithm != DIGEST_SHA256)
		return yaml_error(in->doc, node, err, "a SHA-256 digest is needed here, as sha256: and 64 hexadecimal digits");
	((struct policy *)in->context)->hashing = HASH_EVERYTHING;
	return 0;
}

static int
path_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct slice *path = into;
	int r = text_read(in, node, path, err);
	if (r == 0 && !slice_starts(*path, SLICE("/")))
		return yaml_error(in->doc, node, err, "an absolute path is needed here");
	return r;
}

#define PRESENCE_FIELDS                                                       \
	COMPONENT_FIELDS,                                                     \
	{ "versions", versions_read, offsetof(struct component, versions), false }, \
	{ "digest", digest_read, offsetof(struct component, digest), false }, \
	{ "path", path_read, offsetof(struct component, path), false }

static const struct field forbidden_fields[] = { PRESENCE_FIELDS, TERMS(struct component, terms), { 0 } };
static const struct field required_fields[] = { PRESENCE_FIELDS, IMAGE_TERMS(struct component, terms), { 0 } };

/* One of the two; what messages call it is its name. */
static int
component_check(struct reading *in, const struct yaml_node *node, struct component *component, struct plim_error *err)
{
	if ((component->name.n > 0) == (component->purl.n > 0))
		return yaml_error(in->doc, node, err, "a component needs either the key 'name' or the key 'purl'");
	if (component->purl.n > 0)
		component->name = component->purl;
	return 0;
}

static int
minimum_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	*(struct component *)into = (struct component){ .terms = plain_terms };
	int r = fields_read(in, node, "a minimum version", minimum_fields, into, err);
	if (r == 0)
		r = component_check(in, node, into, err);
	if (r == 0 && glob_is_pattern(((struct component *)into)->name))
		return yaml_error(in->doc, node, err, "a minimum version is for one package by its exact name");
	return r;
}

static int
file_check(struct reading *in, const struct yaml_node *node, struct component *component, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	if (component->type.n || component->versions.n)
		return yaml_error(in->doc, node, err, "a file has neither 'type' nor 'versions'");
	component->name = component->path;
	if (component->digest.algorithm != DIGEST_NONE)
		component->name = arena_dup(in->arena, slice_of(digest_text(&component->digest, text)));
	return component->name.p ? 0 : error_nomem(err);
}

/* One of all that a component may be known by; what messages call it is its name. */
static int
presence_check(struct reading *in, const struct yaml_node *node, struct component *component, struct plim_error *err)
{
	bool is_file = component->digest.algorithm != DIGEST_NONE || component->path.n > 0;
	if ((component->name.n > 0) + (component->purl.n > 0) + is_file != 1)
		return yaml_error(in->doc, node, err,
		                  "a component needs one of the keys 'name', 'purl', 'digest' and 'path'; 'path' may stand beside 'digest'");
	return is_file ? file_check(in, node, component, err) : component_check(in, node, component, err);
}

static int
named_read(struct reading *in, const struct yaml_node *node, const struct field *fields, struct component *out, struct plim_error *err)
{
	*out = (struct component){ .terms = plain_terms };
	int r = fields_read(in, node, "a component", fields, out, err);
	return r < 0 ? r : presence_check(in, node, out, err);
}

static int
forbidden_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return named_read(in, node, forbidden_fields, into, err);
}

static int
required_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return named_read(in, node, required_fields, into, err);
}

/* Into a place that is a pointer and a count. */
static int
component_list_read(struct reading *in, const struct yaml_node *node, field_fn *item, void *into, struct plim_error *err)
{
	return list_read(in, node, sizeof(struct component), item, into, err);
}

static int
minimum_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return component_list_read(in, node, minimum_read, into, err);
}

static int
forbidden_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return component_list_read(in, node, forbidden_read, into, err);
}

static int
required_list_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	return component_list_read(in, node, required_read, into, err);
}

static int
most_files_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	uint64_t most;
	if (node->kind != YAML_SCALAR || !slice_to_u64(node->text, 10, &most) || most > INT32_MAX)
		return yaml_error(in->doc, node, err, "a number of files is needed here");
	*(int64_t *)into = (int64_t)most;
	return 0;
}

static const struct field unaccounted_fields[] = {
	{ "is", most_files_read, offsetof(struct unaccounted_demand, most), true },
	{ "allow", some_texts_read, offsetof(struct unaccounted_demand, allow), false },
	TERMS(struct unaccounted_demand, terms),
	{ 0 },
};

/* A number, or a mapping with more to say. */
static int
unaccounted_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct unaccounted_demand *demand = into;
	*demand = (struct unaccounted_demand){ .set = true, .terms = plain_terms };
	if (node->kind == YAML_MAPPING)
		return fields_read(in, node, "a demand", unaccounted_fields, demand, err);
	return most_files_read(in, node, &demand->most, err);
}

static const struct field components_fields[] = {
	{ "unaccounted", unaccounted_read, offsetof(struct policy, unaccounted), false },
	{ "minimum", minimum_list_read, offsetof(struct policy, minimum), false },
	{ "forbidden", forbidden_list_read, offsetof(struct policy, forbidden), false },
	{ "required", required_list_read, offsetof(struct policy, required), false },
	{ 0 },
};

int
components_read(struct reading *in, const struct yaml_node *node, struct policy *policy, struct plim_error *err)
{
	return fields_read(in, node, "components", components_fields, policy, err);
}
