/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the process that reads signatures: what refers to a manifest, whatever kind of artifact it is. */
#ifndef GATE_JOB_REFERRERS_H
#define GATE_JOB_REFERRERS_H

#include "gate/job/trust.h"
#include "gate/trust/documents.h"

/* SAY_REFERRERS: of a manifest in a registry. */
struct referrers_order {
	struct digest subject;
};
extern const struct wire_struct wire_referrers_order;

struct referrers_answer {
	struct slice list;              /* as the registry has it: an index */
	struct closure_answer *all;     /* of each that it lists all that it leads to, itself the last */
	size_t n;
};
extern const struct wire_struct wire_referrers_answer;

/* In that process: the answer to the order in `body`. */
int referrers_answer(const struct trust_source *source, struct slice body, struct arena *arena, struct strbuf *into, struct plim_error *err);

#endif
