/* SPDX-License-Identifier: Apache-2.0 */
/* What the image starts: that there is something, and no shell in between. */
#include "policy/metadata.h"

static int
judge_missing_command(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	if (command->count > 0 || !m->wanted->entrypoint.required.set)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint", .setting = SLICE("entrypoint"), .title = SLICE("It has no effective entry point"),
		.message = SLICE("neither Entrypoint nor Cmd is set"), .fix = SLICE("ENTRYPOINT [\"/path/of/program\"] in the Dockerfile"),
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
		.fix = SLICE("the exec form: ENTRYPOINT [\"program\", \"argument\"], or exec before the program"),
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
