/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_READ_APPROVALS_H
#define POLICY_READ_APPROVALS_H

#include "policy/model.h"

field_fn approvals_read;    /* struct policy */

#endif
