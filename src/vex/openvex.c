/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenVEX: 0.2.0, and 0.0.1, where a vulnerability and products are plain
 * texts and subcomponents stand beside the products.
 */
#include "vex/statement.h"

#include "base/error.h"

struct reading {
	struct arena *arena;
	struct vex_document *out;
};

static int
status_read(struct slice word, enum vex_status *out, struct plim_error *err)
{
	for (enum vex_status status = 0; status < VEX_STATUS_COUNT; status++)
		if (slice_is(word, vex_status_name(status))) {
			*out = status;
			return 0;
		}
	return error_set(err, PLIM_EFORMAT, "%s", word.n ? "a status that there is not" : "no status");
}

static bool
is_purl(struct slice text)
{
	return slice_eq_nocase(slice_first(text, 4), SLICE("pkg:"));
}

/* A name or a component: "pkg:...", or an object whose identifiers say more. */
static int
thing_read(const struct reading *in, const struct json *value, struct vex_thing *out, struct plim_error *err)
{
	const struct json *identifiers = json_get(value, "identifiers");
	struct slice id = json_is(value, JSON_STRING) ? value->text : json_get_string(value, "@id");
	struct slice purl = json_get_string(identifiers, "purl"), name = id;
	if (!json_is(value, JSON_STRING) && !json_is(value, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "a product is neither a text nor an object");
	*out = (struct vex_thing){ 0 };
	struct slice cpe = json_get_string(identifiers, "cpe23");
	if (cpe.n == 0)
		cpe = json_get_string(identifiers, "cpe22");
	if (cpe.n == 0 && slice_starts(id, SLICE("cpe:")))
		cpe = id;
	struct slice hash = json_get_string(json_get(value, "hashes"), "sha-256");
	bool by_id = is_purl(id);
	struct slice first = by_id ? id : purl, also = by_id && purl.n && !slice_eq(id, purl) ? purl : SLICE_NONE;
	bool kept = vex_keep(in->arena, first, &out->purl) && vex_keep(in->arena, also, &out->also) &&
	            vex_keep(in->arena, hash, &out->sha256) && vex_keep(in->arena, first.n ? SLICE_NONE : cpe, &out->cpe) &&
	            vex_keep(in->arena, first.n ? SLICE_NONE : name, &out->name);
	return kept ? 0 : error_nomem(err);
}

static int
things_read(const struct reading *in, const struct json *list, const struct vex_thing **out, size_t *n, struct plim_error *err)
{
	*n = list ? list->n : 0;
	struct vex_thing *things = arena_make_array(in->arena, *n + 1, struct vex_thing);
	if (things == NULL)
		return error_nomem(err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < *n; i++)
		r = thing_read(in, &list->items[i], &things[i], err);
	*out = things;
	return r;
}

static int
aliases_read(const struct reading *in, const struct json *vulnerability, struct vex_statement *out, struct plim_error *err)
{
	const struct json *list;
	int r = vex_list(vulnerability, "aliases", &list, err);
	if (r < 0)
		return r;
	struct slice *aliases = arena_make_array(in->arena, (list ? list->n : 0) + 1, struct slice);
	if (aliases == NULL)
		return error_nomem(err);
	for (size_t i = 0; list && i < list->n; i++) {
		struct slice alias = json_string(&list->items[i]);
		if (alias.n == 0)
			return error_set(err, PLIM_EFORMAT, "aliases: no text");
		if (!vex_keep(in->arena, alias, &aliases[out->alias_count++]))
			return error_nomem(err);
	}
	out->aliases = aliases;
	return 0;
}

/* "CVE-2026-1", or an object with a name; of one without a name its @id ends with it. */
static int
vulnerability_read(const struct reading *in, const struct json *value, struct vex_statement *out, struct plim_error *err)
{
	struct slice id = json_is(value, JSON_STRING) ? value->text : json_get_string(value, "name");
	if (id.n == 0)
		id = path_base(json_get_string(value, "@id"));
	if (id.n == 0)
		return error_set(err, PLIM_EFORMAT, "no vulnerability");
	if (!vex_keep(in->arena, id, &out->id))
		return error_nomem(err);
	return json_is(value, JSON_OBJECT) ? aliases_read(in, value, out, err) : 0;
}

static int
product_add(const struct reading *in, const struct json *product, struct vex_statement statement, struct plim_error *err)
{
	const struct json *subcomponents;
	int r = thing_read(in, product, &statement.product, err);
	if (r < 0 || (r = vex_list(product, "subcomponents", &subcomponents, err)) < 0)
		return r;
	if (subcomponents && (r = things_read(in, subcomponents, &statement.subcomponents, &statement.subcomponent_count, err)) < 0)
		return r;
	return vex_add(in->out, &statement, err);
}

static int
products_add(const struct reading *in, const struct json *value, struct vex_statement *statement, struct plim_error *err)
{
	const struct json *products, *subcomponents;
	int r = vex_list(value, "products", &products, err);
	if (r < 0 || (r = vex_list(value, "subcomponents", &subcomponents, err)) < 0 ||
	    (r = things_read(in, subcomponents, &statement->subcomponents, &statement->subcomponent_count, err)) < 0)
		return r;
	if (products == NULL || products->n == 0) {
		statement->of_subject = true;
		return vex_add(in->out, statement, err);
	}
	for (size_t i = 0; r == 0 && i < products->n; i++)
		r = product_add(in, &products->items[i], *statement, err);
	return r;
}

static int
statement_read(const struct reading *in, const struct json *value, struct plim_error *err)
{
	struct vex_statement statement = { 0 };
	if (!json_is(value, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "no object");
	int r = vulnerability_read(in, json_get(value, "vulnerability"), &statement, err);
	if (r < 0 || (r = status_read(json_get_string(value, "status"), &statement.status, err)) < 0 || (r = vex_time_of(value, "last_updated", "timestamp", in->out->issued, &statement.time, err)) < 0)
		return r;
	bool kept = vex_keep(in->arena, json_get_string(value, "justification"), &statement.justification) &&
	            vex_keep(in->arena, json_get_string(value, "impact_statement"), &statement.impact) &&
	            vex_keep(in->arena, json_get_string(value, "action_statement"), &statement.action);
	return kept ? products_add(in, value, &statement, err) : error_nomem(err);
}

static int
head_read(const struct reading *in, const struct json *root, struct plim_error *err)
{
	struct vex_document *out = in->out;
	const struct json *version = json_get(root, "version");
	int r = vex_time(root, "timestamp", &out->issued, err);
	if (r < 0 || (r = vex_time(root, "last_updated", &out->updated, err)) < 0)
		return r;
	bool kept = vex_keep(in->arena, json_get_string(root, "@id"), &out->id) && vex_keep(in->arena, json_get_string(root, "author"), &out->author) &&
	            vex_keep(in->arena, version ? version->text : SLICE_NONE, &out->version);
	return kept ? 0 : error_nomem(err);
}

int
openvex_read(const struct json *root, struct arena *arena, struct vex_document *out, struct plim_error *err)
{
	const struct reading in = { arena, out };
	const struct json *statements = json_get(root, "statements");
	int r = head_read(&in, root, err);
	if (r == 0 && !json_is(statements, JSON_ARRAY))
		r = error_set(err, PLIM_EFORMAT, "no list of statements");
	for (size_t i = 0; r == 0 && i < statements->n; i++)
		if ((r = statement_read(&in, &statements->items[i], err)) < 0)
			return error_wrap(err, r, "statements[%zu]", i);
	return r;
}
