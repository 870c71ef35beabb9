/* SPDX-License-Identifier: Apache-2.0 */
/* What a shell is told, and what a builder. */
#include "fix/script.h"

#include "base/error.h"
#include "codec/json_write.h"

void
script_done(struct script *script)
{
	vec_done(&script->commands);
	vec_done(&script->settings);
}

/* words */

/* U+0080 to U+009F: a terminal takes some for what begins an escape. */
static bool
is_c1(struct slice word, size_t at)
{
	return at + 1 < word.n && (unsigned char)word.p[at] == 0xc2 && (unsigned char)word.p[at + 1] < 0xa0;
}

static bool
is_plain(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] < ' ' || word.p[i] == 0x7f || is_c1(word, i))
			return false;
	return slice_is_utf8(word);
}

static bool
needs_quotes(struct slice word)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("/._-+:,=@%", c) != NULL);
		if (!plain)
			return true;
	}
	return word.n == 0;
}

bool
script_quote(struct slice word, struct strbuf *into)
{
	if (!is_plain(word))
		return false;
	if (!needs_quotes(word)) {
		strbuf_put(into, word);
		return true;
	}
	strbuf_putc(into, '\'');
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '\'')
			strbuf_puts(into, "'\\''");
		else
			strbuf_putc(into, word.p[i]);
	strbuf_putc(into, '\'');
	return true;
}

/* What stands in an expression of sed must not end it. */
static bool
is_letters(struct slice word, const char *beside)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(beside, c) != NULL);
		if (!plain)
			return false;
	}
	return word.n > 0;
}

static bool
is_number(struct slice word)
{
	uint64_t number;
	return slice_to_u64(word, 10, &number);
}

static bool
step_can_be_said(const struct mend_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (!is_plain(step->words[i]))
			return false;
	switch (step->verb) {
	case MEND_DELETE_LINE:
		return is_number(step->words[1]);
	case MEND_DELETE_WORD:
		return is_number(step->words[1]) && is_letters(step->words[2], "_-");
	case MEND_SET_FIELD:
		return is_number(step->words[1]) && is_number(step->words[2]) && is_letters(step->words[3], "/_-.*!");
	case MEND_SET_VALUE:
		return is_letters(step->words[1], "_") && is_letters(step->words[2], "/_-.,");
	default:
		return true;
	}
}

static bool
packages_can_be_said(const struct fix_change *change)
{
	for (size_t i = 0; i < change->package_count; i++)
		if (!manager_takes_name(change->packages[i]))
			return false;
	bool named = change->kind != FIX_INSTALL || manager_takes_name(change->name);
	return named && (change->version.n == 0 || manager_takes_version(change->version));
}

bool
script_takes_user(struct slice user)
{
	return is_letters(user, "_-.:+");
}

static bool
setting_can_be_said(const struct fix_change *change)
{
	for (size_t i = 0; i < change->words.n; i++)
		if (!slice_is_utf8(change->words.at[i]) || slice_find(change->words.at[i], '\0') != SIZE_MAX)
			return false;
	switch (change->setting) {
	case SETTING_USER:
	case SETTING_STOP_SIGNAL:
		return script_takes_user(change->value);
	case SETTING_EMPTY_ENV:
	case SETTING_NO_ENV:
		return is_letters(change->name, "_-.");
	default:
		return true;
	}
}

bool
script_can_say(const struct fix_change *change)
{
	if (change->kind == FIX_STEP)
		return step_can_be_said(&change->step);
	if (change->kind == FIX_BASE)
		return is_letters(change->value, "./_-:@");
	return change->kind == FIX_SETTING ? setting_can_be_said(change) : packages_can_be_said(change);
}

/* commands: %1..%4 are the words of a step, %q1..: in quotes */

static const char *const step_forms[MEND_VERB_COUNT] = {
	[MEND_CHMOD] = "chmod %1 %2",
	[MEND_CHOWN] = "chown %1 %2",
	[MEND_RM] = "rm -rf %1",
	[MEND_CLEAR] = "find %1 -mindepth 1 -delete",
	[MEND_EMPTY] = ": > %1",
	[MEND_DELETE_LINE] = "sed -i %n2d %1",
	[MEND_DELETE_WORD] = "sed -i '%n2s/[[:space:]]\\{1,\\}%n3[^[:space:]]*//g' %1",
	[MEND_SET_VALUE] = "sed -i '/^[[:space:]]*%n2[[:space:]]/d' %1 && printf '\\n%n2 %n3\\n' >> %1",
};

/* %1: a word in quotes; %n1: as it is, for step_can_be_said has looked at it. */
static void
put_form(const char *form, const struct mend_step *step, struct strbuf *into)
{
	for (const char *at = form; *at; at++) {
		bool bare = at[0] == '%' && at[1] == 'n';
		if (at[0] != '%') {
			strbuf_putc(into, *at);
			continue;
		}
		at += bare ? 2 : 1;
		if (bare)
			strbuf_put(into, step->words[*at - '1']);
		else
			into->failed |= !script_quote(step->words[*at - '1'], into);
	}
}

/* Behind the fields before it, the field; what came before stays. */
static void
put_set_field(const struct mend_step *step, struct strbuf *into)
{
	uint64_t number = 1;
	slice_to_u64(step->words[2], 10, &number);
	strbuf_printf(into, "sed -i '%.*ss|^\\(\\([^:]*:\\)\\{%llu\\}\\)[^:]*|\\1%.*s|' ", SLICE_ARG(step->words[1]), (unsigned long long)(number - 1),
	              SLICE_ARG(step->words[3]));
	into->failed |= !script_quote(step->words[0], into);
}

static void
put_step(const struct mend_step *step, struct strbuf *into)
{
	if (step->verb == MEND_SET_FIELD)
		put_set_field(step, into);
	else if (step_forms[step->verb])
		put_form(step_forms[step->verb], step, into);
}

/* A manager's words: %N the names, %V the version. */
static void
put_words(const char *form, struct slice packages, struct slice version, struct strbuf *into)
{
	for (const char *at = form; *at; at++) {
		if (at[0] != '%')
			strbuf_putc(into, *at);
		else if (*++at == 'N')
			strbuf_put(into, packages);
		else
			strbuf_put(into, version);
	}
}

/* one RUN */

struct making {
	const struct inventory *inventory;
	const struct fix_changes *changes;
	bool pinned;
	struct arena *arena;
	struct script *out;
};

static int
add_command(struct making *m, struct strbuf *text, struct plim_error *err)
{
	struct slice *place = vec_push(&m->out->commands);
	if (place == NULL || text->failed)
		return error_nomem(err);
	*place = arena_dup(m->arena, strbuf_slice(text));
	return place->p ? 0 : error_nomem(err);
}

static const struct package *
installed(const struct inventory *inventory, struct slice type, struct slice name)
{
	for (size_t i = 0; i < inventory->package_count; i++) {
		const struct package *package = &inventory->packages[i];
		if (package->scope == PACKAGE_INSTALLED && slice_eq(package->type, type) && slice_eq(package->name, name))
			return package;
	}
	return NULL;
}

/* A change tells the source's version: "1:2.38.1-5" of the source 2.38.1-5 keeps its epoch.  Absent where the package counts for itself. */
static bool
put_version(const struct making *m, const struct fix_change *change, struct slice name, struct strbuf *into)
{
	const struct package *package = change->kind == FIX_UPGRADE ? installed(m->inventory, change->type, name) : NULL;
	struct slice epoch = package ? package->version : SLICE_NONE, source = package ? package->source_version : SLICE_NONE;
	bool is_deb = slice_is(change->type, "deb");
	if (!is_deb || source.n == 0 || slice_starts(epoch, source))
		epoch = SLICE("");
	else if (!slice_skip_end(&epoch, source) || !slice_ends(epoch, SLICE(":")))
		return false;
	strbuf_put(into, epoch);
	strbuf_put(into, change->version);
	return true;
}

static void
put_package(const struct making *m, const struct manager *manager, const struct fix_change *change, struct slice name, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf version = { 0 };
	strbuf_puts(into, into->n ? " " : "");
	strbuf_put(into, name);
	if (m->pinned && change->version.n && manager->pinned && change->kind != FIX_REMOVE && put_version(m, change, name, &version)) {
		strbuf_puts(into, manager->pinned);
		strbuf_put(into, strbuf_slice(&version));
	}
	into->failed |= version.failed;
}

static bool
names_package(const struct fix_change *change, struct slice name)
{
	for (size_t i = 0; i < change->package_count; i++)
		if (slice_eq(change->packages[i], name))
			return true;
	return change->kind == FIX_INSTALL && slice_eq(change->name, name);
}

/* What several changes take along is told once. */
static bool
is_named_before(const struct making *m, size_t at, struct slice name)
{
	const struct fix_change *change = m->changes->list.at[at];
	for (size_t i = 0; i < at; i++) {
		const struct fix_change *other = m->changes->list.at[i];
		if (!other->off && other->kind == change->kind && slice_eq(other->type, change->type) && names_package(other, name))
			return true;
	}
	return false;
}

static void
put_names(const struct making *m, const struct manager *manager, enum fix_kind kind, struct strbuf *into)
{
	for (size_t i = 0; i < m->changes->list.n; i++) {
		const struct fix_change *change = m->changes->list.at[i];
		if (change->off || change->kind != kind || !slice_is(change->type, manager->type))
			continue;
		for (size_t k = 0; k < change->package_count; k++)
			if (!is_named_before(m, i, change->packages[k]))
				put_package(m, manager, change, change->packages[k], into);
		if (change->kind == FIX_INSTALL)
			put_package(m, manager, change, change->name, into);
	}
}

static int
add_of_kind(struct making *m, const struct manager *manager, enum fix_kind kind, const char *form, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf packages = { 0 };
	AUTO(strbuf) struct strbuf text = { 0 };
	put_names(m, manager, kind, &packages);
	if (packages.n == 0)
		return packages.failed ? error_nomem(err) : 0;
	put_words(form, strbuf_slice(&packages), SLICE_NONE, &text);
	return packages.failed ? error_nomem(err) : add_command(m, &text, err);
}

/* One of a source's packages stands for all of them. */
static int
add_at_least(struct making *m, const struct manager *manager, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->changes->list.n; i++) {
		const struct fix_change *change = m->changes->list.at[i];
		AUTO(strbuf) struct strbuf text = { 0 };
		bool asks = !change->off && change->version.n && slice_is(change->type, manager->type) && (change->kind == FIX_UPGRADE || change->kind == FIX_INSTALL);
		if (!asks || manager->at_least == NULL)
			continue;
		put_words(manager->at_least, change->package_count ? change->packages[0] : change->name, change->version, &text);
		r = add_command(m, &text, err);
	}
	return r;
}

static int
add_plain(struct making *m, const char *text, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf command = { 0 };
	if (text == NULL)
		return 0;
	strbuf_puts(&command, text);
	return add_command(m, &command, err);
}

static bool
has_packages(const struct fix_changes *changes, struct slice *type)
{
	for (size_t i = 0; i < changes->list.n; i++) {
		const struct fix_change *change = changes->list.at[i];
		if (!change->off && change->kind < FIX_STEP)
			return *type = change->type, true;
	}
	return false;
}

static int
add_packages(struct making *m, struct plim_error *err)
{
	struct slice type;
	if (!has_packages(m->changes, &type))
		return 0;
	const struct manager *manager = manager_of(m->inventory, type);
	if (manager == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "there is no package manager for it in the image");
	int r = add_plain(m, manager->refresh, err);
	if (r < 0 || (r = add_of_kind(m, manager, FIX_UPGRADE, manager->upgrade, err)) < 0 ||
	    (r = add_of_kind(m, manager, FIX_INSTALL, manager->install, err)) < 0 || (r = add_of_kind(m, manager, FIX_REMOVE, manager->remove, err)) < 0 ||
	    (r = add_at_least(m, manager, err)) < 0)
		return r;
	return add_plain(m, manager->clean, err);
}

/*
 * Lines are as they were counted before packages bring and take any; modes and what goes are set after packages had their say.  A step finds
 * the path that it names.
 */
static const enum mend_verb before_packages[] = { MEND_SET_FIELD, MEND_DELETE_WORD };
static const enum mend_verb behind_packages[] = { MEND_SET_VALUE, MEND_CHOWN, MEND_CHMOD, MEND_EMPTY, MEND_CLEAR, MEND_RM };

static bool
is_step(const struct fix_change *change, enum mend_verb verb)
{
	return !change->off && change->kind == FIX_STEP && change->step.verb == verb;
}

/* Modes, owners and removals of several files are one command, where all that it says beside their names is the same. */
static bool
is_told_with(const struct fix_change *change, const struct fix_change *first)
{
	bool takes_many = first->step.verb == MEND_CHMOD || first->step.verb == MEND_CHOWN || first->step.verb == MEND_RM;
	return takes_many && is_step(change, first->step.verb) && (first->step.n == 1 || slice_eq(change->step.words[0], first->step.words[0]));
}

static bool
is_told_before(const struct fix_changes *changes, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_told_with(changes->list.at[i], changes->list.at[at]))
			return true;
	return false;
}

static int
add_step(struct making *m, size_t first, struct plim_error *err)
{
	const struct fix_change *change = m->changes->list.at[first];
	AUTO(strbuf) struct strbuf text = { 0 };
	put_step(&change->step, &text);
	for (size_t i = first + 1; i < m->changes->list.n; i++)
		if (is_told_with(m->changes->list.at[i], change)) {
			strbuf_putc(&text, ' ');
			text.failed |= !script_quote(m->changes->list.at[i]->step.words[change->step.n - 1], &text);
		}
	return add_command(m, &text, err);
}

static int
add_steps(struct making *m, enum mend_verb verb, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->changes->list.n; i++)
		if (is_step(m->changes->list.at[i], verb) && !is_told_before(m->changes, i))
			r = add_step(m, i, err);
	return r;
}

/* Lines keep their numbers until the last of a file is deleted: all of it go at once. */
static bool
is_first_of_file(const struct fix_changes *changes, size_t at)
{
	const struct mend_step *step = &changes->list.at[at]->step;
	for (size_t i = 0; i < at; i++) {
		const struct fix_change *other = changes->list.at[i];
		if (is_step(other, MEND_DELETE_LINE) && slice_eq(other->step.words[0], step->words[0]))
			return false;
	}
	return true;
}

static int
add_deletion(struct making *m, size_t first, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct slice path = m->changes->list.at[first]->step.words[0];
	strbuf_puts(&text, "sed -i");
	for (size_t i = first; i < m->changes->list.n; i++) {
		const struct fix_change *change = m->changes->list.at[i];
		if (is_step(change, MEND_DELETE_LINE) && slice_eq(change->step.words[0], path))
			strbuf_printf(&text, " -e %.*sd", SLICE_ARG(change->step.words[1]));
	}
	strbuf_putc(&text, ' ');
	text.failed |= !script_quote(path, &text);
	return add_command(m, &text, err);
}

static int
add_deletions(struct making *m, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < m->changes->list.n; i++)
		if (is_step(m->changes->list.at[i], MEND_DELETE_LINE) && is_first_of_file(m->changes, i))
			r = add_deletion(m, i, err);
	return r;
}

/* settings */

static void
put_json_words(const struct string_list *words, struct strbuf *into)
{
	struct json_writer json = { .into = into };
	json_write_array(&json);
	for (size_t i = 0; i < words->n; i++)
		json_write_string(&json, words->at[i]);
	json_write_array_end(&json);
}

static void
put_setting(const struct fix_change *change, struct strbuf *into)
{
	static const char *const keywords[SETTING_COUNT] = {
		[SETTING_USER] = "USER ", [SETTING_STOP_SIGNAL] = "STOPSIGNAL ", [SETTING_ENTRYPOINT] = "ENTRYPOINT ", [SETTING_CMD] = "CMD ",
		[SETTING_NO_HEALTHCHECK] = "HEALTHCHECK NONE", [SETTING_EMPTY_ENV] = "ENV ",
	};
	if (keywords[change->setting] == NULL)
		return;
	strbuf_puts(into, keywords[change->setting]);
	strbuf_put(into, change->value);
	if (change->setting == SETTING_EMPTY_ENV) {
		strbuf_put(into, change->name);
		strbuf_putc(into, '=');
	}
	if (change->words.set)
		put_json_words(&change->words, into);
}

static int
add_instruction(struct making *m, const struct fix_change *change, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	put_setting(change, &text);
	if (text.n == 0)
		return text.failed ? error_nomem(err) : 0;
	struct slice *place = vec_push(&m->out->settings);
	if (place == NULL || text.failed)
		return error_nomem(err);
	*place = arena_dup(m->arena, strbuf_slice(&text));
	return place->p ? 0 : error_nomem(err);
}

/* An entry point that is set anew takes away the command that was set before. */
static int
add_setting(struct making *m, const struct fix_change *change, struct plim_error *err)
{
	int r = add_instruction(m, change, err);
	if (r < 0 || change->setting != SETTING_ENTRYPOINT || m->inventory->image->config->cmd.n == 0)
		return r;
	const struct string_list none = { .set = true };
	const struct fix_change command = { .kind = FIX_SETTING, .setting = SETTING_CMD, .words = change->alone ? none : m->inventory->image->config->cmd };
	return add_instruction(m, &command, err);
}

int
script_make(const struct inventory *inventory, const struct fix_changes *changes, bool pinned, struct arena *arena, struct script *out, struct plim_error *err)
{
	struct making m = { inventory, changes, pinned, arena, out };
	*out = (struct script){ .user = inventory->image ? inventory->image->config->user : SLICE_NONE };
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof before_packages / sizeof *before_packages; i++)
		r = add_steps(&m, before_packages[i], err);
	if (r == 0)
		r = add_deletions(&m, err);
	if (r == 0)
		r = add_packages(&m, err);
	for (size_t i = 0; r == 0 && i < sizeof behind_packages / sizeof *behind_packages; i++)
		r = add_steps(&m, behind_packages[i], err);
	for (int setting = 0; r == 0 && setting < SETTING_COUNT; setting++)
		for (size_t i = 0; r == 0 && i < changes->list.n; i++) {
			const struct fix_change *change = changes->list.at[i];
			if (!change->off && change->kind == FIX_SETTING && (int)change->setting == setting)
				r = add_setting(&m, change, err);
		}
	return r;
}

struct slice
script_of(const struct inventory *inventory, const struct fix_change *change, bool pinned, struct arena *arena)
{
	struct fix_change alone = *change, *one[] = { &alone };
	AUTO(script) struct script script = { 0 };
	AUTO(strbuf) struct strbuf text = { 0 };
	struct plim_error ignored = { 0 };
	struct fix_changes list = { .arena = arena };
	alone.off = false;
	list.list.at = one;
	list.list.n = 1;
	if (script_make(inventory, &list, pinned, arena, &script, &ignored) < 0)
		return SLICE_NONE;
	vec_each (&script.commands, command) {
		strbuf_puts(&text, text.n ? " && " : "");
		strbuf_put(&text, *command);
	}
	vec_each (&script.settings, setting)
		strbuf_put(&text, *setting);
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

static void
put_run(const struct script *script, const char *between, struct strbuf *into)
{
	strbuf_puts(into, "RUN ");
	for (size_t i = 0; i < script->commands.n; i++) {
		strbuf_puts(into, i ? between : "");
		strbuf_put(into, script->commands.at[i]);
	}
}

struct slice
script_run(const struct script *script, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (script->commands.n == 0)
		return SLICE_NONE;
	put_run(script, " && ", &text);
	return text.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&text));
}

static bool
is_root(struct slice user)
{
	struct slice name, group;
	slice_cut(user, ':', &name, &group);
	return name.n == 0 || slice_is(name, "root") || slice_is(name, "0");
}

bool
script_changes_user(const struct script *script)
{
	return script->commands.n && !is_root(script->user);
}

static bool
sets_user(const struct script *script)
{
	for (size_t i = 0; i < script->settings.n; i++)
		if (slice_starts(script->settings.at[i], SLICE("USER ")))
			return true;
	return false;
}

void
script_instructions(const struct script *script, char escape, struct strbuf *into)
{
	const char between[] = { ' ', escape, '\n', ' ', '&', '&', ' ', '\0' };
	if (script_changes_user(script))
		strbuf_puts(into, "USER root\n");
	if (script->commands.n) {
		put_run(script, between, into);
		strbuf_putc(into, '\n');
	}
	if (script_changes_user(script) && !sets_user(script))
		strbuf_printf(into, "USER %.*s\n", SLICE_ARG(script->user));
	for (size_t i = 0; i < script->settings.n; i++) {
		strbuf_put(into, script->settings.at[i]);
		strbuf_putc(into, '\n');
	}
}
