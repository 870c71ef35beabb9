/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS 2.0 (FIRST, A Complete Guide to the Common Vulnerability Scoring System Version 2.0, section 3.2). */
#include "advisory/cvss_scheme.h"

#include <math.h>

enum metric { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR, METRIC_COUNT };

static const struct cvss_metric metrics[METRIC_COUNT] = {
	[AV] = { "AV", "L A N", CVSS_BASE, { 0.395, 0.646, 1 } },
	[AC] = { "AC", "H M L", CVSS_BASE, { 0.35, 0.61, 0.71 } },
	[AU] = { "Au", "M S N", CVSS_BASE, { 0.45, 0.56, 0.704 } },
	[C] = { "C", "N P C", CVSS_BASE, { 0, 0.275, 0.66 } },
	[I] = { "I", "N P C", CVSS_BASE, { 0, 0.275, 0.66 } },
	[A] = { "A", "N P C", CVSS_BASE, { 0, 0.275, 0.66 } },
	[E] = { "E", "ND U POC F H", CVSS_TEMPORAL, { 1, 0.85, 0.9, 0.95, 1 } },
	[RL] = { "RL", "ND OF TF W U", CVSS_TEMPORAL, { 1, 0.87, 0.9, 0.95, 1 } },
	[RC] = { "RC", "ND UC UR C", CVSS_TEMPORAL, { 1, 0.9, 0.95, 1 } },
	[CDP] = { "CDP", "ND N L LM MH H", CVSS_ENVIRONMENTAL, { 0, 0, 0.1, 0.3, 0.4, 0.5 } },
	[TD] = { "TD", "ND N L M H", CVSS_ENVIRONMENTAL, { 1, 0, 0.25, 0.75, 1 } },
	[CR] = { "CR", "ND L M H", CVSS_ENVIRONMENTAL, { 1, 0.5, 1, 1.51 } },
	[IR] = { "IR", "ND L M H", CVSS_ENVIRONMENTAL, { 1, 0.5, 1, 1.51 } },
	[AR] = { "AR", "ND L M H", CVSS_ENVIRONMENTAL, { 1, 0.5, 1, 1.51 } },
};

static double
weight(const struct cvss_vector *v, enum metric metric)
{
	return metrics[metric].weights[v->value[metric]];
}

/* To the nearest tenth.  Halves go up: the sums are exact decimals, which binary fractions may miss by a little. */
static double
rounded(double score)
{
	return floor(score * 10 + 0.5 + 1e-9) / 10;
}

static double
impact(double c, double i, double a)
{
	return 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
}

/* Weights of what asks for little may take it below nothing. */
static double
base_score(const struct cvss_vector *v, double impact)
{
	double exploitability = 20 * weight(v, AV) * weight(v, AC) * weight(v, AU);
	return impact > 0 ? rounded((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176) : 0;
}

static double
temporal_score(const struct cvss_vector *v, double base)
{
	return rounded(base * weight(v, E) * weight(v, RL) * weight(v, RC));
}

static double
environmental_score(const struct cvss_vector *v)
{
	double c = weight(v, C) * weight(v, CR), i = weight(v, I) * weight(v, IR), a = weight(v, A) * weight(v, AR);
	double adjusted = temporal_score(v, base_score(v, fmin(10, impact(c, i, a))));
	return fmax(0, rounded((adjusted + (10 - adjusted) * weight(v, CDP)) * weight(v, TD)));
}

static void
score(const struct cvss_vector *v, struct cvss *out)
{
	out->base = base_score(v, impact(weight(v, C), weight(v, I), weight(v, A)));
	if (v->defined[CVSS_TEMPORAL])
		out->temporal = temporal_score(v, out->base);
	if (v->defined[CVSS_ENVIRONMENTAL])
		out->environmental = environmental_score(v);
}

const struct cvss_scheme cvss_scheme_2_0 = {
	.name = "2.0", .prefix = "CVSS:2.0/", .metrics = metrics, .metric_count = METRIC_COUNT, .score = score,
};
