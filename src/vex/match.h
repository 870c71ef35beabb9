/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a statement is about a package of the image at hand.  Spelling is
 * forgiven (percent signs, qualifiers that say nothing, names of one registry,
 * a package URL without version means all), another product never is.
 */
#ifndef VEX_MATCH_H
#define VEX_MATCH_H

#include "catalog/inventory.h"
#include "vex/statement.h"

struct vex_target {
	const struct inventory *inventory;
	struct slice repository;    /* "HOST/PATH", where the image lives; absent: not told */
	struct slice tag;           /* under which it was asked for; absent: not told */
};

/*
 * NULL: it is.  Else why not, for people.  `attested`: the statement was signed about this very image, which it means where it names no product.
 * What is parsed on the way is in the arena.
 */
const char *vex_mismatch(const struct vex_statement *statement, const struct vex_target *target, const struct package *package, bool attested,
                         struct arena *arena);

/* The same of a package URL by itself. */
const char *vex_purl_mismatch(struct slice purl, const struct vex_target *target, const struct package *package, struct arena *arena);

/* How narrow it is: a version, a part, the part's version each count.  The narrower of two statements speaks first. */
unsigned vex_narrowness(const struct vex_statement *statement);

/* What it is about, as it was written: "PRODUCT" or "PRODUCT: PART". */
void vex_describe_product(const struct vex_statement *statement, struct strbuf *into);

#endif
