/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSAF 2.0 and 2.1, the profile csaf_vex.  Products are named by ids that the
 * product tree explains: in its branches, its list of full names, and as
 * components of others.
 */
#include "vex/statement.h"

#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"

#include <inttypes.h>

/* A product by its id.  One that is part of another has that as its product and itself as a component. */
struct product {
	struct vex_thing thing;
	struct slice within, component;    /* ids; absent unless it is a relationship's */
};

struct reading {
	struct arena *arena;
	struct vex_document *out;
	struct map products;       /* by id, to struct product */
	struct map groups;         /* by id, to the list of its products' ids: struct json */
	size_t count, steps;
	struct arena *scratch;     /* what is told of products, one vulnerability after another */
};

static void
auto_reading(struct reading *in)
{
	arena_free(in->scratch);
	map_done(&in->products);
	map_done(&in->groups);
}

/* product tree */

static int
product_place(struct reading *in, struct slice id, struct product **out, struct plim_error *err)
{
	if (id.n == 0)
		return error_set(err, PLIM_EFORMAT, "a product without its id");
	void **place = map_place(&in->products, id);
	if (place == NULL)
		return error_nomem(err);
	if ((*out = *place) != NULL)
		return 0;
	if (in->count++ == LIMIT_VEX_STATEMENT_COUNT)
		return error_set(err, PLIM_ELIMIT, "more products than limit VEX_STATEMENT_COUNT (%" PRIu64 ")", LIMIT_VEX_STATEMENT_COUNT);
	*out = *place = arena_make(in->arena, struct product);
	return *out ? 0 : error_nomem(err);
}

/* 2.1 has a list of purls, which are names of one thing. */
static struct slice
purl_of(const struct json *helper, size_t at)
{
	const struct json *list = json_get(helper, "purls");
	if (list)
		return json_string(json_item(list, at));
	return at == 0 ? json_get_string(helper, "purl") : SLICE_NONE;
}

static struct slice
sha256_of(const struct json *helper)
{
	const struct json *hashes = json_item(json_get(json_item(json_get(helper, "hashes"), 0), "file_hashes"), 0);
	return slice_is(json_get_string(hashes, "algorithm"), "sha256") ? json_get_string(hashes, "value") : SLICE_NONE;
}

/* "4.2", "v4.2": where publishers of packages write "389-ds-base" the purl has it too. */
static bool
is_version(struct slice name, struct slice purl)
{
	struct slice digits = name;
	slice_skip(&digits, SLICE("v"));
	return digits.n && digits.p[0] >= '0' && digits.p[0] <= '9' && slice_find(name, '/') == SIZE_MAX && slice_find_text(purl, name) == SIZE_MAX;
}

/* What bounds it beside its purl: a version that this lacks, a range.  One that is of VERS is understood, any other is not. */
static int
bound_read(struct reading *in, const struct json *branch, struct vex_thing *out, struct plim_error *err)
{
	struct slice name = json_get_string(branch, "name"), category = json_get_string(branch, "category"), range = SLICE_NONE;
	bool ranges = slice_is(category, "product_version_range");
	if (slice_is(category, "product_version") && out->purl.n && !vex_purl_has_version(out->purl) && is_version(name, out->purl))
		range = name;
	else if (ranges && slice_starts(name, SLICE("vers:")))
		range = name;
	out->unclear = ranges && range.n == 0;
	return vex_keep(in->arena, range, &out->range) ? 0 : error_nomem(err);
}

static int
thing_read(struct reading *in, const struct json *product, const struct json *branch, struct vex_thing *out, struct plim_error *err)
{
	const struct json *helper = json_get(product, "product_identification_helper");
	struct slice purl = purl_of(helper, 0);
	bool kept = vex_keep(in->arena, purl, &out->purl) && vex_keep(in->arena, purl_of(helper, 1), &out->also) &&
	            vex_keep(in->arena, sha256_of(helper), &out->sha256) &&
	            vex_keep(in->arena, purl.n ? SLICE_NONE : json_get_string(helper, "cpe"), &out->cpe) &&
	            vex_keep(in->arena, purl.n ? SLICE_NONE : json_get_string(product, "name"), &out->name);
	return kept ? bound_read(in, branch, out, err) : error_nomem(err);
}

static bool
thing_eq(const struct vex_thing *a, const struct vex_thing *b)
{
	return slice_eq(a->purl, b->purl) && slice_eq(a->also, b->also) && slice_eq(a->sha256, b->sha256) && slice_eq(a->cpe, b->cpe) &&
	       slice_eq(a->range, b->range) && slice_eq(a->name, b->name) && a->unclear == b->unclear;
}

/* The format forbids an id twice, publishers write it: where both mean the same, nothing is lost. */
static int
product_read(struct reading *in, const struct json *product, const struct json *branch, struct plim_error *err)
{
	struct slice id = json_get_string(product, "product_id");
	struct vex_thing thing = { 0 };
	struct product *kept;
	size_t before = in->count;
	int r = product_place(in, id, &kept, err);
	if (r < 0 || (r = thing_read(in, product, branch, &thing, err)) < 0)
		return r;
	if (in->count == before && !thing_eq(&kept->thing, &thing))
		return error_set(err, PLIM_EFORMAT, "two products have the id '%.*s'", SLICE_ARG(slice_first(id, 100)));
	kept->thing = thing;
	return 0;
}

/* As deep as a document may be. */
static int
branches_read(struct reading *in, const struct json *parent, struct plim_error *err)
{
	const struct json *branches;
	int r = vex_list(parent, "branches", &branches, err);
	for (size_t i = 0; r == 0 && branches && i < branches->n; i++) {
		const struct json *branch = &branches->items[i], *product = json_get(branch, "product");
		if (product)
			r = product_read(in, product, branch, err);
		if (r == 0)
			r = branches_read(in, branch, err);
	}
	return r;
}

static int
names_read(struct reading *in, const struct json *tree, struct plim_error *err)
{
	const struct json *names;
	int r = vex_list(tree, "full_product_names", &names, err);
	for (size_t i = 0; r == 0 && names && i < names->n; i++)
		r = product_read(in, &names->items[i], NULL, err);
	return r;
}

/* 2.1 may give the component a path of several. */
static int
relationships_read(struct reading *in, const struct json *tree, struct plim_error *err)
{
	const struct json *list;
	int r = vex_list(tree, "relationships", &list, err);
	for (size_t i = 0; r == 0 && list && i < list->n; i++) {
		const struct json *relation = &list->items[i], *whole = json_get(relation, "full_product_name");
		struct product *kept;
		if ((r = product_read(in, whole, NULL, err)) < 0)
			return r;
		kept = map_find(&in->products, json_get_string(whole, "product_id"));
		struct slice component = json_get_string(relation, "product_reference"), within = json_get_string(relation, "relates_to_product_reference");
		if (component.n == 0 || within.n == 0)
			return error_set(err, PLIM_EFORMAT, "relationships[%zu]: a product is missing", i);
		if (kept->component.p && (!slice_eq(kept->component, component) || !slice_eq(kept->within, within)))
			return error_set(err, PLIM_EFORMAT, "relationships[%zu]: its product is made of others elsewhere", i);
		kept->component = component;
		kept->within = within;
	}
	return r;
}

static int
groups_read(struct reading *in, const struct json *tree, struct plim_error *err)
{
	const struct json *groups, *ids;
	int r = vex_list(tree, "product_groups", &groups, err);
	for (size_t i = 0; r == 0 && groups && i < groups->n; i++) {
		void **place = map_place(&in->groups, json_get_string(&groups->items[i], "group_id"));
		if (place == NULL)
			return error_nomem(err);
		r = vex_list(&groups->items[i], "product_ids", &ids, err);
		*place = (void *)ids;
	}
	return r;
}

static int
tree_read(struct reading *in, const struct json *tree, struct plim_error *err)
{
	int r = branches_read(in, tree, err);
	if (r == 0)
		r = names_read(in, tree, err);
	if (r == 0)
		r = relationships_read(in, tree, err);
	return r < 0 ? r : groups_read(in, tree, err);
}

/* vulnerabilities */

/* What is said of one product beside its status: the first of each kind counts. */
enum said { SAID_FLAG, SAID_IMPACT, SAID_ACTION, SAID_COUNT };

static const struct {
	const char *list, *category, *text;
} said_keys[SAID_COUNT] = {
	[SAID_FLAG] = { "flags", NULL, "label" },
	[SAID_IMPACT] = { "threats", "impact", "details" },
	[SAID_ACTION] = { "remediations", NULL, "details" },
};

struct words {
	struct slice text[SAID_COUNT];
};

/* Of one vulnerability: by product's id, and of those that name no product. */
struct remarks {
	struct map of;
	struct words all;
};

static void
auto_remarks(struct remarks *remarks)
{
	map_done(&remarks->of);
}

static int
remark_ids(struct reading *in, struct remarks *remarks, const struct json *ids, enum said said, struct slice text, struct plim_error *err)
{
	for (size_t i = 0; ids && i < ids->n; i++) {
		void **place = map_place(&remarks->of, json_string(json_item(ids, i)));
		if (in->steps++ == LIMIT_VEX_STEP_COUNT)
			return error_set(err, PLIM_ELIMIT, "more products named than limit VEX_STEP_COUNT (%" PRIu64 ")", LIMIT_VEX_STEP_COUNT);
		if (place && *place == NULL)
			*place = arena_make(in->scratch, struct words);
		struct words *words = place ? *place : NULL;
		if (words == NULL)
			return error_nomem(err);
		if (words->text[said].p == NULL)
			words->text[said] = text;
	}
	return 0;
}

/* Products stand in it by their ids or those of groups; one that names none is about all. */
static int
remark_read(struct reading *in, struct remarks *remarks, const struct json *entry, enum said said, struct plim_error *err)
{
	const struct json *groups = json_get(entry, "group_ids"), *ids = json_get(entry, "product_ids");
	struct slice text = json_get_string(entry, said_keys[said].text);
	if (groups == NULL && ids == NULL && remarks->all.text[said].p == NULL)
		remarks->all.text[said] = text;
	int r = remark_ids(in, remarks, ids, said, text, err);
	for (size_t i = 0; r == 0 && groups && i < groups->n; i++)
		r = remark_ids(in, remarks, map_find(&in->groups, json_string(json_item(groups, i))), said, text, err);
	return r;
}

static int
remarks_read(struct reading *in, const struct json *vulnerability, struct remarks *remarks, struct plim_error *err)
{
	int r = 0;
	for (enum said said = 0; r == 0 && said < SAID_COUNT; said++) {
		const char *category = said_keys[said].category;
		const struct json *list;
		r = vex_list(vulnerability, said_keys[said].list, &list, err);
		for (size_t i = 0; r == 0 && list && i < list->n; i++)
			if (category == NULL || slice_is(json_get_string(&list->items[i], "category"), category))
				r = remark_read(in, remarks, &list->items[i], said, err);
	}
	return r;
}

static int
words_read(const struct reading *in, const struct remarks *remarks, struct slice id, struct vex_statement *out, struct plim_error *err)
{
	static const struct words none;
	const struct words *own = map_find(&remarks->of, id);
	struct slice *const places[SAID_COUNT] = { [SAID_FLAG] = &out->justification, [SAID_IMPACT] = &out->impact, [SAID_ACTION] = &out->action };
	if (own == NULL)
		own = &none;
	for (enum said said = 0; said < SAID_COUNT; said++)
		if (!vex_keep(in->arena, own->text[said].n ? own->text[said] : remarks->all.text[said], places[said]))
			return error_nomem(err);
	out->time = in->out->updated != DATE_NONE ? in->out->updated : in->out->issued;
	return 0;
}

static bool
is_known(const struct vex_thing *thing)
{
	return thing->purl.n || thing->sha256.n || thing->cpe.n || thing->unclear;
}

/* Another name of it: all of them must fit, of which a thing has room for two. */
static void
name_again(struct vex_thing *thing, const struct vex_thing *by)
{
	bool told = by->purl.n == 0 || slice_eq(by->purl, thing->purl) || slice_eq(by->purl, thing->also);
	if (!told && thing->purl.n == 0)
		thing->purl = by->purl;
	else if (!told && thing->also.n == 0)
		thing->also = by->purl;
	else
		thing->unclear |= !told;
	if (by->also.n && !slice_eq(by->also, thing->purl) && !slice_eq(by->also, thing->also))
		thing->unclear |= thing->also.n > 0, thing->also = by->also;
}

/*
 * A relationship's product may have a package URL of its own: an image's is
 * that of the whole, any other that of the part.  Of a whole that is known by
 * a name alone nothing else can be held against the image: it is all there is.
 */
static int
relation_name(const struct reading *in, const struct vex_thing *own, struct vex_statement *out, struct plim_error *err)
{
	bool is_image = slice_starts(own->purl, SLICE("pkg:oci/")) || slice_starts(own->purl, SLICE("pkg:docker/"));
	struct vex_thing *part = arena_make(in->arena, struct vex_thing);
	if (part == NULL)
		return error_nomem(err);
	*part = out->subcomponents[0];
	name_again(is_image ? &out->product : part, own);
	out->subcomponents = part;
	if (is_image || is_known(&out->product))
		return 0;
	out->product = *part;
	out->subcomponents = NULL;
	out->subcomponent_count = 0;
	return 0;
}

/* A component of a component is part of what the outermost stands for: no chain is longer than there are products. */
static int
product_use(const struct reading *in, struct slice id, struct vex_statement *out, struct plim_error *err)
{
	const struct product *product = map_find(&in->products, id), *component, *within;
	if (product == NULL)
		return error_set(err, PLIM_EFORMAT, "no product has the id '%.*s'", SLICE_ARG(slice_first(id, 100)));
	out->product = product->thing;
	if (product->component.p == NULL)
		return 0;
	component = map_find(&in->products, product->component);
	within = map_find(&in->products, product->within);
	if (component == NULL || within == NULL)
		return error_set(err, PLIM_EFORMAT, "'%.*s' is made of products that there are not", SLICE_ARG(slice_first(id, 100)));
	/* Of relationships inside each other the parts are not known one by one: they match nothing. */
	out->product = within->thing;
	out->product.unclear |= within->component.p || component->component.p;
	out->subcomponents = &component->thing;
	out->subcomponent_count = 1;
	return product->thing.purl.n ? relation_name(in, &product->thing, out, err) : 0;
}

static const struct {
	const char *key;
	enum vex_status status;
} states[] = {
	{ "known_not_affected", VEX_NOT_AFFECTED }, { "fixed", VEX_FIXED },          { "first_fixed", VEX_FIXED },
	{ "known_affected", VEX_AFFECTED },         { "first_affected", VEX_AFFECTED }, { "last_affected", VEX_AFFECTED },
	{ "under_investigation", VEX_UNDER_INVESTIGATION }, { "unknown", VEX_UNDER_INVESTIGATION },
};

static int
names_of_read(const struct reading *in, const struct json *vulnerability, struct vex_statement *out, struct plim_error *err)
{
	const struct json *ids;
	int r = vex_list(vulnerability, "ids", &ids, err);
	size_t n = ids ? ids->n : 0;
	struct slice *aliases = r == 0 ? arena_make_array(in->arena, n + 1, struct slice) : NULL;
	if (r < 0 || aliases == NULL)
		return r < 0 ? r : error_nomem(err);
	struct slice id = json_get_string(vulnerability, "cve");
	for (size_t i = 0; i < n; i++) {
		struct slice text = json_get_string(json_item(ids, i), "text");
		if (text.n && !vex_keep(in->arena, text, &aliases[out->alias_count++]))
			return error_nomem(err);
	}
	out->aliases = aliases;
	if (id.n == 0 && out->alias_count)
		id = aliases[0];
	if (id.n == 0)
		return error_set(err, PLIM_EFORMAT, "it has no name");
	return vex_keep(in->arena, id, &out->id) ? 0 : error_nomem(err);
}

static int
state_read(const struct reading *in, const struct remarks *remarks, const struct json *ids, const struct vex_statement *plain, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && ids && i < ids->n; i++) {
		struct vex_statement statement = *plain;
		struct slice id = json_string(&ids->items[i]);
		if ((r = product_use(in, id, &statement, err)) == 0 && (r = words_read(in, remarks, id, &statement, err)) == 0)
			r = vex_add(in->out, &statement, err);
	}
	return r;
}

static int
vulnerability_read(struct reading *in, const struct json *vulnerability, struct plim_error *err)
{
	AUTO(remarks) struct remarks remarks = { .all = { { { 0 } } } };
	const struct json *status = json_get(vulnerability, "product_status"), *ids;
	struct vex_statement statement = { .time = DATE_NONE };
	int r = names_of_read(in, vulnerability, &statement, err);
	if (r == 0 && !json_is(status, JSON_OBJECT))
		r = error_set(err, PLIM_EFORMAT, "no product_status");
	if (r == 0)
		r = remarks_read(in, vulnerability, &remarks, err);
	for (size_t i = 0; r == 0 && i < sizeof states / sizeof *states; i++) {
		statement.status = states[i].status;
		if ((r = vex_list(status, states[i].key, &ids, err)) == 0)
			r = state_read(in, &remarks, ids, &statement, err);
	}
	return r;
}

static int
head_read(const struct reading *in, const struct json *document, struct plim_error *err)
{
	const struct json *tracking = json_get(document, "tracking");
	struct slice version = json_get_string(document, "csaf_version"), category = json_get_string(document, "category");
	struct vex_document *out = in->out;
	if (!slice_is(version, "2.0") && !slice_is(version, "2.1"))
		return error_set(err, PLIM_EUNSUPPORTED, "CSAF %.*s, and only 2.0 and 2.1 are known here", SLICE_ARG(slice_first(version, 20)));
	if (!slice_is(category, "csaf_vex"))
		return error_set(err, PLIM_EUNSUPPORTED, "a CSAF document of the category '%.*s', and only csaf_vex is VEX", SLICE_ARG(slice_first(category, 100)));
	if (slice_is(json_get_string(tracking, "status"), "draft"))
		return error_set(err, PLIM_EUNSUPPORTED, "a draft");
	int r = vex_time(tracking, "initial_release_date", &out->issued, err);
	if (r < 0 || (r = vex_time(tracking, "current_release_date", &out->updated, err)) < 0)
		return r;
	bool kept = vex_keep(in->arena, json_get_string(tracking, "id"), &out->id) && vex_keep(in->arena, json_get_string(tracking, "version"), &out->version) &&
	            vex_keep(in->arena, json_get_string(json_get(document, "publisher"), "name"), &out->author);
	return kept ? 0 : error_nomem(err);
}

int
csaf_read(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err)
{
	AUTO(reading) struct reading in = { .arena = arena, .out = out, .scratch = arena_new(0) };
	const struct json *vulnerabilities;
	int r = in.scratch ? head_read(&in, json_get(root, "document"), err) : error_nomem(err);
	if (r < 0)
		return r;
	if ((r = tree_read(&in, json_get(root, "product_tree"), err)) < 0)
		return error_wrap(err, r, "product_tree");
	r = vex_list(root, "vulnerabilities", &vulnerabilities, err);
	if (r == 0 && vulnerabilities == NULL)
		r = error_set(err, PLIM_EFORMAT, "no list of vulnerabilities");
	for (size_t i = 0; r == 0 && i < vulnerabilities->n; i++)
		if ((r = vulnerability_read(&in, &vulnerabilities->items[i], err)) < 0)
			return error_wrap(err, r, "vulnerabilities[%zu]", i);
	return r;
}
