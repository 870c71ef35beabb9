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

static int
add_policy(struct imports *into, const struct yaml_node *spec, struct plim_error *err)
{
	struct slice name = text_of(spec, "name"), path = text_of(spec, "path");
	if (spec == NULL || spec->kind != YAML_MAPPING)
		return import_leave_out(into, SLICE("a policy"), err, "it is no mapping");
	if (name.n == 0 && path.n)
		return import_leave_out(into, path, err, "it is in a file of its own");
	struct imported *one = vec_push(&into->all);
	if (one == NULL)
		return error_nomem(err);
	*one = (struct imported){
		.group = SLICE("fleet"), .name = name, .query = text_of(spec, "query"), .title = name, .fix = text_of(spec, "resolution"),
		.platform = text_of(spec, "platform"), .severity = slice_is(text_of(spec, "critical"), "true") ? SEVERITY_CRITICAL : SEVERITY_UNKNOWN,
		.passes_on_row = true,
	};
	return 0;
}

/* They tell, and judge nothing. */
static int
add_report(struct imports *into, const struct yaml_node *spec, struct plim_error *err)
{
	struct slice name = text_of(spec, "name"), path = text_of(spec, "path");
	return import_leave_out(into, name.n ? name : path, err, "it only collects: nothing says which of its rows are good");
}

typedef int add_fn(struct imports *into, const struct yaml_node *spec, struct plim_error *err);

/* By the word of `kind`, and the keys of GitOps files. */
static const struct kind {
	const char *kind, *list;
	add_fn *add;
} kinds[] = { { "policy", "policies", add_policy }, { "query", "queries", add_report }, { "report", "reports", add_report } };

static int
add_each(struct imports *into, const struct yaml_node *list, add_fn *add, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = add(into, list->items[i], err);
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
		return add_each(into, root, yaml_get(root->n ? root->items[0] : NULL, "interval") ? add_report : add_policy, err);
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
