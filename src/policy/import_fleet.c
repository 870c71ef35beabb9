/* SPDX-License-Identifier: Apache-2.0 */
/* Fleet's policies: documents of fleetctl (apiVersion, kind, spec), and the lists of its GitOps files. */
#include "policy/import.h"

#include "base/error.h"
#include "codec/yaml.h"

static struct slice
text_of(const struct yaml_node *mapping, const char *key)
{
	const struct yaml_node *value = yaml_get(mapping, key);
	return value && value->kind == YAML_SCALAR ? value->text : SLICE_NONE;
}

/* As YAML 1.1 has it, which fleetctl reads. */
static bool
is_true(struct slice text)
{
	return slice_eq_nocase(text, SLICE("true")) || slice_eq_nocase(text, SLICE("yes")) || slice_eq_nocase(text, SLICE("on"));
}

/* The texts of a list, with commas between; absent for none. */
static struct slice
list_of(struct imports *into, const struct yaml_node *list)
{
	struct slice all = SLICE_NONE;
	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++)
		if (list->items[i]->kind == YAML_SCALAR)
			all = arena_printf(into->arena, "%.*s%s%.*s", SLICE_ARG(all), all.n ? ", " : "", SLICE_ARG(list->items[i]->text));
	return all;
}

static struct slice
labels_of(struct imports *into, const struct yaml_node *spec)
{
	static const char *const keys[] = { "labels_include_any", "labels_include_all", "labels_exclude_any" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct slice labels = list_of(into, yaml_get(spec, keys[i]));
		if (labels.n)
			return labels;
	}
	return SLICE_NONE;
}

/* fleetctl puts the environment's variables into the files that it applies; as text they would be compared with what nobody has. */
static struct slice
variable_in(struct slice query)
{
	for (size_t at = 0; at + 1 < query.n; at++) {
		size_t end = at + 1;
		if (query.p[at] != '$' || (at && query.p[at - 1] == '\\'))
			continue;
		while (end < query.n && (query.p[end] == '_' || (query.p[end] >= 'A' && query.p[end] <= 'Z') || (end > at + 1 && query.p[end] >= '0' && query.p[end] <= '9')))
			end++;
		if (query.p[end < query.n ? end : at] == '{' && slice_find(slice_from(query, end), '}') != SIZE_MAX)
			end += slice_find(slice_from(query, end), '}') + 1;
		if (end > at + 1)
			return (struct slice){ query.p + at, end - at };
	}
	return SLICE_NONE;
}

static int
add_policy(struct imports *into, const struct yaml_node *spec, struct plim_error *err)
{
	struct slice name = text_of(spec, "name"), path = text_of(spec, "path"), paths = text_of(spec, "paths"), variable = variable_in(text_of(spec, "query"));
	if (spec == NULL || spec->kind != YAML_MAPPING)
		return import_leave_out(into, SLICE("a policy"), err, "it is no mapping");
	if (name.n == 0 && (path.n || paths.n))
		return import_leave_out(into, path.n ? path : paths, err, "it is in a file of its own");
	struct imported *one = vec_push(&into->all);
	if (one == NULL)
		return error_nomem(err);
	*one = (struct imported){
		.group = SLICE("fleet"), .name = name, .query = text_of(spec, "query"), .title = name, .fix = text_of(spec, "resolution"),
		.platform = text_of(spec, "platform"), .severity = is_true(text_of(spec, "critical")) ? SEVERITY_CRITICAL : SEVERITY_UNKNOWN,
		.hosts = labels_of(into, spec), .passes_on_row = true,
	};
	if (variable.n)
		one->left_out = arena_printf(into->arena, "nothing gives the variable %.*s a value", SLICE_ARG(variable));
	return 0;
}

/* They tell, and judge nothing. */
static int
add_report(struct imports *into, const struct yaml_node *spec, struct plim_error *err)
{
	struct slice name = text_of(spec, "name"), path = text_of(spec, "path");
	return import_leave_out(into, name.n ? name : path, err, "it only collects: nothing says which of its rows are good");
}

static int
add_label(struct imports *into, const struct yaml_node *spec, struct plim_error *err)
{
	struct slice name = text_of(spec, "name"), path = text_of(spec, "path");
	return import_leave_out(into, name.n ? name : path, err, "a label: it tells hosts apart, and judges none");
}

typedef int add_fn(struct imports *into, const struct yaml_node *spec, struct plim_error *err);

/* By the word of `kind`, and the keys of GitOps files; and by the keys that only they have. */
static const struct kind {
	const char *kind, *list;
	add_fn *add;
	const char *keys[12];
} kinds[] = {
	{ "policy", "policies", add_policy, { "resolution", "critical", "calendar_events_enabled", "conditional_access_enabled", "run_script", "install_software", "type", NULL } },
	{ "query", "queries", add_report, { "interval", "observer_can_run", "automations_enabled", "logging", "min_osquery_version", "discard_data", "snapshot", NULL } },
	{ "report", "reports", add_report, { NULL } },
	{ "label", "labels", add_label, { "label_membership_type", "hosts", "criteria", NULL } },
};

static int
add_each(struct imports *into, const struct yaml_node *list, add_fn *add, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = add(into, list->items[i], err);
	return r;
}

static const struct kind *
kind_by_keys(const struct yaml_node *spec)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (const char *const *key = kinds[i].keys; *key; key++)
			if (yaml_get(spec, *key))
				return &kinds[i];
	return NULL;
}

/* Of items that could be any, what the file's name says: "x.queries.yml". */
static const struct kind *
kind_by_name(struct slice file)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_find_text(file, slice_of(kinds[i].list)) != SIZE_MAX)
			return &kinds[i];
	return &kinds[0];
}

/* A list alone: a query is a policy, a report or a label, which only the keys beside it tell, or those of its neighbours. */
static int
add_list(struct imports *into, const struct yaml_node *list, struct plim_error *err)
{
	const struct kind *kind = NULL;
	int r = 0;
	for (size_t i = 0; kind == NULL && i < list->n; i++)
		kind = kind_by_keys(list->items[i]);
	if (kind == NULL)
		kind = kind_by_name(into->file);
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct kind *own = kind_by_keys(list->items[i]);
		r = (own ? own : kind)->add(into, list->items[i], err);
	}
	return r;
}

static int
add_kind(struct imports *into, const struct yaml_node *root, struct plim_error *err)
{
	struct slice kind = text_of(root, "kind"), name = text_of(yaml_get(root, "spec"), "name");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(kind, kinds[i].kind))
			return kinds[i].add(into, yaml_get(root, "spec"), err);
	return import_leave_out(into, name.n ? name : kind, err, "a document of the kind %.*s", SLICE_ARG(kind));
}

static int
add_document(struct imports *into, const struct yaml_document *doc, struct plim_error *err)
{
	const struct yaml_node *root = doc->root;
	bool known = false;
	int r = 0;
	if (root->kind == YAML_NULL)
		return 0;
	if (root->kind == YAML_SEQUENCE)
		return add_list(into, root, err);
	if (text_of(root, "kind").n)
		return add_kind(into, root, err);
	for (size_t i = 0; r == 0 && i < sizeof kinds / sizeof *kinds; i++) {
		const struct yaml_node *list = yaml_get(root, kinds[i].list);
		known = known || list;
		if (list && list->kind == YAML_SEQUENCE)
			r = add_each(into, list, kinds[i].add, err);
	}
	return known || r < 0 ? r : yaml_error(doc, root, err, "neither a kind, policies nor queries: no file of Fleet's");
}

int
import_read_fleet(struct imports *into, struct slice text, struct plim_error *err)
{
	struct yaml_stream stream;
	int r = yaml_parse_all(into->file, text, into->arena, &stream, err);
	for (size_t i = 0; r == 0 && i < stream.n; i++)
		r = add_document(into, stream.at[i], err);
	return r;
}
