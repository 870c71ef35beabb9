/* SPDX-License-Identifier: Apache-2.0 */
/* The table of rules that our checks answer. */
#include "scap/rules.h"

#include "base/glob.h"
#include "scap/benchmark.h"

const struct scap_mapping scap_mappings[] = {
#define SCAP_RULE(rule, benchmarks, checks) { rule, benchmarks, checks },
#include "scap/rules.def"
	{ 0 },
};

const struct scap_parameter scap_parameters[] = {
#define SCAP_VALUE(rule, check, parameter, value) { rule, check, parameter, value, NULL },
#define SCAP_FIXED(rule, check, parameter, text) { rule, check, parameter, NULL, text },
#include "scap/rules.def"
	{ 0 },
};

static bool
is_meant(const char *benchmarks, struct slice id)
{
	struct slice rest = slice_of(benchmarks ? benchmarks : "*"), glob;
	while (slice_next(&rest, '|', &glob))
		if (glob_match(glob, id))
			return true;
	return false;
}

/* A rule of somebody else's may have the same last name. */
static bool
is_of_the_guide(struct slice id)
{
	return slice_starts(id, SLICE("xccdf_org.ssgproject.content_rule_"));
}

bool
scap_rule_is_of_hosts(struct slice rule)
{
	static const char *const globs[] = {
#define SCAP_HOST(rules) rules,
#include "scap/rules.def"
	};
	for (size_t i = 0; is_of_the_guide(rule) && i < sizeof globs / sizeof *globs; i++)
		if (glob_match(slice_of(globs[i]), scap_short_id(rule, "rule")))
			return true;
	return false;
}

const struct scap_mapping *
scap_mapping_find(struct slice rule, struct slice benchmark)
{
	struct slice name = scap_short_id(rule, "rule");
	for (const struct scap_mapping *mapping = scap_mappings; is_of_the_guide(rule) && mapping->rule; mapping++)
		if (slice_is(name, mapping->rule) && is_meant(mapping->benchmarks, benchmark))
			return mapping;
	return NULL;
}
