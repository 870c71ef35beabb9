/* SPDX-License-Identifier: Apache-2.0 */
/* What the image starts: that it is there, and who may change it. */
#include "policy/metadata.h"

#include "base/error.h"

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
	if (!m->wanted->entrypoint.form.set || !command->shell_form)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-form", .setting = SLICE("entrypoint"), .title = SLICE("A shell stands before its entry point"),
		.message = SLICE("in shell form signals reach the shell, not the program, and arguments are interpreted"),
		.fix = SLICE("the exec form: ENTRYPOINT [\"program\", \"argument\"]"),
	};
	return metadata_report(m, &m->wanted->entrypoint.form.terms, &words, err);
}

static int
judge_command_missing(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	struct slice hole;
	if (!m->wanted->entrypoint.exists.set)
		return 0;
	if (judge_has_hole(m->judging, &hole))
		return 0;    /* the gap itself is an unknown of this area */
	struct words words = {
		.rule = "metadata/entrypoint-exists", .setting = SLICE("entrypoint"), .title = SLICE("Its entry point is missing"),
		.message = judge_text(m->judging, "there is no file '%.*s' in the image", SLICE_ARG(command->word)),
	};
	return metadata_report(m, &m->wanted->entrypoint.exists.terms, &words, err);
}

static int
judge_executable(struct metadata_judging *m, struct slice path, const struct node *node, struct plim_error *err)
{
	struct entry entry = node_entry(m->judging->inventory->tree, node);
	bool executable = m->user.known ? runtime_may(&m->user, &entry, 1) : entry.mode & 0111;
	if (!m->wanted->entrypoint.executable.set || executable)
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-executable", .setting = SLICE("entrypoint"), .path = path, .layer = node->layer,
		.title = SLICE("Its user may not execute its entry point"),
		.message = judge_text(m->judging, "mode %04o, owner %u:%u; %.*s", entry.mode, entry.uid, entry.gid, SLICE_ARG(metadata_user_text(m))),
		.fix = judge_text(m->judging, "chmod 755 %.*s", SLICE_ARG(path)),
	};
	return metadata_report(m, &m->wanted->entrypoint.executable.terms, &words, err);
}

/* Whoever may write a directory may put something else in the place of what is in it, unless it is sticky. */
static bool
may_replace_in(const struct metadata_judging *m, const struct node *directory, const struct node *child)
{
	const struct tree *tree = m->judging->inventory->tree;
	struct entry inside = node_entry(tree, child), around = node_entry(tree, directory);
	bool sticky = (around.mode & 01000) && m->user.uid != inside.uid && m->user.uid != around.uid;
	return runtime_may(&m->user, &around, 2) && runtime_may(&m->user, &around, 1) && (m->user.uid == 0 || !sticky);
}

/* Its directory, or one above it: a renamed directory takes what is below it along. */
static bool
may_replace(const struct metadata_judging *m, const struct node *node)
{
	for (; node->parent; node = node->parent)
		if (may_replace_in(m, node->parent, node))
			return true;
	return false;
}

static int
judge_writable(struct metadata_judging *m, struct slice path, const struct node *node, struct plim_error *err)
{
	const struct tree *tree = m->judging->inventory->tree;
	const struct node *link = tree_find(tree, path);
	struct entry entry = node_entry(tree, node);
	/* Where root itself is judged, that it may write everything is not a second flaw. */
	if (!m->wanted->entrypoint.writable.set || (m->user.uid == 0 && m->user.known && m->wanted->user.root.set))
		return 0;
	if (!m->user.known)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, path, SLICE("who may write it cannot be told: the user cannot be resolved"), err);
	if (!runtime_may(&m->user, &entry, 2) && !may_replace(m, node) && !(link && may_replace(m, link)))
		return 0;
	struct words words = {
		.rule = "metadata/entrypoint-writable", .setting = SLICE("entrypoint"), .path = path, .layer = node->layer,
		.title = SLICE("Its user may change its entry point"),
		.message = judge_text(m->judging, "mode %04o, owner %u:%u; %.*s", entry.mode, entry.uid, entry.gid, SLICE_ARG(metadata_user_text(m))),
		.fix = m->user.uid == 0 ? SLICE("run it as another user than root, who may write everything")
		                        : judge_text(m->judging, "let root own %.*s and its directory, without write permission for others", SLICE_ARG(path)),
	};
	return metadata_report(m, &m->wanted->entrypoint.writable.terms, &words, err);
}

static int
judge_command(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	const struct node *node = runtime_command_find(m->judging->inventory, command->word, &path);
	if (node == NULL)
		return judge_command_missing(m, command, err);
	struct slice kept = arena_dup(m->judging->arena, strbuf_slice(&path));
	if (kept.p == NULL)
		return error_nomem(err);
	int r = judge_executable(m, kept, node, err);
	return r < 0 ? r : judge_writable(m, kept, node, err);
}

int
judge_entrypoint(struct metadata_judging *m, struct plim_error *err)
{
	struct runtime_command command;
	runtime_command_of(m->config, &command);
	int r = judge_missing_command(m, &command, err);
	if (r < 0 || command.count == 0 || (r = judge_form(m, &command, err)) < 0)
		return r;
	return judge_command(m, &command, err);
}
