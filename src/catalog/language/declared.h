/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that a lock file or a manifest wants, and whose installation it does not show. */
#ifndef CATALOG_LANGUAGE_DECLARED_H
#define CATALOG_LANGUAGE_DECLARED_H

#include "base/strbuf.h"
#include "catalog/cataloger.h"

struct yaml_document;

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

/* As yaml_parse, but errors tell place and reason alone, not the line that is wrong. */
int manifest_yaml(struct slice body, struct arena *arena, struct yaml_document **out, struct plim_error *err);

/* For documents that are read as a tree: an arena of LIMIT_MANIFEST_TREE_BYTES; NULL without memory. */
struct arena *manifest_arena(void);

/* Why that arena gave nothing: PLIM_ELIMIT where it is full, which is a problem of the file, or PLIM_ENOMEM. */
int manifest_full(const struct arena *arena, struct plim_error *err);

#endif
