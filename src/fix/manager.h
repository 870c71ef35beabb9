/* SPDX-License-Identifier: Apache-2.0 */
/* Package managers: which one an image has, and what it is told. */
#ifndef FIX_MANAGER_H
#define FIX_MANAGER_H

#include "catalog/inventory.h"

#include "base/strbuf.h"

/* Texts of a shell; what is not there is not needed.  %N of one stands for the names of packages. */
struct manager {
	const char *name, *type;
	const char *const *programs;   /* NULL-terminated; the first that the image has is it */
	const char *refresh;           /* before anything */
	const char *upgrade, *install, *remove;
	const char *pinned;            /* between name and version where an exact one is asked for */
	const char *at_least;          /* fails where package %N is older than %V; NULL: it has no words for that */
	const char *clean;             /* after all */
};

/* The one that the image has for packages of that type; NULL. */
const struct manager *manager_of(const struct inventory *inventory, struct slice type);
/* The type of packages that the image has one for; absent if none. */
struct slice manager_type(const struct inventory *inventory);

/* Names and versions go to managers that take patterns and options: of other letters than these nothing is told to one. */
bool manager_takes_name(struct slice name);
bool manager_takes_version(struct slice version);

#endif
