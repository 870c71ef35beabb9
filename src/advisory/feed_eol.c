/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endoflife.date: until when lines of versions are supported.  Both editions of its API: all products or one in an object "result",
 * and before that an array of cycles in a file with the product's name.
 */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"

static int
bid(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 16384);
	bool second = slice_find_text(head, SLICE("\"releases\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"eolFrom\"")) != SIZE_MAX;
	bool first = slice_find_text(head, SLICE("\"cycle\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"eol\"")) != SIZE_MAX;
	return second || first ? 56 : 0;
}

/* Its products that are operating systems, by ID of os-release(5). */
static const struct product {
	const char *name, *id;
	bool extended_for_all;         /* LTS is not for sale */
} products[] = {
	{ "alpine", "alpine", false },         { "alpine-linux", "alpine", false }, { "amazon-linux", "amzn", false },
	{ "azure-linux", "azurelinux", false }, { "cbl-mariner", "mariner", false }, { "debian", "debian", true },
	{ "opensuse", "opensuse-leap", false }, { "oracle-linux", "ol", false },     { "rocky-linux", "rocky", false },
};

static const struct product *
product_of(struct slice name)
{
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		if (slice_is(name, products[i].name))
			return &products[i];
	return NULL;
}

/* The first second after the day that a member names; a bare yes or no, and what is absent, name none. */
static int
end_of(const struct json *cycle, const char *member, int64_t *out, struct plim_error *err)
{
	const struct json *value = json_get(cycle, member);
	int64_t day;
	*out = DATE_NONE;
	if (!json_is(value, JSON_STRING))
		return 0;
	if (!date_parse_day(value->text, &day))
		return error_set(err, PLIM_EFORMAT, "%s '%.*s' is no date", member, SLICE_ARG(value->text));
	*out = (day + 1) * DAY_S;
	return 0;
}

struct reading {
	struct builder *builder;
	struct arena *arena;
	uint64_t records;
};

static int
take_cycle(struct reading *in, struct slice product, const struct json *cycle, const char *const members[static 3], struct plim_error *err)
{
	const struct product *known = product_of(product);
	struct slice name = json_get_string(cycle, members[0]), id = known ? slice_of(known->id) : product;
	struct lifetime lifetime = { .key = arena_printf(in->arena, "%.*s:%.*s", SLICE_ARG(id), SLICE_ARG(name)) };
	if (name.n == 0)
		return error_set(err, PLIM_EFORMAT, "%.*s: a release without its name", SLICE_ARG(product));
	if (lifetime.key.p == NULL)
		return error_nomem(err);
	int r = end_of(cycle, members[1], &lifetime.ends, err);
	if (r < 0 || (r = end_of(cycle, members[2], &lifetime.extended_ends, err)) < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(lifetime.key));
	if (known && known->extended_for_all && lifetime.extended_ends != DATE_NONE)
		lifetime.ends = lifetime.extended_ends;
	in->records++;
	return builder_lifetime(in->builder, &lifetime, err);
}

static int
take_cycles(struct reading *in, struct slice product, const struct json *cycles, const char *const members[static 3], struct plim_error *err)
{
	int r = 0;
	if (product.n == 0 || !json_is(cycles, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "a product without its name or releases");
	for (size_t i = 0; r == 0 && i < cycles->n; i++)
		r = take_cycle(in, product, &cycles->items[i], members, err);
	return r;
}

static int
take_product(struct reading *in, const struct json *product, struct plim_error *err)
{
	static const char *const members[] = { "name", "eolFrom", "eoesFrom" };
	return take_cycles(in, json_get_string(product, "name"), json_get(product, "releases"), members, err);
}

static int
take_root(struct reading *in, struct slice file, const struct json *root, struct plim_error *err)
{
	static const char *const members[] = { "cycle", "eol", "extendedSupport" };
	const struct json *result = json_get(root, "result");
	struct slice product = path_base(file), rest;
	int r = 0;
	slice_cut(product, '.', &product, &rest);
	if (json_is(root, JSON_ARRAY))
		return take_cycles(in, product, root, members, err);
	if (json_is(result, JSON_OBJECT))
		return take_product(in, result, err);
	if (!json_is(result, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "neither a result nor an array of cycles");
	for (size_t i = 0; r == 0 && i < result->n; i++)
		r = take_product(in, &result->items[i], err);
	return r;
}

static int
read_eol(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	struct reading in = { .builder = builder, .arena = arena };
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0 || (r = take_root(&in, file->name, root, err)) < 0)
		return r;
	/* Two editions are two feeds; neither replaces the other. */
	out->name = json_is(root, JSON_ARRAY) ? SLICE("endoflife cycles") : SLICE("endoflife");
	out->records = in.records;
	date_parse(json_get_string(root, "generated_at"), &out->snapshot);
	return 0;
}

const struct feed feed_eol = { .format = "endoflife", .bid = bid, .read = read_eol, .joins = true };
