/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the process that reads signatures: two manifests of signatures, or two lists of referrers, become one. */
#ifndef GATE_JOB_MERGE_H
#define GATE_JOB_MERGE_H

#include "base/arena.h"
#include "base/wire.h"

#include <plimsoll/error.h>

/* SAY_MERGE: answered by struct add_answer, whose configuration is absent where the manifest's own is one that was there before. */
struct merge_order {
	struct slice old;               /* what stands there; absent: nothing */
	struct slice from;              /* all that it has is to be there too */
	bool to_index;                  /* lists of referrers */
};
extern const struct wire_struct wire_merge_order;

/* In that process: the answer to the order in `body`. */
int merge_answer(struct slice body, struct arena *arena, struct strbuf *into, struct plim_error *err);

#endif
