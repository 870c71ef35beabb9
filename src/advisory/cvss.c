/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of any version of CVSS, read by the tables of their versions. */
#include "advisory/cvss_scheme.h"

static const struct cvss_scheme *const schemes[] = {
	[CVSS_2_0] = &cvss_scheme_2_0, [CVSS_3_0] = &cvss_scheme_3_0, [CVSS_3_1] = &cvss_scheme_3_1, [CVSS_4_0] = &cvss_scheme_4_0,
};

/* A vector being read. */
struct reading {
	const struct cvss_scheme *scheme;
	struct cvss_vector vector;
	size_t next;                   /* the first metric that is still in order */
	bool seen[CVSS_METRICS];
};

/* A word from outside may be long, or no text at all. */
static const char *
word(struct slice text, char room[static 16])
{
	size_t n = 0;
	for (; n < text.n && n < 15; n++)
		room[n] = text.p[n] > ' ' && text.p[n] < 0x7f ? text.p[n] : '?';
	room[n] = '\0';
	return room;
}

static bool
find_value(const char *values, struct slice text, uint8_t *out)
{
	struct slice rest = slice_of(values), value;
	for (uint8_t i = 0; slice_word(&rest, &value); i++)
		if (slice_eq(value, text)) {
			*out = i;
			return true;
		}
	return false;
}

static size_t
find_metric(const struct cvss_scheme *scheme, struct slice name)
{
	size_t i = 0;
	while (i < scheme->metric_count && !slice_is(name, scheme->metrics[i].name))
		i++;
	return i;
}

static int
take_metric(struct reading *in, size_t at, struct slice value, struct plim_error *err)
{
	const struct cvss_metric *metric = &in->scheme->metrics[at];
	char room[16];
	if (in->seen[at])
		return error_set(err, PLIM_EFORMAT, "%s is there twice", metric->name);
	if (in->scheme->in_order && at < in->next)
		return error_set(err, PLIM_EFORMAT, "%s is not in its place: CVSS %s has an order", metric->name, in->scheme->name);
	if (!find_value(metric->values, value, &in->vector.value[at]))
		return error_set(err, PLIM_EFORMAT, "%s has no value '%s' in CVSS %s", metric->name, word(value, room), in->scheme->name);
	in->seen[at] = true;
	in->next = at + 1;
	in->vector.defined[metric->group] |= metric->group == CVSS_BASE || in->vector.value[at] > 0;
	return 0;
}

static int
take_part(struct reading *in, struct slice part, struct plim_error *err)
{
	struct slice name, value;
	char room[16];
	if (!slice_cut(part, ':', &name, &value))
		return error_set(err, PLIM_EFORMAT, "'%s' is no METRIC:VALUE", word(part, room));
	size_t at = find_metric(in->scheme, name);
	if (at == in->scheme->metric_count)
		return error_set(err, PLIM_EFORMAT, "CVSS %s has no metric '%s'", in->scheme->name, word(name, room));
	return take_metric(in, at, value, err);
}

static int
check_whole(const struct reading *in, struct plim_error *err)
{
	for (size_t i = 0; i < in->scheme->metric_count; i++)
		if (in->scheme->metrics[i].group == CVSS_BASE && !in->seen[i])
			return error_set(err, PLIM_EFORMAT, "%s is missing, CVSS %s needs it", in->scheme->metrics[i].name, in->scheme->name);
	return 0;
}

/* Vectors of version 2 name no version; some stand in parentheses, as its guide writes them. */
static int
choose_scheme(struct slice *vector, enum cvss_version *out, struct plim_error *err)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (slice_skip(vector, slice_of(schemes[i]->prefix))) {
			*out = (enum cvss_version)i;
			return 0;
		}
	if (slice_starts(*vector, SLICE("CVSS:")))
		return error_set(err, PLIM_EFORMAT, "no vector of CVSS 2.0, 3.0, 3.1 or 4.0");
	if (slice_starts(*vector, SLICE("(")) && slice_ends(*vector, SLICE(")")))
		*vector = slice_first(slice_from(*vector, 1), vector->n - 2);
	return 0;
}

/* What ends in a slash may have been cut off. */
int
cvss_score(struct slice vector, struct cvss *out, struct plim_error *err)
{
	enum cvss_version version = CVSS_2_0;
	struct slice part;
	int r = vector.n ? choose_scheme(&vector, &version, err) : error_set(err, PLIM_EFORMAT, "an empty vector");
	if (r < 0)
		return r;
	struct reading in = { .scheme = schemes[version] };
	if (slice_ends(vector, SLICE("/")))
		return error_set(err, PLIM_EFORMAT, "it ends in a slash");
	while (slice_next(&vector, '/', &part))
		if ((r = take_part(&in, part, err)) < 0)
			return r;
	if ((r = check_whole(&in, err)) < 0)
		return r;
	*out = (struct cvss){ version, -1, -1, -1 };
	in.scheme->score(&in.vector, out);
	return 0;
}

enum severity
cvss_severity(enum cvss_version version, double score)
{
	enum severity severity = severity_of_score(score);
	if (version != CVSS_2_0)
		return severity;
	if (severity > SEVERITY_HIGH)
		return SEVERITY_HIGH;
	return severity < SEVERITY_LOW ? SEVERITY_LOW : severity;
}

/* What cannot be read is below all scores of version 2, and these below those of the others. */
static double
preference(struct slice vector)
{
	struct cvss cvss;
	if (vector.n == 0)
		return -2;
	if (cvss_score(vector, &cvss, NULL) < 0)
		return -1;
	return cvss.version == CVSS_2_0 ? cvss.base : cvss.base + 100;
}

struct slice
cvss_prefer(struct slice kept, struct slice offered)
{
	if (kept.n == 0 || offered.n == 0)
		return kept.n ? kept : offered;
	return preference(offered) > preference(kept) ? offered : kept;
}
