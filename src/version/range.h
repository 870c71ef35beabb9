/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges as people write them: ">=2.0, <2.17.1", bounds that must all hold. */
#ifndef VERSION_RANGE_H
#define VERSION_RANGE_H

#include "version/scheme.h"

/* The last three are particular to ecosystems: "~>" or "~=", "==1.*", "===". */
enum version_relation {
	VERSION_LESS, VERSION_LESS_EQUAL, VERSION_EQUAL, VERSION_NOT_EQUAL, VERSION_GREATER_EQUAL, VERSION_GREATER,
	VERSION_COMPATIBLE, VERSION_VERBATIM, VERSION_NO_RELATION,
};

struct version_bound {
	enum version_relation relation;
	struct slice version;
};

/* Takes the next bound; false at the end, and where `rest` does not begin with one. */
bool version_bound_next(struct slice *rest, struct version_bound *out);
/* `order` as a scheme's compare answers of a version and the bound's; of the first six relations. */
bool version_relation_holds(enum version_relation relation, int order);

struct version_sign {
	const char *sign;
	enum version_relation relation;
};

/* One of the table's signs, of which a longer one stands before what begins it, and the last is NULL with what no sign means. */
enum version_relation version_sign_take(struct slice *text, const struct version_sign *signs);

extern const struct version_sign version_signs_plain[];    /* < <= = == != >= > */
extern const struct version_sign version_signs_debian[];   /* << <= = >= >>: a single < once meant <=, and is refused */

/* An ecosystem's list of bounds that must all hold. */
struct version_bounds {
	const struct version_scheme *scheme;
	const struct version_sign *signs;
	/* 0, or why the ecosystem refuses such a bound; NULL: as the scheme checks versions. */
	int (*check)(const struct version_bound *bound, struct plim_error *err);
	/* NULL: as the scheme compares. */
	bool (*holds)(const struct version_bound *bound, struct slice version);
	bool any_release;     /* a bound without "-RELEASE" means every release of its version */
	bool may_be_empty;    /* no bound at all: any version */
};

int version_bounds_satisfy(const struct version_bounds *bounds, struct slice range, struct slice version, bool *inside,
                           struct plim_error *err);

/* Versions from one to another, as in "[1,2)"; an absent end is open. */
struct version_interval {
	struct slice low, high;
	bool with_low, with_high;
};

/* Takes "[A,B)" or "[A]" off the front of `rest`, ends trimmed; false where none begins it. */
bool version_interval_take(struct slice *rest, struct version_interval *out);
bool version_interval_holds(const struct version_interval *interval, int (*compare)(struct slice, struct slice), struct slice version);
/* Of its ends; below zero too where one is open. */
int version_interval_order(const struct version_interval *interval, int (*compare)(struct slice, struct slice));

#endif
