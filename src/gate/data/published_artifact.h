/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a database in a registry (plimsoll-database(7), FOLLOWING A MIRROR): an artifact whose only layer is what `db export` writes.  Nobody
 * signs what it says of it: its layer is held against keys as anything else.
 */
#ifndef GATE_DATA_PUBLISHED_ARTIFACT_H
#define GATE_DATA_PUBLISHED_ARTIFACT_H

#include "base/digest.h"
#include "base/wire.h"

#define PUBLISHED_MEDIA_TYPE "application/vnd.plimsoll.database"    /* of the layer, and of the artifact */

struct published_artifact {
	struct digest layer;
	uint64_t size;             /* of the layer */
	uint64_t serial;           /* 0: it is not told */
	int64_t time;              /* of signing, seconds; DATE_NONE: it is not told */
};
extern const struct wire_struct wire_published_artifact;

/* The same gives the same bytes. */
void published_artifact_write(const struct published_artifact *artifact, struct strbuf *into);
/* PLIM_EFORMAT where it is none; annotations that are not known, or none of their kind, are passed over. */
int published_artifact_parse(struct slice text, struct arena *arena, struct published_artifact *out, struct plim_error *err);

#endif
