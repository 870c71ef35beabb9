/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that the text of a step sets. */
#include "catalog/history.h"

static size_t
name_length(struct slice text)
{
	size_t n = 0;
	for (; n < text.n; n++) {
		char c = text.p[n];
		bool letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
		if (!letter && !(digit && n > 0))
			break;
	}
	return n;
}

static bool
is_one_of(struct slice text, const char *letters)
{
	return text.n && text.p[0] && strchr(letters, text.p[0]);
}

/* Quotes before a value, and the backslash of those in a text for another shell. */
static bool
value_is_set(struct slice value, bool *expands)
{
	while (is_one_of(value, "\"'\\"))
		value = slice_from(value, 1);
	*expands = is_one_of(value, "$`");
	return value.n && !is_one_of(value, ";&|)]");
}

bool
history_variable_next(struct slice *text, struct history_variable *out)
{
	struct slice word;
	while (slice_word(text, &word)) {
		/* Brackets of a list, quotes, and what begins a command before it. */
		while (is_one_of(word, "[({\"'`;&|$"))
			word = slice_from(word, 1);
		size_t n = name_length(word);
		struct slice value = slice_from(word, n);
		out->name = slice_first(word, n);
		if (n > 0 && slice_skip(&value, SLICE("=")) && value_is_set(value, &out->expands))
			return true;
	}
	return false;
}

bool
history_variable_old(struct slice text, struct history_variable *out)
{
	return slice_word(&text, &out->name) && name_length(out->name) == out->name.n && value_is_set(slice_trim(text), &out->expands);
}
