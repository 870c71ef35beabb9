/* SPDX-License-Identifier: Apache-2.0 */
/* What a Python package asks for, as PEP 508 has it: NAME[EXTRAS] CLAUSES ; MARKER, or NAME @ URL ; MARKER. */
#ifndef CATALOG_LANGUAGE_REQUIREMENT_H
#define CATALOG_LANGUAGE_REQUIREMENT_H

#include "base/slice.h"

struct requirement {
	struct slice name;
	struct slice clauses;    /* "==1.2", ">=1,<2"; without the parentheses of old */
	struct slice url;
	struct slice marker;
};

/* False where no name begins it.  What follows the name is split, not checked.  Borrows. */
bool requirement_parse(struct slice text, struct requirement *out);

/* The version that its clauses pin: of "==V" or "===V" alone, without a wildcard; absent where they pin none. */
struct slice requirement_pinned(const struct requirement *requirement);

#endif
