/* SPDX-License-Identifier: Apache-2.0 */
/* `structure_tests` and `goss`: files beside the policy, or mappings of one with terms. */
#ifndef POLICY_READ_TESTS_H
#define POLICY_READ_TESTS_H

#include "policy/fields.h"

field_fn structure_files_read, goss_files_read;    /* the policy, which is the reading's context */

#endif
