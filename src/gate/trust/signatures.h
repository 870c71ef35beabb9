/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that a policy asks for, looked for while its image is at hand. */
#ifndef GATE_TRUST_SIGNATURES_H
#define GATE_TRUST_SIGNATURES_H

#include "gate/analyze.h"
#include "gate/job/trust.h"
#include "policy/policy.h"

/*
 * Of what `target`, which `analysis` has opened, names.  That they cannot be read, or that there are none where it is from, is an answer; text in the
 * arena.  A layout tells no repository: `order` has the one that the image is judged for.
 */
int signatures_look(struct run *run, const struct analysis *analysis, const char *target, const struct verify_order *order, struct arena *arena,
                    struct signed_by *out, struct plim_error *err);

/*
 * VEX that hangs on its images and that one of the keys signed, as the judge takes it (struct vex_answer); absent where it is from where nothing can hang
 * on it.  What cannot be read is told in it.
 */
int signatures_vex(struct run *run, const struct analysis *analysis, const char *target, const struct vex_order *order, struct arena *arena,
                   struct slice *out, struct plim_error *err);

#endif
