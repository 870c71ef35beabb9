/* SPDX-License-Identifier: Apache-2.0 */
/* What the image starts: that there is something, and no shell in between. */
#include "policy/metadata.h"

/* Why nothing is started; absent if something is. */
static struct slice
what_lacks(const struct runtime_command *command)
{
	if (command->count == 0)
		return SLICE("neither Entrypoint nor Cmd is set");
	if (command->word.n == 0)
		return SLICE("its first word is empty");
	if (command->shell_form && slice_trim(command->text).n == 0)
		return SLICE("it is a shell without the text that it is to run");
	return SLICE_NONE;
}

static int
judge_missing_command(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	struct slice lacks = what_lacks(command);
	if (lacks.n == 0 || !m->wanted->entrypoint.required.set)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint", .setting = SLICE("entrypoint"), .title = SLICE("It has no effective entry point"),
		.message = lacks, .fix = SLICE("ENTRYPOINT [\"/path/of/program\"] in the Dockerfile"),
	};
	return metadata_report(m, &m->wanted->entrypoint.required.terms, &words, err);
}

static int
judge_form(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	if (!m->wanted->entrypoint.form.set || !command->shell_form || command->execs)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-form", .setting = SLICE("entrypoint"), .title = SLICE("A shell stands before its entry point"),
		.message = SLICE("in shell form signals reach the shell, not the program, and arguments are interpreted"),
		.fix = SLICE("the exec form: ENTRYPOINT [\"program\", \"argument\"], or exec before the last program of the text"),
	};
	return metadata_report(m, &m->wanted->entrypoint.form.terms, &words, err);
}

int
judge_entrypoint(struct metadata_judging *m, struct plim_error *err)
{
	struct runtime_command command;
	int r = runtime_command_of(m->config, m->judging->arena, &command, err);
	if (r < 0 || (r = judge_missing_command(m, &command, err)) < 0 || command.count == 0 || (r = judge_form(m, &command, err)) < 0)
		return r;
	return judge_stages(m, &command, err);
}
