/* SPDX-License-Identifier: Apache-2.0 */
/* Who provides what packages of one database need: names, and whatever else its packages say that they are. */
#ifndef CATALOG_SYSTEM_PROVIDED_H
#define CATALOG_SYSTEM_PROVIDED_H

#include "base/arena.h"
#include "base/map.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

struct provider {
	struct slice package;
	uint32_t told_to;          /* the last package that it was a need of, counted from 1 */
};

struct provided {
	struct arena *arena;
	struct map by_name;        /* struct provider *; texts are the database's */
	uint32_t asked;            /* packages so far */
};

int provided_init(struct provided *provided, struct plim_error *err);
void provided_done(struct provided *provided);
static inline void
auto_provided(struct provided *provided)
{
	provided_done(provided);
}

/* A package, whose own name counts before what others provide; PLIM_ELIMIT beyond PROVIDED_BYTES. */
int provided_add_package(struct provided *provided, struct slice package, struct provider **out, struct plim_error *err);
/* What else it is; of several the first. */
int provided_add(struct provided *provided, struct provider *provider, struct slice name, struct plim_error *err);
/* NULL where nobody does. */
struct provider *provided_by(const struct provided *provided, struct slice name);

/* The needs of one package more, one a line: each package once, itself never, and not more than a row takes. */
struct needs {
	struct provided *provided;
	struct slice own;
	struct strbuf text;
};

void needs_begin(struct needs *needs, struct provided *provided, struct slice own);
/* `provider` NULL: nobody has that name. */
void needs_add(struct needs *needs, struct provider *provider, struct slice name);
static inline void
auto_needs(struct needs *needs)
{
	strbuf_done(&needs->text);
}

#endif
