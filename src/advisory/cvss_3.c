/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 3.0 and 3.1 (FIRST, Common Vulnerability Scoring System v3.1: Specification Document, section 7), which differ in how they
 * round and in the impact on another scope than the author's.
 */
#include "advisory/cvss_scheme.h"

#include <math.h>

enum metric { AV, AC, PR, UI, S, C, I, A, E, RL, RC, CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA, METRIC_COUNT };

static const struct cvss_metric metrics[METRIC_COUNT] = {
	[AV] = { "AV", "N A L P", CVSS_BASE, { 0.85, 0.62, 0.55, 0.2 } },
	[AC] = { "AC", "L H", CVSS_BASE, { 0.77, 0.44 } },
	[PR] = { "PR", "N L H", CVSS_BASE, { 0.85, 0.62, 0.27 } },
	[UI] = { "UI", "N R", CVSS_BASE, { 0.85, 0.62 } },
	[S] = { "S", "U C", CVSS_BASE, { 0, 1 } },
	[C] = { "C", "H L N", CVSS_BASE, { 0.56, 0.22, 0 } },
	[I] = { "I", "H L N", CVSS_BASE, { 0.56, 0.22, 0 } },
	[A] = { "A", "H L N", CVSS_BASE, { 0.56, 0.22, 0 } },
	[E] = { "E", "X U P F H", CVSS_TEMPORAL, { 1, 0.91, 0.94, 0.97, 1 } },
	[RL] = { "RL", "X O T W U", CVSS_TEMPORAL, { 1, 0.95, 0.96, 0.97, 1 } },
	[RC] = { "RC", "X U R C", CVSS_TEMPORAL, { 1, 0.92, 0.96, 1 } },
	[CR] = { "CR", "X L M H", CVSS_ENVIRONMENTAL, { 1, 0.5, 1, 1.5 } },
	[IR] = { "IR", "X L M H", CVSS_ENVIRONMENTAL, { 1, 0.5, 1, 1.5 } },
	[AR] = { "AR", "X L M H", CVSS_ENVIRONMENTAL, { 1, 0.5, 1, 1.5 } },
	[MAV] = { "MAV", "X N A L P", CVSS_ENVIRONMENTAL, { 0, 0.85, 0.62, 0.55, 0.2 } },
	[MAC] = { "MAC", "X L H", CVSS_ENVIRONMENTAL, { 0, 0.77, 0.44 } },
	[MPR] = { "MPR", "X N L H", CVSS_ENVIRONMENTAL, { 0, 0.85, 0.62, 0.27 } },
	[MUI] = { "MUI", "X N R", CVSS_ENVIRONMENTAL, { 0, 0.85, 0.62 } },
	[MS] = { "MS", "X U C", CVSS_ENVIRONMENTAL, { 0, 0, 1 } },
	[MC] = { "MC", "X H L N", CVSS_ENVIRONMENTAL, { 0, 0.56, 0.22, 0 } },
	[MI] = { "MI", "X H L N", CVSS_ENVIRONMENTAL, { 0, 0.56, 0.22, 0 } },
	[MA] = { "MA", "X H L N", CVSS_ENVIRONMENTAL, { 0, 0.56, 0.22, 0 } },
};

/* How the versions differ. */
struct edition {
	double (*round_up)(double score);
	double (*modified_impact)(double sub);    /* where the scope is changed */
};

/* Up to one decimal; the sums are exact decimals, which binary fractions may miss by a little.  Adding nothing makes a minus zero plain. */
static double
round_up_3_0(double score)
{
	return ceil(score * 10 - 1e-9) / 10 + 0.0;
}

/* Through integers, because 4.02 and 4.000000001 differ (appendix A). */
static double
round_up_3_1(double score)
{
	long long tenths = llround(score * 100000);
	return tenths % 10000 == 0 ? (double)(tenths / 10000) / 10 : (double)(tenths / 10000 + 1) / 10;
}

static double
changed_impact(double sub)
{
	return 7.52 * (sub - 0.029) - 3.25 * pow(sub - 0.02, 15);
}

static double
modified_changed_impact(double sub)
{
	return 7.52 * (sub - 0.029) - 3.25 * pow(sub * 0.9731 - 0.02, 13);
}

static const struct edition edition_3_0 = { round_up_3_0, changed_impact }, edition_3_1 = { round_up_3_1, modified_changed_impact };

static double
weight(const struct cvss_vector *v, enum metric metric)
{
	return metrics[metric].weights[v->value[metric]];
}

/* The modified metrics stand in the order of those of the base. */
static double
modified_weight(const struct cvss_vector *v, enum metric metric)
{
	enum metric modified = metric - AV + MAV;
	return weight(v, v->value[modified] ? modified : metric);
}

/* Privileges are worth more where the scope changes. */
static double
privileges(double weight, bool changed)
{
	return changed && weight < 0.3 ? 0.5 : changed && weight < 0.7 ? 0.68 : weight;
}

static double
whole(const struct edition *edition, double impact, double exploitability, bool changed)
{
	return impact <= 0 ? 0 : edition->round_up(fmin((changed ? 1.08 : 1.0) * (impact + exploitability), 10));
}

static double
base_score(const struct edition *edition, const struct cvss_vector *v)
{
	bool changed = weight(v, S) > 0;
	double sub = 1 - (1 - weight(v, C)) * (1 - weight(v, I)) * (1 - weight(v, A));
	double impact = changed ? changed_impact(sub) : 6.42 * sub;
	double exploitability = 8.22 * weight(v, AV) * weight(v, AC) * privileges(weight(v, PR), changed) * weight(v, UI);
	return whole(edition, impact, exploitability, changed);
}

static double
temporal_score(const struct edition *edition, const struct cvss_vector *v, double score)
{
	return edition->round_up(score * weight(v, E) * weight(v, RL) * weight(v, RC));
}

static double
required(const struct cvss_vector *v, enum metric impact, enum metric requirement)
{
	return modified_weight(v, impact) * weight(v, requirement);
}

static double
environmental_score(const struct edition *edition, const struct cvss_vector *v)
{
	bool changed = modified_weight(v, S) > 0;
	double sub = fmin(1 - (1 - required(v, C, CR)) * (1 - required(v, I, IR)) * (1 - required(v, A, AR)), 0.915);
	double impact = changed ? edition->modified_impact(sub) : 6.42 * sub;
	double access = modified_weight(v, AV) * modified_weight(v, AC);
	double exploitability = 8.22 * access * privileges(modified_weight(v, PR), changed) * modified_weight(v, UI);
	return temporal_score(edition, v, whole(edition, impact, exploitability, changed));
}

static void
score(const struct edition *edition, const struct cvss_vector *v, struct cvss *out)
{
	out->base = base_score(edition, v);
	if (v->defined[CVSS_TEMPORAL])
		out->temporal = temporal_score(edition, v, out->base);
	if (v->defined[CVSS_ENVIRONMENTAL])
		out->environmental = environmental_score(edition, v);
}

static void
score_3_0(const struct cvss_vector *v, struct cvss *out)
{
	score(&edition_3_0, v, out);
}

static void
score_3_1(const struct cvss_vector *v, struct cvss *out)
{
	score(&edition_3_1, v, out);
}

const struct cvss_scheme cvss_scheme_3_0 = {
	.name = "3.0", .prefix = "CVSS:3.0/", .metrics = metrics, .metric_count = METRIC_COUNT, .score = score_3_0,
};
const struct cvss_scheme cvss_scheme_3_1 = {
	.name = "3.1", .prefix = "CVSS:3.1/", .metrics = metrics, .metric_count = METRIC_COUNT, .score = score_3_1,
};
