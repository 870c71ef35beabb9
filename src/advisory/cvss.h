/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS 3.0 and 3.1 base scores (FIRST, Common Vulnerability Scoring System v3.1: Specification Document, section 7). */
#ifndef ADVISORY_CVSS_H
#define ADVISORY_CVSS_H

#include "base/slice.h"

/* False for what is no vector of version 3: all eight base metrics must be there, each once.  Other metrics are read over. */
bool cvss3_base(struct slice vector, double *score);

#endif
