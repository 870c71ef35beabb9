/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the process that reads signatures. */
#ifndef GATE_TRUST_TRUSTING_H
#define GATE_TRUST_TRUSTING_H

#include "gate/job/trust.h"
#include "gate/remote.h"

struct trusting {
	struct run *run;
	struct process worker;
	struct arena *arena;
	struct target target;
	struct remote remote;
};

/* As trusting_done leaves it. */
#define TRUSTING_NONE ((struct trusting){ .worker = { .channel = -1 }, .target = { .fd = -1 }, .remote = REMOTE_NONE })

/* Only what is in a registry can be `done`, "attested": anything else is PLIM_EUSAGE, and nothing is asked for. */
int trusting_can(const char *target, const char *done, struct plim_error *err);

/* A target in a registry, or a layout; anything else is PLIM_EUSAGE: nothing can hang on it. */
int trusting_open(struct run *run, const char *target, struct trusting *out, struct plim_error *err);
/* The same of a manifest by its digest, in "HOST/PATH". */
int trusting_open_digest(struct run *run, struct slice repository, const struct digest *digest, struct trusting *out, struct plim_error *err);
void trusting_done(struct trusting *trusting);
static inline void
auto_trusting(struct trusting *trusting)
{
	trusting_done(trusting);
}

/* One question, NULL for none to say, and its answer, whose texts are in the arena. */
int trusting_ask(struct trusting *trusting, uint32_t question, const struct wire_struct *of_order, const void *order,
                 const struct wire_struct *of_answer, struct arena *arena, void *answer, struct plim_error *err);

/*
 * All that the target leads to, itself the last, at least one; texts are in the arena.  The worker reads what strangers wrote: an answer that
 * ends with something else than what the registry resolved is PLIM_EPROCESS.
 */
int trusting_closure(struct trusting *trusting, struct arena *arena, struct closure_answer *out, struct plim_error *err);

#endif
