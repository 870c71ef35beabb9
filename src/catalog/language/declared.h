/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that a lock file or a manifest wants, and whose installation it does not show. */
#ifndef CATALOG_LANGUAGE_DECLARED_H
#define CATALOG_LANGUAGE_DECLARED_H

#include "base/strbuf.h"
#include "catalog/cataloger.h"

struct declared {
	const char *type;
	struct slice name;
	struct slice version;
	struct slice checksum;
	struct slice dependencies;
	struct slice purl;
	struct slice evidence;
	uint32_t line;
};

/* Adds one; absent fields stay so. */
int declared_add(struct rows *rows, const struct declared *package, struct plim_error *err);

/* Appends a name to a list of one a line. */
void names_put(struct strbuf *names, struct slice name);

/* What was listed; absent where nothing was. */
struct slice names_slice(const struct strbuf *names);

/* For documents that are read as a tree: an arena of LIMIT_MANIFEST_TREE_BYTES; NULL without memory. */
struct arena *manifest_arena(void);

#endif
