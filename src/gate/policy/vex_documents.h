/* SPDX-License-Identifier: Apache-2.0 */
/* VEX among the attestations of an image. */
#ifndef GATE_POLICY_VEX_DOCUMENTS_H
#define GATE_POLICY_VEX_DOCUMENTS_H

#include "gate/job/trust.h"
#include "gate/trust/documents.h"

struct vex_wanted {
	const struct trusted_key *keys;
	size_t key_count;
	int64_t now;
};

/* What nobody of the keys signed is passed over: anybody may hang something on an image.  All in the arena. */
int vex_find(const struct trust_source *source, const struct vex_wanted *wanted, const struct digest *subjects, size_t n, struct arena *arena,
             struct vex_answer *out, struct plim_error *err);

#endif
