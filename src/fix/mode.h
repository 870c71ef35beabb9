/* SPDX-License-Identifier: Apache-2.0 */
/* Modes as chmod(1) takes them: octal, or clauses "u+x,go-w,+t". */
#ifndef FIX_MODE_H
#define FIX_MODE_H

#include "base/slice.h"

/* `mode` (permission, set-id and sticky bits) as the text changes it; false for a text that is none. */
bool mode_change(struct slice text, uint32_t mode, uint32_t *out);

#endif
