/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled database in a registry: an OCI artifact whose only layer, of type PUBLISHED_MEDIA_TYPE, is what `db export` writes. */
#ifndef GATE_DATA_REGISTRY_BUNDLE_H
#define GATE_DATA_REGISTRY_BUNDLE_H

#include "base/digest.h"
#include "gate/data/published_artifact.h"
#include "gate/run.h"

struct registry_bundle {
	struct digest digest;      /* of the layer, as the manifest names it */
	int fd;                    /* its bytes, which have that digest, in memory; the caller's to close.  -1: it is the known one, and was not fetched */
};

/* `reference` is HOST/PATH with a tag or a digest; `known` may be DIGEST_NONE.  PLIM_EFORMAT where it is no such artifact, PLIM_EDIGEST where its bytes are others. */
int registry_bundle_fetch(struct run *run, struct slice reference, const struct digest *known, struct arena *arena, struct registry_bundle *out,
                          struct plim_error *err);

/*
 * Whoever reads the manifest of one in a confined process: what it says of itself, which nobody signed.  PLIM_EFORMAT where it is no such artifact.
 */
int registry_bundle_read(struct run *run, int fd, struct published_artifact *out, struct plim_error *err);

#endif
