/* SPDX-License-Identifier: Apache-2.0 */
/* Findings about the image's own settings.  What only the author knows is asked for, not made up. */
#include "fix/ask.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/shell.h"
#include "policy/runtime.h"

/* user */

#define USER_FIRST 1000
#define USER_NOBODY 65534
#define USERS_TRIED 8

struct tried {
	struct slice at[USERS_TRIED];
	size_t n;
};

static void
try_user(struct tried *tried, struct slice user)
{
	for (size_t i = 0; i < tried->n; i++)
		if (slice_eq(tried->at[i], user))
			return;
	if (user.p && tried->n < sizeof tried->at / sizeof *tried->at)
		tried->at[tried->n++] = user;
}

static struct slice
ids_text(struct asking *asking, struct slice uid, struct slice gid)
{
	return ask_text(asking, "%.*s:%.*s", SLICE_ARG(uid), SLICE_ARG(gid));
}

/* Accounts that somebody made for the application. */
static void
try_accounts(struct asking *asking, struct tried *tried)
{
	const struct shown_rows *rows = &asking->inventory->rows[ROW_USERS];
	for (size_t i = 0; i < rows->n; i++) {
		struct slice uid = block_field(rows->at[i].block, &rows->at[i].row, USERS_UID), gid = block_field(rows->at[i].block, &rows->at[i].row, USERS_GID);
		uint64_t number, group;
		if (slice_to_u64(uid, 10, &number) && slice_to_u64(gid, 10, &group) && number >= USER_FIRST && number < USER_NOBODY)
			try_user(tried, ids_text(asking, uid, gid));
	}
}

/* The same user by its numbers first; an account; numbers that none has, and at last nobody's. */
static int
list_users(struct asking *asking, struct tried *out, struct plim_error *err)
{
	struct runtime_user user;
	int r = runtime_user_resolve(asking->inventory, asking->changes->arena, &user, err);
	if (r < 0)
		return r;
	if (user.known && user.uid != 0)
		try_user(out, ask_text(asking, "%u:%u", user.uid, user.gid));
	try_accounts(asking, out);
	try_user(out, SLICE("1000:1000"));
	try_user(out, SLICE("65534:65534"));
	return 0;
}

/* Each that the policy objects to gives way to the next. */
static int
ask_user(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	struct fix_change change = { .kind = FIX_SETTING, .setting = SETTING_USER };
	struct fix_change *there = fix_changes_find(asking->changes, &change);
	struct tried tried = { .n = 0 };
	int r = list_users(asking, &tried, err);
	if (r < 0)
		return r;
	/* What was not judged yet another finding of the same verdict asked for. */
	bool tried_already = there && asking->current->image && slice_eq(asking->current->image->config->user, there->value);
	if (there && !tried_already)
		return fix_changes_add(asking->changes, there, finding->rule, &asking->fresh, NULL, err);
	size_t next = there ? there->attempt + 1 : 0;
	if (next >= tried.n) {
		*why = SLICE("none of its accounts is a user that the policy takes: make one");
		return 0;
	}
	if (there) {
		there->attempt = next;
		there->value = tried.at[next];
		asking->fresh = true;
		return fix_changes_add(asking->changes, there, finding->rule, &asking->fresh, NULL, err);
	}
	change.value = tried.at[next];
	return ask_add(asking, &change, finding, why, err);
}

/* what starts */

static int
keep_words(struct asking *asking, const struct slice *words, size_t n, struct string_list *out, struct plim_error *err)
{
	struct slice *kept = arena_make_array(asking->changes->arena, n + 1, struct slice);
	if (kept == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		if ((kept[i] = arena_dup(asking->changes->arena, words[i])).p == NULL)
			return error_nomem(err);
	*out = (struct string_list){ kept, n, true };
	return 0;
}

/* One command, which begins with a program of the image: what stands before that, or behind it, is the shell's to do. */
static bool
is_one_program(struct asking *asking, const struct runtime_command *command, const struct shell_text *split)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice text = slice_trim(command->text);
	struct runtime_user user = { 0 };
	return split->trouble == NULL && split->commands.n == 1 && command->program.n && slice_starts(text, command->program) &&
	       !slice_ends(text, SLICE("&")) && runtime_command_find(asking->inventory, &user, command->program, &path);
}

/* The shell would have made no other words of it. */
static bool
is_plain_text(struct slice text, const struct shell_text *split)
{
	bool plain = slice_find(text, '=') == SIZE_MAX && slice_find(text, '<') == SIZE_MAX && slice_find(text, '>') == SIZE_MAX && slice_find(text, '{') == SIZE_MAX;
	for (size_t i = 0; i < split->words.n; i++)
		plain = plain && !split->words.at[i].expands;
	return plain;
}

/* "sh -c TEXT", in one list: other options are told to the shell, not to the program. */
static bool
is_shell_alone(const struct string_list *have)
{
	return have->n == 3 && slice_is(have->at[1], "-c");
}

/* Its words where the shell had nothing to do with them, else `exec` before the text. */
static int
exec_words(struct asking *asking, const struct string_list *have, const struct shell_text *split, struct fix_change *change, struct plim_error *err)
{
	struct slice text = have->at[have->n - 1];
	AUTO(free) struct slice *words = calloc(split->words.n + have->n + 1, sizeof *words);
	if (words == NULL)
		return error_nomem(err);
	if (is_shell_alone(have) && is_plain_text(text, split)) {
		for (size_t i = 0; i < split->words.n; i++)
			words[i] = split->words.at[i].text;
		/* What stood behind the text was the shell's to use or not, and the text did not. */
		change->alone = change->setting == SETTING_ENTRYPOINT && asking->inventory->image->config->cmd.n > 0;
		return keep_words(asking, words, split->words.n, &change->words, err);
	}
	for (size_t i = 0; i + 1 < have->n; i++)
		words[i] = have->at[i];
	words[have->n - 1] = ask_text(asking, "exec %.*s", SLICE_ARG(text));
	return words[have->n - 1].p ? keep_words(asking, words, have->n, &change->words, err) : error_nomem(err);
}

static bool
ends_with(const struct string_list *list, struct slice text)
{
	return text.p && list->n > 0 && list->at[list->n - 1].p == text.p;
}

/* The text is the last word of the entry point or of the command: others behind it are the shell's. */
static int
find_exec_words(struct asking *asking, struct fix_change *change, struct plim_error *err)
{
	AUTO(shell_text) struct shell_text split = { 0 };
	struct runtime_command command;
	const struct image_config *config = asking->inventory->image->config;
	struct arena *arena = asking->changes->arena;
	int r = runtime_command_of(config, arena, &command, err);
	bool of_cmd = r == 0 && ends_with(&config->cmd, command.text);
	if (r < 0 || (!of_cmd && !ends_with(&config->entrypoint, command.text)))
		return r;
	change->setting = of_cmd ? SETTING_CMD : SETTING_ENTRYPOINT;
	r = shell_split(command.text, LIMIT_HISTORY_WORD_COUNT, arena, &split, err);
	return r == 0 && is_one_program(asking, &command, &split) ? exec_words(asking, of_cmd ? &config->cmd : &config->entrypoint, &split, change, err) : r;
}

static int
ask_form(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	struct fix_change change = { .kind = FIX_SETTING };
	int r = find_exec_words(asking, &change, err);
	if (r < 0)
		return r;
	if (!change.words.set) {
		*why = SLICE("what its text starts last, and how, is its author's to say");
		return 0;
	}
	return ask_add(asking, &change, finding, why, err);
}

/* what is declared */

/* The Dockerfile alone declares it, and can be told not to. */
static bool
can_drop(const struct asking *asking, enum setting setting, struct slice name)
{
	return asking->dockerfile && dockerfile_can_drop(asking->dockerfile, setting, name) &&
	       !dockerfile_is_not_alone(asking->dockerfile, asking->inventory->image->config, setting, name);
}

/* Nothing that stands behind a declaration takes it back. */
static int
ask_drop(struct asking *asking, enum setting setting, struct slice name, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct fix_change change = { .kind = FIX_SETTING, .setting = setting, .name = name };
	if (can_drop(asking, setting, name))
		return ask_add(asking, &change, finding, why, err);
	*why = asking->dockerfile ? SLICE("the Dockerfile does not declare it in a way that can be taken out: its base does, or a person must")
	                          : SLICE("no later instruction takes it back: it needs the Dockerfile that declares it (--dockerfile)");
	return 0;
}

static struct slice
key_of(const struct finding *finding)
{
	struct slice kind, key;
	slice_cut(finding->evidence.setting, ':', &kind, &key);
	return key;
}

/* The configuration's own spelling, of which the finding has the clean one. */
static int
ask_port(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	return ask_drop(asking, SETTING_NO_PORT, key_of(finding), finding, why, err);
}

static int
ask_volume(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	return ask_drop(asking, SETTING_NO_VOLUME, key_of(finding), finding, why, err);
}

static int
ask_environment(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	struct fix_change change = { .kind = FIX_SETTING, .setting = SETTING_EMPTY_ENV, .name = key_of(finding) };
	if (can_drop(asking, SETTING_NO_ENV, change.name))
		change.setting = SETTING_NO_ENV;
	return ask_add(asking, &change, finding, why, err);
}

static int
ask_variable(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	(void)err;
	struct slice key = key_of(finding);
	*why = ask_text(asking, "its value is its author's to give: ENV %.*s=...", SLICE_ARG(key));
	return 0;
}

static int
ask_label(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	struct slice key = key_of(finding);
	if (slice_ends(finding->title, SLICE("may not be there")))
		return ask_drop(asking, SETTING_NO_LABEL, key, finding, why, err);
	*why = ask_text(asking, "its value is its author's to give: LABEL %.*s=... (%.*s)", SLICE_ARG(key), SLICE_ARG(finding->message));
	return 0;
}

static int
ask_healthcheck(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct fix_change change = { .kind = FIX_SETTING, .setting = SETTING_NO_HEALTHCHECK };
	const struct string_list *check = &asking->inventory->image->config->healthcheck;
	if (check->n > 0 && !slice_is(check->at[0], "NONE"))
		return ask_add(asking, &change, finding, why, err);
	*why = SLICE("how it tells that it is well is its author's to say: HEALTHCHECK CMD ...");
	return 0;
}

static int
ask_stop_signal(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	const struct fix_change change = { .kind = FIX_SETTING, .setting = SETTING_STOP_SIGNAL, .value = SLICE("SIGTERM") };
	if (fix_changes_find(asking->changes, &change) == NULL)
		return ask_add(asking, &change, finding, why, err);
	*why = SLICE("which signal its program stops by is its author's to say");
	return 0;
}

static int
ask_author(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	(void)err;
	*why = finding->fix_command.n ? ask_text(asking, "it takes a person: %.*s", SLICE_ARG(finding->fix_command)) : SLICE("it takes another build");
	return 0;
}

int
ask_metadata(struct asking *asking, const struct finding *finding, struct slice *why, struct plim_error *err)
{
	static const struct {
		const char *rule;
		ask_fn *ask;
	} rules[] = {
		{ "metadata/user", ask_user },
		{ "metadata/user-numeric", ask_user },
		{ "metadata/user-exists", ask_user },
		{ "metadata/user-uid", ask_user },
		{ "metadata/user-gid", ask_user },
		{ "metadata/user-group", ask_user },
		{ "metadata/user-stable", ask_user },
		{ "metadata/entrypoint-form", ask_form },
		{ "metadata/environment", ask_environment },
		{ "metadata/environment-required", ask_variable },
		{ "metadata/port", ask_port },
		{ "metadata/volume", ask_volume },
		{ "metadata/label", ask_label },
		{ "metadata/healthcheck", ask_healthcheck },
		{ "metadata/stop-signal", ask_stop_signal },
		/* The same, as checks of the catalogue. */
		{ "image/user-root", ask_user },
		{ "image/user-numeric", ask_user },
		{ "image/user-exists", ask_user },
		{ "image/entrypoint-form", ask_form },
		{ "image/environment", ask_environment },
		{ "image/ports", ask_port },
		{ "image/volumes", ask_volume },
		{ "image/healthcheck", ask_healthcheck },
		{ "image/stop-signal", ask_stop_signal },
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (slice_is(finding->rule, rules[i].rule))
			return rules[i].ask(asking, finding, why, err);
	return ask_author(asking, finding, why, err);
}
