/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 4.0 (FIRST, Common Vulnerability Scoring System version 4.0: Specification Document, section 8).  Metrics that belong together
 * are put in classes; all that are in the same six classes have a score in common, less for what they are below the highest of them.
 */
#include "advisory/cvss_scheme.h"

#include <math.h>

enum metric {
	AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, E, CR, IR, AR, MAV, MAC, MAT, MPR, MUI, MVC, MVI, MVA, MSC, MSI, MSA, SAFETY, AU, R, V, RE, U,
	METRIC_COUNT
};
_Static_assert(METRIC_COUNT == CVSS_METRICS, "the version with the most metrics");

/* The weight is how far a value is below the highest.  Only somebody's environment knows of safety: the others' highest is one step lower. */
static const struct cvss_metric metrics[METRIC_COUNT] = {
	[AV] = { "AV", "N A L P", CVSS_BASE, { 0, 1, 2, 3 } },
	[AC] = { "AC", "L H", CVSS_BASE, { 0, 1 } },
	[AT] = { "AT", "N P", CVSS_BASE, { 0, 1 } },
	[PR] = { "PR", "N L H", CVSS_BASE, { 0, 1, 2 } },
	[UI] = { "UI", "N P A", CVSS_BASE, { 0, 1, 2 } },
	[VC] = { "VC", "H L N", CVSS_BASE, { 0, 1, 2 } },
	[VI] = { "VI", "H L N", CVSS_BASE, { 0, 1, 2 } },
	[VA] = { "VA", "H L N", CVSS_BASE, { 0, 1, 2 } },
	[SC] = { "SC", "H L N", CVSS_BASE, { 1, 2, 3 } },
	[SI] = { "SI", "H L N", CVSS_BASE, { 1, 2, 3 } },
	[SA] = { "SA", "H L N", CVSS_BASE, { 1, 2, 3 } },
	[E] = { "E", "X A P U", CVSS_TEMPORAL, { 0, 0, 1, 2 } },
	[CR] = { "CR", "X H M L", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[IR] = { "IR", "X H M L", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[AR] = { "AR", "X H M L", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[MAV] = { "MAV", "X N A L P", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2, 3 } },
	[MAC] = { "MAC", "X L H", CVSS_ENVIRONMENTAL, { 0, 0, 1 } },
	[MAT] = { "MAT", "X N P", CVSS_ENVIRONMENTAL, { 0, 0, 1 } },
	[MPR] = { "MPR", "X N L H", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[MUI] = { "MUI", "X N P A", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[MVC] = { "MVC", "X H L N", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[MVI] = { "MVI", "X H L N", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[MVA] = { "MVA", "X H L N", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2 } },
	[MSC] = { "MSC", "X H L N", CVSS_ENVIRONMENTAL, { 0, 1, 2, 3 } },
	[MSI] = { "MSI", "X S H L N", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2, 3 } },
	[MSA] = { "MSA", "X S H L N", CVSS_ENVIRONMENTAL, { 0, 0, 1, 2, 3 } },
	[SAFETY] = { "S", "X N P", CVSS_SUPPLEMENTAL, { 0 } },
	[AU] = { "AU", "X N Y", CVSS_SUPPLEMENTAL, { 0 } },
	[R] = { "R", "X A U I", CVSS_SUPPLEMENTAL, { 0 } },
	[V] = { "V", "X D C", CVSS_SUPPLEMENTAL, { 0 } },
	[RE] = { "RE", "X L M H", CVSS_SUPPLEMENTAL, { 0 } },
	[U] = { "U", "X Clear Green Amber Red", CVSS_SUPPLEMENTAL, { 0 } },
};

#define NO -1
#define EQ_COUNT 6

static const int8_t scores[3][2][3][3][6] = {
#define SCORES(eq1, eq2, eq3, eq4, ...) [eq1][eq2][eq3][eq4] = { __VA_ARGS__ },
#include "advisory/cvss_4_0_scores.def"
#undef SCORES
};

/* The levels of the metrics of the base and of those up to AR, each modified one in the place of what it modifies. */
struct levels {
	int of[AR + 1];
};

static int
level(const struct cvss_vector *v, enum metric metric)
{
	enum metric modified = metric < E ? metric - AV + MAV : metric;
	enum metric which = v->value[modified] ? modified : metric;
	return (int)metrics[which].weights[v->value[which]];
}

static struct levels
levels_of(const struct cvss_vector *v)
{
	struct levels levels;
	for (enum metric metric = AV; metric <= AR; metric++)
		levels.of[metric] = level(v, metric);
	return levels;
}

/* The vector with the metrics of its first groups only. */
static struct levels
levels_up_to(const struct cvss_vector *v, enum cvss_group last)
{
	struct cvss_vector part = { 0 };
	for (size_t i = 0; i < METRIC_COUNT; i++)
		if (metrics[i].group <= last)
			part.value[i] = v->value[i];
	return levels_of(&part);
}

/* classes: 0 is the most severe */

static int
class_1(const int *l)
{
	int highest = (l[AV] == 0) + (l[PR] == 0) + (l[UI] == 0);
	return highest == 3 ? 0 : highest > 0 && l[AV] < 3 ? 1 : 2;
}

static int
class_3(const int *l)
{
	if (l[VC] == 0 && l[VI] == 0)
		return 0;
	return l[VC] == 0 || l[VI] == 0 || l[VA] == 0 ? 1 : 2;
}

static int
class_4(const int *l)
{
	if (l[SI] == 0 || l[SA] == 0)
		return 0;
	return l[SC] == 1 || l[SI] == 1 || l[SA] == 1 ? 1 : 2;
}

static bool
is_required(const int *l, enum metric impact, enum metric requirement)
{
	return l[impact] == 0 && l[requirement] == 0;
}

struct classes {
	int eq[EQ_COUNT];
};

static struct classes
classes_of(const int *l)
{
	bool required = is_required(l, VC, CR) || is_required(l, VI, IR) || is_required(l, VA, AR);
	return (struct classes){ { class_1(l), l[AC] + l[AT] > 0, class_3(l), class_4(l), l[E], !required } };
}

/* In tenths, negative for classes that do not exist. */
static int
shared_score(struct classes c)
{
	static const int ends[EQ_COUNT] = { 3, 2, 3, 3, 3, 2 };
	for (size_t i = 0; i < EQ_COUNT; i++)
		if (c.eq[i] >= ends[i])
			return NO;
	return scores[c.eq[0]][c.eq[1]][c.eq[2]][c.eq[3]][c.eq[4] * 2 + c.eq[5]];
}

static int
score_below(struct classes c, size_t which)
{
	c.eq[which]++;
	return shared_score(c);
}

/* The third and the sixth class, which share metrics, go down together: one of them where it can, the better where both can. */
static int
score_below_both(struct classes c)
{
	int third = score_below(c, 2), sixth = score_below(c, 5);
	if (c.eq[5] == 1)
		return third;
	return c.eq[2] == 0 && third > sixth ? third : sixth;
}

/*
 * How far a vector is below the highest of its class: the highest ones of a class differ, the sum of their levels does not.
 * Depth is how many steps the class has.
 */
struct distance {
	int levels, depth, below;    /* `below`: the score of the next lower class */
};

struct span {
	int highest, depth;
};
static const struct span spans_1[] = { { 0, 1 }, { 1, 4 }, { 3, 5 } }, spans_2[] = { { 0, 1 }, { 1, 2 } }, spans_4[] = { { 1, 6 }, { 3, 5 }, { 6, 4 } },
                         spans_36[3][2] = { { { 0, 7 }, { 3, 6 } }, { { 1, 8 }, { 3, 8 } }, { { 0, 0 }, { 3, 10 } } };

static struct distance
distance(int levels, struct span span, int below)
{
	return (struct distance){ levels - span.highest, span.depth, below };
}

/* The mean of the way that each class has gone to the next lower one; exploit maturity has no steps of its own, and counts. */
static double
mean_distance(const int *l, struct classes c, int score)
{
	const struct distance all[] = {
		distance(l[AV] + l[PR] + l[UI], spans_1[c.eq[0]], score_below(c, 0)),
		distance(l[AC] + l[AT], spans_2[c.eq[1]], score_below(c, 1)),
		distance(l[VC] + l[VI] + l[VA] + l[CR] + l[IR] + l[AR], spans_36[c.eq[2]][c.eq[5]], score_below_both(c)),
		distance(l[SC] + l[SI] + l[SA], spans_4[c.eq[3]], score_below(c, 3)),
		distance(0, (struct span){ 0, 1 }, score_below(c, 4)),
	};
	double sum = 0;
	int n = 0;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].below >= 0) {
			sum += (double)(score - all[i].below) * all[i].levels / all[i].depth;
			n++;
		}
	return n ? sum / n : 0;
}

static bool
has_impact(const int *l)
{
	return l[VC] + l[VI] + l[VA] < 6 || l[SC] + l[SI] + l[SA] < 9;
}

/* Halves go up, those too that binary fractions miss by a little. */
static double
score_of(struct levels levels)
{
	struct classes classes = classes_of(levels.of);
	int shared = shared_score(classes);
	if (!has_impact(levels.of))
		return 0;
	return floor(shared - mean_distance(levels.of, classes, shared) + 0.5 + 1e-5) / 10;
}

static void
score(const struct cvss_vector *v, struct cvss *out)
{
	out->base = score_of(levels_up_to(v, CVSS_BASE));
	if (v->defined[CVSS_TEMPORAL])
		out->temporal = score_of(levels_up_to(v, CVSS_TEMPORAL));
	if (v->defined[CVSS_ENVIRONMENTAL])
		out->environmental = score_of(levels_up_to(v, CVSS_ENVIRONMENTAL));
}

const struct cvss_scheme cvss_scheme_4_0 = {
	.name = "4.0", .prefix = "CVSS:4.0/", .metrics = metrics, .metric_count = METRIC_COUNT, .in_order = true, .score = score,
};
