/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of the Common Vulnerability Scoring System, from vectors. */
#ifndef PLIMSOLL_CVSS_H
#define PLIMSOLL_CVSS_H

#include <plimsoll/error.h>

/* 0.0 to 10.0; negative where the vector says nothing that such a score is made of. */
struct plim_cvss {
	double base, temporal, environmental;
	const char *severity;    /* of the base score, by the version's own scale: "none", "low", "medium", "high", "critical" */
};

/* The scores of a vector of version 2.0, 3.0, 3.1 or 4.0.  PLIM_EFORMAT for what is none. */
PLIM_API int plim_cvss_score(const char *vector, struct plim_cvss *out, struct plim_error *err);

#endif
