/* SPDX-License-Identifier: Apache-2.0 */
/* Packs and configurations of osquery: JSON with comments and lines that go on, as osquery reads them. */
#include "policy/import.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "codec/json.h"

/* Where the queries of a pack, or of a schedule, belong. */
struct pack {
	struct slice name, platform;
	const struct json *discovery;
};

/* Lines of comments are emptied, so that places stay; a backslash before a newline joins two lines, also within a text. */
static void
strip(struct slice text, struct strbuf *into)
{
	struct slice line;
	size_t joined = 0;
	while (slice_next(&text, '\n', &line)) {
		struct slice rest = slice_trim(line);
		bool goes_on = slice_skip_end(&line, SLICE("\\")) || slice_skip_end(&line, SLICE("\\\r"));
		if (goes_on || joined || !(slice_starts(rest, SLICE("#")) || slice_starts(rest, SLICE("//"))))
			strbuf_put(into, line);
		if (goes_on && ++joined)
			continue;
		strbuf_fill(into, '\n', joined + 1);
		joined = 0;
	}
}

static int
add_discovery(const struct pack *pack, struct imported *one)
{
	size_t n = json_is(pack->discovery, JSON_ARRAY) ? pack->discovery->n : 0;
	if (n > sizeof one->discovery / sizeof *one->discovery) {
		one->left_out = SLICE("its pack has more than four discovery queries");
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (json_is(json_item(pack->discovery, i), JSON_STRING))
			one->discovery[one->discovery_count++] = json_string(json_item(pack->discovery, i));
	return 0;
}

static int
add_query(struct imports *into, const struct pack *pack, struct slice name, const struct json *value, struct plim_error *err)
{
	struct imported *one = vec_push(&into->all);
	if (one == NULL)
		return error_nomem(err);
	struct slice what = json_get_string(value, "description");
	*one = (struct imported){
		.group = pack->name, .name = name, .query = json_get_string(value, "query"), .platform = json_get_string(value, "platform"),
		.pack_platform = pack->platform, .severity = SEVERITY_UNKNOWN, .title = what.n ? what : json_get_string(value, "value"),
	};
	return add_discovery(pack, one);
}

/* Its key; in a list, as Kibana's packs have it, what it calls itself. */
static struct slice
query_name(const struct json *queries, size_t at)
{
	if (json_is(queries, JSON_OBJECT))
		return queries->keys[at];
	struct slice id = json_get_string(&queries->items[at], "id"), name = id.n ? id : json_get_string(&queries->items[at], "name");
	return name.n ? name : SLICE("query");
}

static bool
are_queries(const struct json *value)
{
	return json_is(value, JSON_OBJECT) || json_is(value, JSON_ARRAY);
}

/* osquery runs the first of two queries of the same name that are for its platform. */
static int
add_queries(struct imports *into, const struct pack *pack, const struct json *queries, struct plim_error *err)
{
	struct map seen = { 0 };
	int r = 0;
	for (size_t i = 0; r == 0 && are_queries(queries) && i < queries->n; i++) {
		struct slice name = query_name(queries, i);
		void **place = map_place(&seen, name);
		if (place == NULL)
			r = error_nomem(err);
		else if (*place && json_is(queries, JSON_OBJECT))
			r = import_leave_out(into, name, err, "the name is there twice, and osquery runs the first");
		else
			r = add_query(into, pack, name, &queries->items[i], err);
		if (place && import_is_for_linux(json_get_string(&queries->items[i], "platform")))
			*place = into;
	}
	map_done(&seen);
	return r;
}

static int
add_pack(struct imports *into, struct slice name, const struct json *value, struct plim_error *err)
{
	if (json_is(value, JSON_STRING))
		return import_leave_out(into, name, err, "the pack is in a file of its own: %.*s", SLICE_ARG(json_string(value)));
	if (!are_queries(json_get(value, "queries")))
		return import_leave_out(into, name, err, "the pack has no queries");
	const struct pack pack = { name, json_get_string(value, "platform"), json_get(value, "discovery") };
	return add_queries(into, &pack, json_get(value, "queries"), err);
}

static int
add_packs(struct imports *into, const struct json *packs, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(packs, JSON_OBJECT) && i < packs->n; i++)
		r = add_pack(into, packs->keys[i], &packs->items[i], err);
	return r;
}

/* What they select goes beside the results of others. */
static int
leave_out_decorators(struct imports *into, const struct json *decorators, struct plim_error *err)
{
	return decorators ? import_leave_out(into, SLICE("decorators"), err, "they say where results come from, and judge nothing") : 0;
}

/* A pack that Kibana exported or Elastic publishes stands inside a saved object. */
static const struct json *
unwrapped(const struct json *root, struct slice *name)
{
	const struct json *pack = json_get(root, "attributes");
	struct slice own = json_get_string(pack, "name");
	if (!are_queries(json_get(pack, "queries")))
		return root;
	if (own.n)
		*name = own;
	return pack;
}

int
import_read_osquery(struct imports *into, struct slice text, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	const struct json *root;
	struct slice name = into->file;
	if (!slice_skip_end(&name, SLICE(".conf")))
		slice_skip_end(&name, SLICE(".json"));
	strip(text, &plain);
	if (plain.failed)
		return error_nomem(err);
	int r = json_parse_each(strbuf_slice(&plain), into->arena, &root, err);
	if (r < 0)
		return error_wrap(err, r == PLIM_EFORMAT ? PLIM_EPOLICY : r, "%.*s", SLICE_ARG(into->file));
	root = unwrapped(root, &name);
	if (!json_get(root, "queries") && !json_get(root, "schedule") && !json_get(root, "packs"))
		return error_set(err, PLIM_EPOLICY, "%.*s: neither queries, schedule nor packs: no pack of osquery's", SLICE_ARG(into->file));
	const struct pack schedule = { .name = name };
	if (json_get(root, "queries"))
		r = add_pack(into, name, root, err);
	if (r == 0)
		r = add_queries(into, &schedule, json_get(root, "schedule"), err);
	if (r == 0)
		r = leave_out_decorators(into, json_get(root, "decorators"), err);
	return r == 0 ? add_packs(into, json_get(root, "packs"), err) : r;
}
