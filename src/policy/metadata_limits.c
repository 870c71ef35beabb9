/* SPDX-License-Identifier: Apache-2.0 */
/* Health check and age. */
#include "policy/metadata.h"

#include "base/date.h"

int
judge_healthcheck(struct metadata_judging *m, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->healthcheck;
	const struct string_list *test = &m->config->healthcheck;
	bool has = test->n > 0 && !slice_is(test->at[0], "NONE"), wanted = demand->value == 0;
	if (!demand->set || has == wanted)
		return 0;
	struct words words = {
		.rule = "metadata/healthcheck", .setting = SLICE("healthcheck"),
		.title = wanted ? SLICE("It has no health check") : SLICE("It may not have a health check"),
		.fix = wanted ? SLICE("HEALTHCHECK CMD ... in the Dockerfile") : SLICE("HEALTHCHECK NONE in the Dockerfile"),
	};
	return metadata_report(m, &demand->terms, &words, err);
}

int
judge_age(struct metadata_judging *m, struct plim_error *err)
{
	const struct demand *demand = &m->wanted->max_age;
	int64_t created;
	if (!demand->set)
		return 0;
	if (!date_parse(m->config->created, &created))
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("created"), SLICE("the configuration does not tell when the image was made"), err);
	int64_t age = date_day(m->judging->at) - date_day(created);
	if (age < 0)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("created"), SLICE("it was made after the time of this evaluation"), err);
	if (age <= demand->value)
		return 0;
	struct words words = {
		.rule = "metadata/max-age", .setting = SLICE("created"), .title = SLICE("It is too old"),
		.message = judge_text(m->judging, "made on %.*s, %lld days ago; the policy takes %lld", SLICE_ARG(slice_first(m->config->created, 10)),
		                      (long long)age, (long long)demand->value),
		.fix = SLICE("Build it again."),
	};
	return metadata_report(m, &demand->terms, &words, err);
}
