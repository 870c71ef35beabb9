/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says of comparisons of images. */
#ifndef POLICY_READ_DIFF_H
#define POLICY_READ_DIFF_H

#include "policy/model.h"

/* The mapping `diff`, into struct diff_demands. */
field_fn diff_read;

#endif
