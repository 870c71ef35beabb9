/* SPDX-License-Identifier: Apache-2.0 */
/* What Haskell projects pin: cabal.project.freeze ("any.NAME ==V") and stack.yaml.lock ("NAME-V@sha256:..."). */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/yaml.h"

static int
add_package(struct slice name, struct slice version, uint32_t line, struct rows *rows, struct plim_error *err)
{
	const struct declared declared = { .type = "hackage", .name = name, .version = version, .line = line };
	return declared_add(rows, &declared, err);
}

/* "any.aeson ==2.0.3.0"; a constraint on flags ("NAME +flag") pins nothing. */
static int
take_constraint(struct slice item, uint32_t line, struct rows *rows, struct plim_error *err)
{
	size_t at = slice_find_text(item, SLICE("=="));
	struct slice name = slice_trim(slice_first(item, at)), version = slice_trim(slice_from(item, at + 2));
	if (at == SIZE_MAX || slice_starts(item, SLICE("--")))
		return 0;
	slice_skip(&name, SLICE("any."));
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "line %u: no constraint", line);
	return add_package(name, version, line, rows, err);
}

/* "constraints: ..., ...", over several lines. */
static int
take_freeze(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct slice line, item;
	uint32_t number = 0;
	int r = 0;
	while (r == 0 && slice_next(&body, '\n', &line)) {
		number++;
		slice_skip(&line, SLICE("constraints:"));
		while (r == 0 && slice_next(&line, ',', &item))
			r = take_constraint(slice_trim(item), number, rows, err);
	}
	return r;
}

static struct slice
text_of(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR ? node->text : SLICE_NONE;
}

/* hackage: "HUnit-1.0.0.3@sha256:HEX,SIZE", the digest being of a revision; name and version of what is from elsewhere. */
static int
take_completed(const struct yaml_node *completed, struct rows *rows, struct plim_error *err)
{
	const struct yaml_node *hackage = yaml_get(completed, "hackage");
	struct slice id, rest, name = text_of(yaml_get(completed, "name")), version = text_of(yaml_get(completed, "version"));
	slice_cut(text_of(hackage), '@', &id, &rest);
	if (hackage)
		slice_cut_last(id, '-', &name, &version);
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "line %u: a package without name and version", completed->line);
	return add_package(name, version, completed->line, rows, err);
}

static int
take_stack(struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	struct yaml_document *document;
	int r = arena ? manifest_yaml(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct yaml_node *packages = yaml_get(document->root, "packages");
	if (packages == NULL)
		return error_set(err, PLIM_EFORMAT, "line 1: no lock of stack: it has no packages");
	for (size_t i = 0; r == 0 && packages->kind == YAML_SEQUENCE && i < packages->n; i++) {
		const struct yaml_node *completed = yaml_get(packages->items[i], "completed");
		r = completed ? take_completed(completed, rows, err)
		              : rows_problem(rows, err, "line %u: a package that is not completed", packages->items[i]->line);
	}
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	return slice_ends(path, SLICE(".freeze")) ? take_freeze(body, rows, err) : take_stack(body, rows, err);
}

const struct cataloger cataloger_haskell_lock = {
	.name = "haskell_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/cabal.project.freeze", "**/stack.yaml.lock", NULL },
	.extract = extract,
};
