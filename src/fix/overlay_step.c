/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of checks, done to the inventory: what each verb makes of an entry and of the rows that were read of it. */
#include "fix/overlay.h"

#include "base/error.h"
#include "fix/mode.h"

static int
add_edit(struct edited *edited, const struct mend_step *step, struct plim_error *err)
{
	struct row_edit *edit = vec_push(&edited->edits);
	if (edit == NULL)
		return error_nomem(err);
	edit->step = *step;
	return 0;
}

static int
step_chmod(struct edited *edited, const struct mend_step *step, struct plim_error *err)
{
	if (mode_change(step->words[0], edited->entry.mode, &edited->entry.mode))
		return 0;
	return error_set(err, PLIM_EUNSUPPORTED, "'%.*s' is no mode", SLICE_ARG(step->words[0]));
}

static bool
take_id(struct slice text, uint32_t *out)
{
	uint64_t id;
	bool fits = slice_to_u64(text, 10, &id) && id < UINT32_MAX;
	if (fits)
		*out = (uint32_t)id;
	return fits;
}

/* The kernel takes set-id bits and capabilities from a program that changes hands. */
static int
step_chown(struct edited *edited, const struct mend_step *step, struct plim_error *err)
{
	struct slice user, group;
	bool both = slice_cut(step->words[0], ':', &user, &group);
	if (!take_id(user, &edited->entry.uid) || (both && !take_id(group, &edited->entry.gid)))
		return error_set(err, PLIM_EUNSUPPORTED, "'%.*s' are no numbers of owners", SLICE_ARG(step->words[0]));
	if (edited->entry.type != ENTRY_DIRECTORY) {
		edited->entry.mode &= 01777;
		edited->entry.capability = SLICE_NONE;
	}
	return 0;
}

static int
step_rm(struct edited *edited, const struct mend_step *step, struct plim_error *err)
{
	(void)step;
	(void)err;
	edited->removed = true;
	return 0;
}

static int
step_clear(struct edited *edited, const struct mend_step *step, struct plim_error *err)
{
	(void)step;
	if (edited->entry.type != ENTRY_DIRECTORY)
		return error_set(err, PLIM_EUNSUPPORTED, "it is no directory");
	edited->cleared = true;
	return 0;
}

static int
step_empty(struct edited *edited, const struct mend_step *step, struct plim_error *err)
{
	edited->entry.size = 0;
	return add_edit(edited, step, err);
}

typedef int step_fn(struct edited *edited, const struct mend_step *step, struct plim_error *err);

static const struct {
	step_fn *run;
	size_t path;      /* which word it is */
	bool follows;     /* a link at its end, as the command does */
} steps[MEND_VERB_COUNT] = {
	[MEND_CHMOD] = { step_chmod, 1, true },      [MEND_CHOWN] = { step_chown, 1, true },    [MEND_RM] = { step_rm, 0, false },
	[MEND_CLEAR] = { step_clear, 0, false },     [MEND_EMPTY] = { step_empty, 0, true },    [MEND_DELETE_LINE] = { add_edit, 0, true },
	[MEND_DELETE_WORD] = { add_edit, 0, true },  [MEND_SET_FIELD] = { add_edit, 0, true },  [MEND_SET_VALUE] = { add_edit, 0, true },
};

int
overlay_step(struct overlay *overlay, const struct mend_step *step, struct plim_error *err)
{
	struct edited *edited;
	if (steps[step->verb].run == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "it is no change of a file");
	int r = overlay_edit(overlay, step->words[steps[step->verb].path], steps[step->verb].follows, &edited, err);
	return r < 0 ? r : steps[step->verb].run(edited, step, err);
}

/* rows */

static bool
is_at(const struct mend_step *step, uint32_t line)
{
	uint64_t number;
	return slice_to_u64(step->words[1], 10, &number) && number == line;
}

/* Which of a row's fields is which of the line's, and what nothing that a password can match looks like in it. */
static const struct {
	enum row_kind kind;
	uint32_t number;
	uint32_t field, hash;
	const char *locked;    /* NULL: the field has the value itself */
} colon_fields[] = {
	{ ROW_USERS, 7, USERS_SHELL, 0, NULL },
	{ ROW_USERS, 2, USERS_PASSWORD, USERS_HASH_ALG, "locked" },
	{ ROW_GROUPS, 2, GROUPS_PASSWORD, UINT32_MAX, "locked" },
	{ ROW_SHADOW, 2, SHADOW_PASSWORD_STATUS, SHADOW_HASH_ALG, "not_set" },
	{ ROW_GSHADOW, 2, GSHADOW_PASSWORD_STATUS, GSHADOW_HASH_ALG, "not_set" },
};

/* A value that it does not know the meaning of changes nothing, and the finding stays. */
static void
set_field(const struct mend_step *step, enum row_kind kind, struct slice *fields)
{
	uint64_t number;
	if (!slice_to_u64(step->words[2], 10, &number))
		return;
	for (size_t i = 0; i < sizeof colon_fields / sizeof *colon_fields; i++) {
		if (colon_fields[i].kind != kind || colon_fields[i].number != number)
			continue;
		if (colon_fields[i].locked == NULL) {
			fields[colon_fields[i].field] = step->words[3];
		} else if (slice_is(step->words[3], "*")) {
			fields[colon_fields[i].field] = slice_of(colon_fields[i].locked);
			if (colon_fields[i].hash != UINT32_MAX)
				fields[colon_fields[i].hash] = SLICE_NONE;
		}
	}
}

static void
drop_words(struct slice text, struct slice prefix, struct strbuf *into)
{
	struct slice word;
	while (slice_word(&text, &word)) {
		if (slice_starts(word, prefix))
			continue;
		strbuf_puts(into, into->n ? " " : "");
		strbuf_put(into, word);
	}
}

/* Without memory the words stay, and the finding with them. */
static void
delete_word(const struct mend_step *step, enum row_kind kind, struct slice *fields, struct arena *arena)
{
	AUTO(strbuf) struct strbuf words = { 0 };
	if (kind != ROW_PAM_RULE || fields[PAM_RULE_ARGUMENTS].p == NULL)
		return;
	drop_words(fields[PAM_RULE_ARGUMENTS], step->words[2], &words);
	struct slice kept = words.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&words));
	if (kept.p)
		fields[PAM_RULE_ARGUMENTS] = kept;
}

bool
row_by_step(const struct mend_step *step, enum row_kind kind, uint32_t line, struct slice *fields, struct arena *arena)
{
	switch (step->verb) {
	case MEND_EMPTY:
		return false;
	case MEND_DELETE_LINE:
		return !is_at(step, line);
	case MEND_SET_VALUE:
		return kind != ROW_LOGIN_DEFS || !slice_eq(fields[LOGIN_DEFS_NAME], step->words[1]);
	case MEND_SET_FIELD:
		if (is_at(step, line))
			set_field(step, kind, fields);
		return true;
	case MEND_DELETE_WORD:
		if (is_at(step, line))
			delete_word(step, kind, fields, arena);
		return true;
	default:
		return true;
	}
}
