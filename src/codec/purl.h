/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs (ECMA-427): pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH, taken apart and put together in their canonical form,
 * as each type wants its parts spelled.
 */
#ifndef CODEC_PURL_H
#define CODEC_PURL_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#define PURL_QUALIFIER_MOST 64

struct purl_qualifier {
	struct slice key, value;
};

/* Parts are decoded and spelled as the type wants them; absent where there is none. */
struct purl {
	struct slice type, namespace, name, version, subpath;    /* slashes separate segments of namespace and subpath */
	struct purl_qualifier qualifiers[PURL_QUALIFIER_MOST];   /* sorted by key */
	size_t qualifier_count;
};

/* Texts live in the arena.  PLIM_EFORMAT, with the offset, for what is none. */
int purl_parse(struct slice text, struct arena *arena, struct purl *out, struct plim_error *err);
/* The canonical form; parts may be as an ecosystem spells them, decoded, qualifiers sorted. */
void purl_write(const struct purl *purl, struct strbuf *into);
struct slice purl_qualifier(const struct purl *purl, const char *key);

#endif
