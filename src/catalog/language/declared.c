/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of what is declared. */
#include "catalog/language/declared.h"

#include "base/limits.h"

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
