/* SPDX-License-Identifier: Apache-2.0 */
/* Health check, stop signal, triggers of builds, platform. */
#include "policy/metadata.h"

#include "base/error.h"
#include "base/glob.h"

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

/* What they would run is not shown: it may hold what only the build should know. */
int
judge_onbuild(struct metadata_judging *m, struct plim_error *err)
{
	const struct string_list *triggers = &m->config->on_build;
	if (!m->wanted->onbuild.set || triggers->n == 0)
		return 0;
	struct slice rest = triggers->at[0], word = SLICE("");
	slice_word(&rest, &word);
	struct words words = {
		.rule = "metadata/onbuild", .setting = SLICE("onbuild"), .title = SLICE("It runs instructions in the builds of others"),
		.message = judge_text(m->judging, "%zu ONBUILD, the first is %.*s", triggers->n, SLICE_ARG(slice_first(word, 20))),
		.fix = SLICE("Write the instructions where they are run."),
	};
	return metadata_report(m, &m->wanted->onbuild.terms, &words, err);
}

/* stop signal */

static bool
names_signal(const struct slice_list *list, int number)
{
	for (size_t i = 0; i < list->n; i++)
		if (runtime_signal(list->at[i]) == number)
			return true;
	return false;
}

int
judge_stop_signal(struct metadata_judging *m, struct plim_error *err)
{
	const struct allowance *allowance = &m->wanted->stop_signal;
	struct slice text = m->config->stop_signal.n ? m->config->stop_signal : SLICE("SIGTERM");
	int number = runtime_signal(text);
	bool denied = names_signal(&allowance->deny, number), allowed = !allowance->has_allow || names_signal(&allowance->allow, number);
	if (!metadata_asks(allowance) || (number != 0 && !denied && allowed))
		return 0;
	struct words words = {
		.rule = "metadata/stop-signal", .setting = SLICE("stop_signal"),
		.title = number == 0 ? SLICE("Its stop signal does not exist") : judge_text(m->judging, "It is stopped by %.*s", SLICE_ARG(slice_first(text, 40))),
		.message = number == 0 ? judge_text(m->judging, "StopSignal is '%.*s'", SLICE_ARG(slice_first(text, 40)))
		           : denied    ? SLICE("the policy denies it")
		                       : SLICE("the policy does not allow it"),
		.fix = SLICE("STOPSIGNAL in the Dockerfile, or none for SIGTERM"),
	};
	return metadata_report(m, &allowance->terms, &words, err);
}

/* platform */

int
judge_platform(struct metadata_judging *m, struct plim_error *err)
{
	const struct platform *platform = &m->judging->inventory->image->platform;
	AUTO(strbuf) struct strbuf buf = { 0 };
	if (!metadata_asks(&m->wanted->platform))
		return 0;
	if (platform->os.n == 0 || platform->architecture.n == 0)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("platform"), SLICE("the configuration does not tell for which platform it is"), err);
	platform_text(platform, &buf);
	struct slice text = arena_dup(m->judging->arena, strbuf_slice(&buf)), why = metadata_objection(&m->wanted->platform, text);
	if (text.p == NULL)
		return error_nomem(err);
	if (why.n == 0)
		return 0;
	struct words words = {
		.rule = "metadata/platform", .setting = SLICE("platform"), .title = judge_text(m->judging, "It is for the platform %.*s", SLICE_ARG(text)), .message = why,
	};
	return metadata_report(m, &m->wanted->platform.terms, &words, err);
}
