/* SPDX-License-Identifier: Apache-2.0 */
/* What is to stand under a tag once something is added. */
#ifndef GATE_TRUST_EDIT_H
#define GATE_TRUST_EDIT_H

#include "gate/job/trust.h"
#include "gate/trust/documents.h"

/*
 * Appends the manifest, and of cosign's the configuration; what is there already stands as it was, and there is no configuration then.  A summary of the order's
 * key that says the same of the image as an older one takes its place.
 */
int trust_edit_add(const struct trust_source *source, const struct add_order *order, struct arena *arena, struct strbuf *manifest, struct strbuf *config,
                   struct plim_error *err);

#endif
