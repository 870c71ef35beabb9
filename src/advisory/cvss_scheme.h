/* SPDX-License-Identifier: Apache-2.0 */
/* What a version of CVSS consists of: cvss_VERSION.c has its table of metrics and its formulas. */
#ifndef ADVISORY_CVSS_SCHEME_H
#define ADVISORY_CVSS_SCHEME_H

#include "advisory/cvss.h"

enum cvss_group { CVSS_BASE, CVSS_TEMPORAL, CVSS_ENVIRONMENTAL, CVSS_SUPPLEMENTAL, CVSS_GROUPS };

struct cvss_metric {
	const char *name, *values;    /* the values with blanks between them; the first of one that is not of the base is "not defined" */
	enum cvss_group group;
	double weights[6];            /* of the values */
};

#define CVSS_METRICS 32    /* version 4 has so many */

/* Values, by their places in the list of the metric; what is not there is not defined. */
struct cvss_vector {
	uint8_t value[CVSS_METRICS];
	bool defined[CVSS_GROUPS];    /* some metric of the group is */
};

struct cvss_scheme {
	const char *name, *prefix;
	const struct cvss_metric *metrics;
	size_t metric_count;
	bool in_order;                /* the metrics must be */
	void (*score)(const struct cvss_vector *vector, struct cvss *out);
};

extern const struct cvss_scheme cvss_scheme_2_0, cvss_scheme_3_0, cvss_scheme_3_1, cvss_scheme_4_0;

#endif
