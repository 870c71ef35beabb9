/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of the Common Vulnerability Scoring System, versions 2.0 to 4.0 (FIRST; https://www.first.org/cvss), from vectors. */
#ifndef ADVISORY_CVSS_H
#define ADVISORY_CVSS_H

#include "base/error.h"
#include "base/severity.h"
#include "base/slice.h"

enum cvss_version { CVSS_2_0, CVSS_3_0, CVSS_3_1, CVSS_4_0 };

/* 0.0 to 10.0; negative where the vector says nothing that such a score is made of. */
struct cvss {
	enum cvss_version version;
	double base;             /* of the base metrics alone, whatever else the vector says */
	double temporal;         /* with those of time (of threat, in version 4) */
	double environmental;    /* with all */
};

/* Refuses what is no whole vector of its version: each base metric once, no metric or value that the version does not have. */
int cvss_score(struct slice vector, struct cvss *out, struct plim_error *err);

/* The rank of a score, by the version's own scale: version 2 has nothing above high, nor anything below low. */
enum severity cvss_severity(enum cvss_version version, double score);

/*
 * Which of two vectors counts where one source gives both, either may be absent.  Version 2 only stands in for what has no newer
 * one; of 3.0, 3.1 and 4.0, whose scales are the same, the higher score counts; what cannot be read, last.
 */
struct slice cvss_prefer(struct slice kept, struct slice offered);

#endif
