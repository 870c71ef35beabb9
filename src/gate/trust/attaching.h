/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hanging signatures on a manifest in its registry: what stands there is read,
 * added to by a confined process, and written back.  Registries know no
 * "only if it is still what I read": so the tag is looked at once more before
 * it is written, after it, and when all is done (attach_settle), and whoever
 * finds its own gone adds it again.
 */
#ifndef GATE_TRUST_ATTACHING_H
#define GATE_TRUST_ATTACHING_H

#include "base/vec.h"
#include "gate/trust/trusting.h"
#include "trust/referrer.h"

/* What was added where. */
struct attached {
	char tag[COSIGN_TAG_SIZE];
	const char *media_type;
	struct add_order order;        /* its texts are in the arena */
	struct slice from;             /* the manifest or the list whose entries are added, in place of the order's; absent for none */
};

struct attached_list {
	VEC(struct attached) all;
};

struct attaching {
	struct trusting *trusting;     /* of the repository */
	struct slice repository;
	struct digest subject;
	struct slice media_type;       /* of the subject, and its size: a referrer names all three */
	uint64_t size;
	struct arena *arena;
	struct attached_list *list;    /* of all that is attached, for attach_settle */
	struct slice key;              /* PEM of who signed (struct add_order) */
};

/* A layer of the manifest under cosign's tag. */
int attach_layer(const struct attaching *to, const struct cosign_addition *addition, struct plim_error *err);

/* An artifact with one layer that refers to the subject. */
struct attached_artifact {
	struct slice artifact_type;    /* of a sigstore bundle: its layer has the same; of the Notary Project: the configuration's */
	struct slice layer_type, layer;
	struct slice config_type;      /* absent: the empty one */
	const struct referrer_annotation *annotations;
	size_t annotation_count;
};
int attach_artifact(const struct attaching *to, const struct attached_artifact *artifact, struct plim_error *err);

/*
 * All of a manifest under cosign's tag of another repository, or of its list of referrers: what is here stays.  Whatever they lead to is here
 * already; the bytes of `from` are in the arena.
 */
int attach_merged(const struct attaching *to, enum cosign_kind kind, struct slice from, struct plim_error *err);
int attach_merged_referrers(const struct attaching *to, struct slice from, struct plim_error *err);

/* Looks once more at all of the list. */
int attach_settle(const struct attaching *to, struct plim_error *err);

#endif
