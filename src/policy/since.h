/* SPDX-License-Identifier: Apache-2.0 */
/* An older verdict: what it found is known, and fails nobody again. */
#ifndef POLICY_SINCE_H
#define POLICY_SINCE_H

#include "base/arena.h"
#include "base/digest.h"

#include <plimsoll/error.h>

struct since {
	struct digest digest;      /* of the file */
	struct slice *ids;         /* of its findings, of all its images; sorted */
	size_t n;
};

/* Reads a verdict as --output json wrote it, of one image or several.  Another schema is PLIM_EUNSUPPORTED, anything else PLIM_EFORMAT. */
int since_read(struct slice text, struct arena *arena, struct since *out, struct plim_error *err);
bool since_knows(const struct since *since, struct slice id);

#endif
