/* SPDX-License-Identifier: Apache-2.0 */
/* Signing what passed and hanging it on the image: its platforms' manifests, then its index. */
#ifndef GATE_TRUST_APPROVING_H
#define GATE_TRUST_APPROVING_H

#include "gate/trust/attaching.h"
#include "gate/trust/evidence.h"
#include "trust/signer.h"

#include <plimsoll/trust.h>

/* One platform's image that passed. */
struct approved {
	struct digest manifest, index;    /* DIGEST_NONE where there is no index */
	struct basis basis;
	const struct verdict *verdict;    /* where it was judged here: it becomes evidence, if there is a key for that */
};

struct approving {
	const struct plim_attest_options *options;
	struct signer *signer;
	struct signer *witness;        /* signs evidence; NULL: none */
	struct trusting *trusting;     /* opened; of what is approved */
	struct arena *arena;
	const struct slice *tags;      /* one absent tag where there is none */
	size_t tag_count;
	struct attached_list attached;
	struct slice key;              /* public, PEM */
	struct slice sbom;             /* absent: none */
	const char *sbom_type;         /* of its predicate */
};

/* What `all` names and the reference no longer leads to is PLIM_EDIGEST: it was replaced meanwhile. */
int approving_run(struct approving *approving, const struct approved *all, size_t n, struct plim_error *err);

#endif
