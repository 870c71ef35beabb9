/* SPDX-License-Identifier: Apache-2.0 */
/* How bad a vulnerability or a finding is: the qualitative scale of CVSS, and Debian's word for what nobody will mend. */
#ifndef BASE_SEVERITY_H
#define BASE_SEVERITY_H

#include "base/slice.h"

enum severity {
	SEVERITY_UNKNOWN,    /* no source gives one */
	SEVERITY_NEGLIGIBLE,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
};

/* "critical"; "unknown" for what is none. */
const char *severity_name(enum severity severity);
/* Reads the names, in any case, and the words that feeds use for them ("moderate", "important"); false for another word. */
bool severity_parse(struct slice word, enum severity *out);
/* The rating of a CVSS base score, 0.0 to 10.0 (CVSS v3.1, section 5): 0.0 is negligible. */
enum severity severity_of_score(double score);

#endif
