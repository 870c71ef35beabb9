/* SPDX-License-Identifier: Apache-2.0 */
/* "FILE#sha256=HEX": a policy that may not change under who names it. */
#ifndef POLICY_PIN_H
#define POLICY_PIN_H

#include "base/digest.h"

#include <plimsoll/error.h>

/* `*path` is what stands before "#sha256=", all of it where that does not occur; then `*digest` is DIGEST_NONE.  False: no digest follows. */
bool pin_cut(struct slice name, struct slice *path, struct digest *digest);
/* Whether the bytes are those that the pin names; PLIM_EPOLICY tells both digests. */
int pin_check(const struct digest *pin, struct slice bytes, struct plim_error *err);

#endif
