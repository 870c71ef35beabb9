/* SPDX-License-Identifier: Apache-2.0 */
/* Words and values as apt takes them out of its files. */
#include "catalog/apt_words.h"

#include "catalog/config_lines.h"

bool
apt_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
skip_spaces(struct slice *rest)
{
	while (rest->n > 0 && apt_is_space(rest->p[0]))
		*rest = slice_from(*rest, 1);
}

/* Up to a blank that is in no quotes and no brackets; SIZE_MAX where one of these does not end. */
static size_t
word_length(struct slice text)
{
	size_t n = 0;
	while (n < text.n && !apt_is_space(text.p[n])) {
		char close = text.p[n] == '"' ? '"' : text.p[n] == '[' ? ']' : '\0';
		size_t at = close ? slice_find(slice_from(text, n + 1), close) : 0;
		if (at == SIZE_MAX)
			return SIZE_MAX;
		n += close ? at + 2 : 1;
	}
	return n;
}

/* "%41" is one byte. */
static bool
percent_take(struct slice *word, struct strbuf *into)
{
	uint64_t byte;
	struct slice digits = slice_first(slice_from(*word, 1), 2);
	if (word->p[0] != '%' || digits.n < 2 || !slice_to_u64(digits, 16, &byte))
		return false;
	strbuf_putc(into, (char)byte);
	*word = slice_from(*word, 3);
	return true;
}

bool
apt_word(struct slice *rest, struct strbuf *into)
{
	struct slice text = *rest;
	skip_spaces(&text);
	size_t n = word_length(text);
	if (n == 0 || n == SIZE_MAX)
		return false;
	for (struct slice word = slice_first(text, n); word.n > 0;) {
		if (percent_take(&word, into))
			continue;
		if (word.p[0] != '"')
			strbuf_putc(into, word.p[0]);
		word = slice_from(word, 1);
	}
	*rest = slice_from(text, n);
	skip_spaces(rest);
	return true;
}

bool
apt_quoted(struct slice *rest, struct strbuf *into)
{
	struct slice text = *rest;
	size_t start = into->n, end;
	skip_spaces(&text);
	bool whole = text.n > 0;
	while (whole && text.n > 0) {
		if (apt_is_space(text.p[0])) {
			skip_spaces(&text);
			strbuf_putc(into, ' ');
		} else if ((whole = slice_skip(&text, SLICE("\"")) && (end = slice_find(text, '"')) != SIZE_MAX)) {
			strbuf_put(into, slice_first(text, end));
			text = slice_from(text, end + 1);
		}
	}
	if (whole)
		*rest = text;
	else
		into->n = start < into->n ? start : into->n;
	return whole;
}

/* "1", "01", "+1", "0x1": noughts, and the one that may follow. */
static struct slice
number_truth(struct slice text)
{
	bool minus = slice_starts(text, SLICE("-")), digit = false;
	if (minus || slice_starts(text, SLICE("+")))
		text = slice_from(text, 1);
	if (slice_starts(text, SLICE("0x")) || slice_starts(text, SLICE("0X")))
		text = slice_from(text, 2);
	while (slice_skip(&text, SLICE("0")))
		digit = true;
	if (text.n == 0)
		return digit ? SLICE("0") : SLICE_NONE;
	return slice_is(text, "1") && !minus ? SLICE("1") : SLICE_NONE;
}

struct slice
apt_truth(struct slice value)
{
	struct slice truth = config_truth(value);
	skip_spaces(&value);
	return truth.p ? truth : number_truth(value);
}
