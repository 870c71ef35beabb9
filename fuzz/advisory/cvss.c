/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/cvss.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In tenths, from nothing (which has no sign) to ten; or not there. */
static bool
is_score(double score, bool optional)
{
	if (optional && score < 0)
		return true;
	return !signbit(score) && score <= 10 && fabs(score * 10 - round(score * 10)) < 1e-6;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice vector = { (const char *)data, size };
	struct plim_error err = { 0 };
	struct cvss cvss;
	if (cvss_score(vector, &cvss, &err) < 0) {
		if (err.text[0] == '\0')
			abort();
	} else if (!is_score(cvss.base, false) || !is_score(cvss.temporal, true) || !is_score(cvss.environmental, true)) {
		abort();
	}
	return 0;
}
