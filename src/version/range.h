/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges as people write them: ">=2.0, <2.17.1", bounds that must all hold. */
#ifndef VERSION_RANGE_H
#define VERSION_RANGE_H

#include "base/slice.h"

enum version_relation { VERSION_LESS, VERSION_LESS_EQUAL, VERSION_EQUAL, VERSION_NOT_EQUAL, VERSION_GREATER_EQUAL, VERSION_GREATER };

struct version_bound {
	enum version_relation relation;
	struct slice version;
};

/* Takes the next bound; false at the end, and where `rest` does not begin with one. */
bool version_bound_next(struct slice *rest, struct version_bound *out);
/* `order` as a scheme's compare answers of a version and the bound's. */
bool version_relation_holds(enum version_relation relation, int order);

#endif
