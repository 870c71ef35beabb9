/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of `mend:`, and their columns. */
#include "policy/mend.h"

#include "base/error.h"
#include "base/strbuf.h"

static const struct {
	const char *name;
	size_t words;
} verbs[MEND_VERB_COUNT] = {
	[MEND_CHMOD] = { "chmod", 2 },
	[MEND_CHOWN] = { "chown", 2 },
	[MEND_RM] = { "rm", 1 },
	[MEND_CLEAR] = { "clear", 1 },
	[MEND_EMPTY] = { "empty", 1 },
	[MEND_REMOVE] = { "remove", 1 },
	[MEND_DELETE_LINE] = { "delete-line", 2 },
	[MEND_DELETE_WORD] = { "delete-word", 3 },
	[MEND_SET_FIELD] = { "set-field", 4 },
	[MEND_SET_VALUE] = { "set-value", 3 },
	[MEND_UNSET] = { "unset", 1 },
};

static int
verb_parse(struct slice name, enum mend_verb *out, struct plim_error *err)
{
	for (size_t i = 0; i < MEND_VERB_COUNT; i++)
		if (slice_is(name, verbs[i].name)) {
			*out = (enum mend_verb)i;
			return 0;
		}
	return error_set(err, PLIM_EFORMAT, "nothing is mended by '%.*s'", SLICE_ARG(name));
}

int
mend_step_parse(struct slice text, struct mend_step *out, struct plim_error *err)
{
	struct slice word = SLICE_NONE;
	*out = (struct mend_step){ 0 };
	slice_word(&text, &word);
	int r = verb_parse(word, &out->verb, err);
	if (r < 0)
		return r;
	while (slice_word(&text, &word)) {
		if (out->n < MEND_WORDS)
			out->words[out->n] = word;
		out->n++;
	}
	if (out->n != verbs[out->verb].words)
		return error_set(err, PLIM_EFORMAT, "%s takes %zu words", verbs[out->verb].name, verbs[out->verb].words);
	return 0;
}

static bool
put_column(struct slice name, const struct fact_row *row, struct strbuf *into)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct fact_value *value = &row->values[i];
		if (!slice_is(name, row->names[i]))
			continue;
		if (value->type == FACT_TEXT)
			strbuf_put(into, value->text);
		else if (value->type == FACT_INTEGER)
			strbuf_printf(into, "%lld", (long long)value->integer);
		return value->type == FACT_TEXT || value->type == FACT_INTEGER;
	}
	return false;
}

static bool
put_parameter(struct slice name, const struct mend_values *values, struct strbuf *into)
{
	for (size_t i = 0; i < values->n; i++)
		if (slice_eq(name, values->parameters[i].name) && !values->parameters[i].list) {
			strbuf_put(into, values->parameters[i].value);
			return true;
		}
	return false;
}

static bool
put_named(struct slice name, const struct mend_values *values, struct strbuf *into)
{
	return slice_skip(&name, SLICE(":")) ? put_parameter(name, values, into) : put_column(name, values->row, into);
}

static bool
put_word(struct slice word, const struct mend_values *values, struct strbuf *into)
{
	struct slice before, name, rest;
	while (slice_cut(word, '{', &before, &rest) && slice_cut(rest, '}', &name, &rest)) {
		strbuf_put(into, before);
		if (!put_named(name, values, into))
			return false;
		word = rest;
	}
	strbuf_put(into, word);
	return true;
}

bool
mend_step_fill(const struct mend_step *step, const struct mend_values *values, struct arena *arena, struct mend_step *out)
{
	*out = *step;
	for (size_t i = 0; i < step->n; i++) {
		AUTO(strbuf) struct strbuf word = { 0 };
		if (!put_word(step->words[i], values, &word) || word.failed)
			return false;
		out->words[i] = arena_dup(arena, strbuf_slice(&word));
		if (out->words[i].p == NULL)
			return false;
	}
	return true;
}
