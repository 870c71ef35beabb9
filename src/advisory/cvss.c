/* SPDX-License-Identifier: Apache-2.0 */
/* Base scores, by the tables and formulas of the specification. */
#include "advisory/cvss.h"

#include <math.h>

enum metric { AV, AC, PR, UI, S, C, I, A, METRIC_COUNT };

struct weight {
	enum metric metric;
	char value;
	double weight, changed;    /* `changed`: where the scope is */
};

static const char *const metric_names[METRIC_COUNT] = { "AV", "AC", "PR", "UI", "S", "C", "I", "A" };

static const struct weight weights[] = {
	{ AV, 'N', 0.85, 0.85 }, { AV, 'A', 0.62, 0.62 }, { AV, 'L', 0.55, 0.55 }, { AV, 'P', 0.2, 0.2 },
	{ AC, 'L', 0.77, 0.77 }, { AC, 'H', 0.44, 0.44 },
	{ PR, 'N', 0.85, 0.85 }, { PR, 'L', 0.62, 0.68 }, { PR, 'H', 0.27, 0.5 },
	{ UI, 'N', 0.85, 0.85 }, { UI, 'R', 0.62, 0.62 },
	{ S, 'U', 0, 0 },        { S, 'C', 1, 1 },
	{ C, 'H', 0.56, 0.56 },  { C, 'L', 0.22, 0.22 },  { C, 'N', 0, 0 },
	{ I, 'H', 0.56, 0.56 },  { I, 'L', 0.22, 0.22 },  { I, 'N', 0, 0 },
	{ A, 'H', 0.56, 0.56 },  { A, 'L', 0.22, 0.22 },  { A, 'N', 0, 0 },
};

static const struct weight *
weight_find(enum metric metric, struct slice value)
{
	for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
		if (value.n == 1 && weights[i].metric == metric && weights[i].value == value.p[0])
			return &weights[i];
	return NULL;
}

/* A base metric goes to its place; false for a second one or a value that it does not have. */
static bool
take_metric(struct slice name, struct slice value, const struct weight **into)
{
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		if (slice_is(name, metric_names[metric])) {
			bool again = into[metric] != NULL;
			into[metric] = weight_find(metric, value);
			return into[metric] && !again;
		}
	return name.n > 0 && value.n > 0;
}

/* Up to one decimal; through integers, because 4.02 and 4.000000001 differ (section 7, appendix A). */
static double
roundup(double score)
{
	long long tenths = llround(score * 100000);
	return tenths % 10000 == 0 ? (double)(tenths / 10000) / 10.0 : (double)(tenths / 10000 + 1) / 10.0;
}

static double
base_score(const struct weight *const *m)
{
	bool changed = m[S]->value == 'C';
	double sub = 1 - (1 - m[C]->weight) * (1 - m[I]->weight) * (1 - m[A]->weight);
	double impact = changed ? 7.52 * (sub - 0.029) - 3.25 * pow(sub - 0.02, 15) : 6.42 * sub;
	double privileges = changed ? m[PR]->changed : m[PR]->weight;
	double exploitability = 8.22 * m[AV]->weight * m[AC]->weight * privileges * m[UI]->weight;
	if (impact <= 0)
		return 0;
	return roundup(fmin((changed ? 1.08 : 1.0) * (impact + exploitability), 10));
}

bool
cvss3_base(struct slice vector, double *score)
{
	const struct weight *metrics[METRIC_COUNT] = { 0 };
	struct slice part, name, value;
	if (!slice_skip(&vector, SLICE("CVSS:3.0/")) && !slice_skip(&vector, SLICE("CVSS:3.1/")))
		return false;
	while (slice_next(&vector, '/', &part))
		if (!slice_cut(part, ':', &name, &value) || !take_metric(name, value, metrics))
			return false;
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		if (metrics[metric] == NULL)
			return false;
	*score = base_score(metrics);
	return true;
}
