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

/* Holds statements against the packages of one target, which must outlive it; what it finds out about them on the way is kept. */
struct vex_matcher;
int vex_matcher_new(const struct vex_target *target, struct vex_matcher **out, struct plim_error *err);
void vex_matcher_free(struct vex_matcher *matcher);
AUTO_DEFINE(vex_matcher, struct vex_matcher, vex_matcher_free)

/*
 * NULL: it is.  Else why not, for people: a constant.  `attested`: the statement was signed about this very image, which it means where it
 * names no product.  `package` is one of the target's.
 */
const char *vex_mismatch(struct vex_matcher *matcher, const struct vex_statement *statement, const struct package *package, bool attested);

/* The same of a package URL by itself. */
const char *vex_purl_mismatch(struct vex_matcher *matcher, struct slice purl, const struct package *package);

/* How narrow it is: a version, a part, the part's version each count.  The narrower of two statements speaks first. */
unsigned vex_narrowness(const struct vex_statement *statement);

/* What it is about, as it was written: "PRODUCT" or "PRODUCT: PART". */
void vex_describe_product(const struct vex_statement *statement, struct strbuf *into);

#endif
