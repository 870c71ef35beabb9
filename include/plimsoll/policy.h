/* SPDX-License-Identifier: Apache-2.0 */
/* Policies, before anything is judged by them. */
#ifndef PLIMSOLL_POLICY_H
#define PLIMSOLL_POLICY_H

#include <plimsoll/error.h>

#include <stdio.h>

/*
 * Reads a policy (a file, or a built-in name) with the bases that it names, compiles every query, and writes one line that tells
 * what it demands.  PLIM_EPOLICY shows the place of what is wrong.
 */
PLIM_API int plim_policy_lint(const char *policy, FILE *into, struct plim_error *err);

#endif
