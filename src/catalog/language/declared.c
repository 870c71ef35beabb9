/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of what is declared. */
#include "catalog/language/declared.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/yaml.h"

int
declared_add(struct rows *rows, const struct declared *package, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = slice_of(package->type),
		[PACKAGE_NAME] = package->name,
		[PACKAGE_VERSION] = package->version,
		[PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_PURL] = package->purl,
		[PACKAGE_EVIDENCE] = package->evidence,
		[PACKAGE_DEPENDENCIES] = package->dependencies,
		[PACKAGE_CHECKSUM] = package->checksum,
	};
	return rows_add(rows, ROW_PACKAGE, package->line, fields, PACKAGE_FIELD_COUNT, err);
}

void
names_put(struct strbuf *names, struct slice name)
{
	if (name.n == 0)
		return;
	strbuf_puts(names, names->n ? "\n" : "");
	strbuf_put(names, name);
}

struct slice
names_slice(const struct strbuf *names)
{
	return names->n ? strbuf_slice(names) : SLICE_NONE;
}

struct arena *
manifest_arena(void)
{
	return arena_new(LIMIT_MANIFEST_TREE_BYTES);
}

int
manifest_full(const struct arena *arena, struct plim_error *err)
{
	if (arena_full(arena))
		return error_set(err, PLIM_ELIMIT, "limit MANIFEST_TREE_BYTES: the document needs more memory");
	return error_nomem(err);
}

int
manifest_yaml(struct slice body, struct arena *arena, struct yaml_document **out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct slice first, rest;
	int r = yaml_parse(SLICE("YAML"), body, arena, out, &why);
	if (r == 0)
		return 0;
	if (r == PLIM_ENOMEM || arena_full(arena))
		return manifest_full(arena, err);
	slice_cut(slice_of(why.text), '\n', &first, &rest);
	return error_set(err, r == PLIM_EPOLICY ? PLIM_EFORMAT : r, "%.*s", SLICE_ARG(first));
}
