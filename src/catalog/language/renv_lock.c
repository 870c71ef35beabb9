/* SPDX-License-Identifier: Apache-2.0 */
/* renv.lock: { "Packages": { NAME: { "Package", "Version", "Source", "Requirements" or "Imports", ... } } }. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/json.h"

/* "Rcpp (>= 1.0)"; R itself is no package. */
static void
put_needs(struct strbuf *needs, const struct json *list)
{
	struct slice name, rest;
	for (size_t i = 0; json_is(list, JSON_ARRAY) && i < list->n; i++) {
		slice_cut(json_string(json_item(list, i)), '(', &name, &rest);
		name = slice_trim(name);
		if (!slice_is(name, "R"))
			names_put(needs, name);
	}
}

static int
take_package(const struct json *package, struct slice key, struct rows *rows, struct plim_error *err)
{
	static const char *const lists[] = { "Requirements", "Depends", "Imports", "LinkingTo" };
	AUTO(strbuf) struct strbuf needs = { 0 };
	struct slice name = json_get_string(package, "Package"), source = json_get_string(package, "Source");
	if (!json_is(package, JSON_OBJECT))
		return rows_problem(rows, err, "a package that is no object");
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		put_needs(&needs, json_get(package, lists[i]));
	const struct declared declared = {
		.type = slice_is(source, "Bioconductor") ? "bioconductor" : "cran",
		.name = name.n ? name : key,
		.version = json_get_string(package, "Version"),
		.dependencies = names_slice(&needs),
	};
	return needs.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *document;
	int r = arena ? json_parse(body, arena, &document, err) : error_nomem(err);
	(void)path;
	if (r < 0)
		return r;
	const struct json *packages = json_get(document, "Packages");
	if (!json_is(packages, JSON_OBJECT) && json_get(document, "R") == NULL)
		return error_set(err, PLIM_EFORMAT, "no lock of renv: it has neither R nor Packages");
	for (size_t i = 0; r == 0 && json_is(packages, JSON_OBJECT) && i < packages->n; i++)
		r = take_package(&packages->items[i], packages->keys[i], rows, err);
	return r;
}

const struct cataloger cataloger_renv_lock = {
	.name = "renv_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/renv.lock", NULL },
	.extract = extract,
};
