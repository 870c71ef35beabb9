/* SPDX-License-Identifier: Apache-2.0 */
/* The files on the way from an entry point to what runs: each is there, may be executed, and may not be changed. */
#include "policy/metadata.h"

#include "base/error.h"

/* One file. */
struct stage {
	const char *noun;          /* "the interpreter of its entry point" */
	struct slice setting;
	struct slice word;         /* as it is written */
	struct slice where;        /* the file that it is written in; absent: the configuration */
	bool searches;             /* through PATH */
	bool loads;                /* a loader: started for another file */
	struct slice path;         /* where it was found */
	const struct node *node;   /* NULL: nowhere */
};

/* More files than a script, its interpreter, their loaders and what their shell starts: a circle by way of env. */
#define FOLLOW_MOST 24

/* By their settings: two programs have one loader, which is told once. */
struct following {
	struct slice seen[FOLLOW_MOST];
	size_t n;
};

static bool
has_seen(const struct following *following, struct slice setting)
{
	for (size_t i = 0; i < following->n; i++)
		if (slice_eq(following->seen[i], setting))
			return true;
	return false;
}

/* one file */

static int
judge_missing(struct metadata_judging *m, const struct stage *stage, struct plim_error *err)
{
	struct slice hole;
	if (!m->wanted->entrypoint.exists.set)
		return 0;
	if (judge_has_hole(m->judging, &hole))
		return 0;    /* the gap itself is an unknown of this area */
	struct words words = {
		.rule = "metadata/entrypoint-exists", .setting = stage->setting,
		.title = judge_text(m->judging, "%c%s is missing", stage->noun[0] - 'a' + 'A', stage->noun + 1),
		.message = judge_text(m->judging, "there is no file '%.*s' in the image%s%.*s", SLICE_ARG(slice_first(stage->word, 300)),
		                      stage->where.n ? ", which is named by " : "", SLICE_ARG(stage->where)),
	};
	return metadata_report(m, &m->wanted->entrypoint.exists.terms, &words, err);
}

static struct words
words_of(const struct stage *stage, const char *rule)
{
	return (struct words){ .rule = rule, .setting = stage->setting, .path = stage->path, .layer = stage->node->layer };
}

static struct slice
mode_text(struct metadata_judging *m, const struct entry *entry)
{
	return judge_text(m->judging, "mode %04o, owner %u:%u; %.*s", entry->mode, entry->uid, entry->gid, SLICE_ARG(metadata_user_text(m)));
}

static int
judge_executable(struct metadata_judging *m, const struct stage *stage, struct plim_error *err)
{
	struct entry entry = node_entry(m->judging->inventory->tree, stage->node);
	bool executable = m->user.known ? runtime_may(&m->user, &entry, 1) : entry.mode & 0111;
	if (!m->wanted->entrypoint.executable.set || executable)
		return 0;
	struct words words = words_of(stage, "metadata/entrypoint-executable");
	words.title = judge_text(m->judging, "Its user may not execute %s", stage->noun);
	words.message = mode_text(m, &entry);
	words.fix = judge_text(m->judging, "chmod 755 %.*s", SLICE_ARG(stage->path));
	return metadata_report(m, &m->wanted->entrypoint.executable.terms, &words, err);
}

/* Its mode allows it, and still the kernel does not start it. */
static int
report_refused(struct metadata_judging *m, const struct stage *stage, struct slice message, struct plim_error *err)
{
	if (!m->wanted->entrypoint.executable.set)
		return 0;
	struct words words = words_of(stage, "metadata/entrypoint-executable");
	words.title = judge_text(m->judging, "The kernel does not start %s", stage->noun);
	words.message = message;
	words.fix = SLICE("begin the script with #! and the absolute path of its interpreter");
	return metadata_report(m, &m->wanted->entrypoint.executable.terms, &words, err);
}

static int
report_writable(struct metadata_judging *m, const struct stage *stage, const struct entry *entry, const struct node *open, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf place = { 0 };
	struct words words = words_of(stage, "metadata/entrypoint-writable");
	words.title = judge_text(m->judging, "Its user may change %s", stage->noun);
	words.message = mode_text(m, entry);
	if (m->user.uid == 0) {
		words.fix = SLICE("run it as another user than root, who may write everything");
	} else if (open) {
		node_path(open, &place);
		words.message = judge_text(m->judging, "%.*s; it may write in %.*s", SLICE_ARG(words.message), SLICE_ARG(strbuf_slice(&place)));
		words.fix = judge_text(m->judging, "let root own %.*s, without write permission for others", SLICE_ARG(strbuf_slice(&place)));
	} else {
		words.fix = judge_text(m->judging, "let root own %.*s, without write permission for others", SLICE_ARG(stage->path));
	}
	return metadata_report(m, &m->wanted->entrypoint.writable.terms, &words, err);
}

static int
judge_writable(struct metadata_judging *m, const struct stage *stage, struct plim_error *err)
{
	struct slice word = stage->searches && slice_find(stage->word, '/') == SIZE_MAX ? stage->word : SLICE_NONE;
	struct entry entry = node_entry(m->judging->inventory->tree, stage->node);
	bool root = m->user.known && m->user.uid == 0;
	/* Where root itself is judged, that it may write everything is not a second flaw; and one is enough. */
	if (!m->wanted->entrypoint.writable.set || (root && (m->wanted->user.root.set || stage->where.n)))
		return 0;
	if (!m->user.known)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, stage->path, SLICE("who may write it cannot be told: the user cannot be resolved"), err);
	if (m->user.groups_cut)
		return metadata_cannot_tell(m, UNKNOWN_LIMIT, stage->path, SLICE("who may write it cannot be told: the user is in more groups than limit USER_GROUP_COUNT"), err);
	const struct node *open = runtime_may_divert(m->judging->inventory, &m->user, word, stage->path);
	return open || runtime_may(&m->user, &entry, 2) ? report_writable(m, stage, &entry, open, err) : 0;
}

/* Finds it, and says what there is to say of the file itself. */
static int
judge_stage(struct metadata_judging *m, struct stage *stage, struct plim_error *err)
{
	const struct inventory *inventory = m->judging->inventory;
	AUTO(strbuf) struct strbuf path = { 0 };
	stage->node = stage->searches ? runtime_command_find(inventory, &m->user, stage->word, &path) : runtime_file_find(inventory, stage->word, &path);
	if (stage->node == NULL)
		return judge_missing(m, stage, err);
	stage->path = arena_dup(m->judging->arena, strbuf_slice(&path));
	if (stage->path.p == NULL)
		return error_nomem(err);
	int r = judge_executable(m, stage, err);
	return r < 0 ? r : judge_writable(m, stage, err);
}

/* and what starts it */

static struct stage
stage_behind(struct metadata_judging *m, struct slice where, const char *noun, struct slice word, bool searches)
{
	return (struct stage){
		.noun = noun, .word = word, .where = where, .searches = searches,
		.setting = judge_text(m->judging, "entrypoint:%.*s", SLICE_ARG(slice_first(word, 300))),
	};
}

static int
judge_last(struct metadata_judging *m, const struct stage *stage, const struct runtime_starter *starter, struct plim_error *err)
{
	if (starter->how == STARTS_REFUSED)
		return report_refused(m, stage, slice_of(starter->why), err);
	if (starter->how == STARTS_UNKNOWN && m->wanted->entrypoint.exists.set)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, stage->path, SLICE("which loader it needs lies behind what is read of it"), err);
	return 0;
}

static int follow(struct metadata_judging *m, struct stage stage, unsigned scripts, struct following *following, struct plim_error *err);

/* `#!/usr/bin/env NAME`: what counts is NAME, which is started anew. */
static int
follow_env(struct metadata_judging *m, const struct stage *script, struct slice argument, struct following *following, struct plim_error *err)
{
	struct slice program = runtime_env_program(argument);
	if (program.n == 0 && m->wanted->entrypoint.exists.set)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, script->path, SLICE("what env starts for it cannot be told"), err);
	if (program.n == 0)
		return 0;
	return follow(m, stage_behind(m, script->path, "the interpreter of its entry point", program, true), 0, following, err);
}

/* `scripts`: how many began with #! since the last program. */
static int
follow(struct metadata_judging *m, struct stage stage, unsigned scripts, struct following *following, struct plim_error *err)
{
	struct runtime_starter starter;
	if (has_seen(following, stage.setting))
		return 0;
	if (following->n == FOLLOW_MOST)
		return metadata_cannot_tell(m, UNKNOWN_UNREADABLE, SLICE("entrypoint"), SLICE("too many programs start each other"), err);
	following->seen[following->n++] = stage.setting;
	int r = judge_stage(m, &stage, err);
	/* What starts a loader the kernel does not ask. */
	if (r < 0 || stage.node == NULL || stage.loads)
		return r;
	runtime_starter_of(m->judging->inventory, stage.node, &starter);
	if (starter.how != STARTS_BY)
		return judge_last(m, &stage, &starter, err);
	if (starter.script && scripts == RUNTIME_SCRIPT_DEPTH)
		return report_refused(m, &stage, SLICE("more scripts are each other's interpreters than Linux follows"), err);
	const char *noun = starter.script ? "the interpreter of its entry point" : "the loader of its entry point";
	struct stage next = stage_behind(m, stage.path, noun, starter.program, false);
	next.loads = !starter.script;
	r = follow(m, next, scripts + 1, following, err);
	return r == 0 && slice_is(path_base(starter.program), "env") ? follow_env(m, &stage, starter.argument, following, err) : r;
}

int
judge_stages(struct metadata_judging *m, const struct runtime_command *command, struct plim_error *err)
{
	struct following following = { 0 };
	struct stage stage = { .noun = "its entry point", .setting = SLICE("entrypoint"), .word = command->word, .searches = true };
	int r = follow(m, stage, 0, &following, err);
	if (r < 0 || command->program.n == 0)
		return r;
	return follow(m, stage_behind(m, SLICE_NONE, "the program that its shell starts", command->program, true), 0, &following, err);
}
