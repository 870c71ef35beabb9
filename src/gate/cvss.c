/* SPDX-License-Identifier: Apache-2.0 */
/* plim_cvss_score. */
#include "advisory/cvss.h"

#include <plimsoll/cvss.h>

int
plim_cvss_score(const char *vector, struct plim_cvss *out, struct plim_error *err)
{
	struct cvss cvss;
	int r = cvss_score(slice_of(vector), &cvss, err);
	if (r < 0)
		return r;
	enum severity severity = cvss_severity(cvss.version, cvss.base);
	*out = (struct plim_cvss){
		.base = cvss.base, .temporal = cvss.temporal, .environmental = cvss.environmental,
		.severity = severity == SEVERITY_NEGLIGIBLE ? "none" : severity_name(severity),
	};
	return 0;
}
