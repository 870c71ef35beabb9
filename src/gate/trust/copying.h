/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying from one repository to another, byte for byte: manifests with all that they lead to, and what hangs on them.  Nothing that is at
 * the destination is lost.
 */
#ifndef GATE_TRUST_COPYING_H
#define GATE_TRUST_COPYING_H

#include "gate/trust/attaching.h"

struct copying {
	struct trusting *source;       /* of the repository that is copied from */
	struct slice repository;       /* that is copied to, "HOST/PATH" */
	struct arena *arena;
	struct attached_list attached; /* for attach_settle */
	size_t mounted, others;        /* blobs; of the others some were there already */
};

/* All of a closure, by digest: what leads to others after them, and nothing gets a name. */
int copying_closure(struct copying *c, const struct closure_answer *closure, struct plim_error *err);
/* What hangs on a manifest: cosign's tags and what refers to it, each added to what hangs there at the destination. */
int copying_attached(struct copying *c, const struct closure_item *subject, struct plim_error *err);
/* Looks once more whether all that was added is still there. */
int copying_settle(struct copying *c, struct plim_error *err);
/* The name of a manifest that was copied. */
int copying_tag(struct copying *c, const struct closure_item *item, struct slice tag, struct plim_error *err);
void copying_done(struct copying *c);
static inline void
auto_copying(struct copying *c)
{
	copying_done(c);
}

#endif
