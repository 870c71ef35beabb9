/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a value is what Goss' matchers ask for. */
#include "policy/goss_match.h"

#include "base/auto.h"
#include "base/error.h"
#include "facts/regex.h"

#include <stdio.h>
#include <stdlib.h>

struct named {
	const char *name;
	enum yaml_kind argument;    /* YAML_NULL: a matcher */
	/* NULL: not read. */
	enum goss_match (*match)(const struct yaml_node *argument, const struct goss_value *value);
};

/* scalars */

static bool
to_number(struct slice text, double *out)
{
	char hold[64], *end;
	if (text.n == 0 || text.n >= sizeof hold || !strchr("+-.0123456789", text.p[0]))
		return false;
	memcpy(hold, text.p, text.n);
	hold[text.n] = '\0';
	*out = strtod(hold, &end);
	return *end == '\0' && !strpbrk(hold, "xXnN");
}

static bool
to_truth(struct slice text, bool *out)
{
	*out = slice_eq_nocase(text, SLICE("true"));
	return *out || slice_eq_nocase(text, SLICE("false"));
}

/* As Goss makes a text of it; false for a list. */
static bool
text_of(const struct goss_value *value, char hold[static 32], struct slice *out)
{
	*out = value->text;
	if (value->kind == GOSS_NUMBER) {
		snprintf(hold, 32, "%jd", (intmax_t)value->number);
		*out = slice_of(hold);
	}
	if (value->kind == GOSS_TRUTH)
		*out = value->number ? SLICE("true") : SLICE("false");
	return value->kind != GOSS_LIST;
}

static bool
number_of(const struct goss_value *value, double *out)
{
	*out = (double)value->number;
	return value->kind == GOSS_NUMBER || ((value->kind == GOSS_TEXT || value->kind == GOSS_CONTENT) && to_number(value->text, out));
}

/* A mode without quotes is meant as it is written. */
static enum goss_match
match_scalar(const struct yaml_node *wanted, const struct goss_value *value)
{
	char hold[32];
	struct slice text;
	double a, b;
	bool truth;
	if (!wanted->quoted && to_truth(wanted->text, &truth))
		return value->kind == GOSS_TRUTH && truth == (value->number != 0);
	if (!wanted->quoted && to_number(wanted->text, &a) && number_of(value, &b) && a == b)
		return GOSS_YES;
	return text_of(value, hold, &text) && value->kind != GOSS_TRUTH && slice_eq(text, wanted->text);
}

/* regular expressions and patterns */

static enum goss_match
match_regex(struct slice pattern, struct slice text)
{
	struct regex *regex = NULL;
	struct plim_error ignored = { 0 };
	if (regex_new_go(pattern, &regex, &ignored) < 0)
		return GOSS_LIMIT;
	int found = regex_find(regex, text);
	regex_free(regex);
	return found < 0 ? GOSS_LIMIT : found ? GOSS_YES : GOSS_NO;
}

/* "/REGEX/", "/REGEX/ims", "TEXT", each with "!" before it for what no line may have. */
struct pattern {
	struct slice text;
	char flags[8];
	bool inverse, regex;
};

static bool
is_flags(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("ims", text.p[i]) || !text.p[i])
			return false;
	return text.n <= 3;
}

static struct pattern
pattern_of(struct slice text)
{
	struct pattern pattern = { .text = text };
	struct slice core = text, flags;
	pattern.inverse = slice_skip(&core, SLICE("!"));
	size_t end = core.n > 1 && core.p[0] == '/' ? slice_find_last(core, '/') : 0;
	if (end != SIZE_MAX && end > 0 && is_flags(flags = slice_from(core, end + 1))) {
		pattern.regex = true;
		pattern.text = slice_from(slice_first(core, end), 1);
		memcpy(pattern.flags, flags.p, flags.n);
		return pattern;
	}
	while (pattern.text.n && strchr("\\/!", pattern.text.p[0]) && pattern.text.p[0])
		pattern.text = slice_from(pattern.text, 1);
	return pattern;
}

static int
pattern_regex(const struct pattern *pattern, struct regex **out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (pattern->flags[0])
		strbuf_printf(&text, "(?%s)", pattern->flags);
	strbuf_put(&text, pattern->text);
	return text.failed ? error_nomem(err) : regex_new_go(strbuf_slice(&text), out, err);
}

static int
line_matches(const struct pattern *pattern, const struct regex *regex, struct slice line)
{
	if (regex)
		return regex_find(regex, line);
	return pattern->text.n == 0 || slice_find_text(line, pattern->text) != SIZE_MAX;
}

static enum goss_match
match_pattern(struct slice text, struct slice content)
{
	const struct pattern pattern = pattern_of(text);
	struct regex *regex = NULL;
	struct plim_error ignored = { 0 };
	struct slice line;
	int found = text.n == 0;
	if (pattern.regex && pattern_regex(&pattern, &regex, &ignored) < 0)
		return GOSS_LIMIT;
	while (found == 0 && slice_next(&content, '\n', &line)) {
		slice_skip_end(&line, SLICE("\r"));
		/* Behind the last newline there is no line. */
		if (line.n || content.n)
			found = line_matches(&pattern, regex, line);
	}
	regex_free(regex);
	return found < 0 ? GOSS_LIMIT : (found > 0) != pattern.inverse;
}

/* All hold: what is sure not to decides before what cannot be told. */
static enum goss_match
both(enum goss_match a, enum goss_match b)
{
	return a == GOSS_NO || b == GOSS_NO ? GOSS_NO : a == GOSS_YES ? b : a;
}

static enum goss_match
either(enum goss_match a, enum goss_match b)
{
	return a == GOSS_YES || b == GOSS_YES ? GOSS_YES : a == GOSS_NO ? b : a;
}

static enum goss_match
match_patterns(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match all = GOSS_YES;
	char hold[32];
	struct slice text;
	if (!text_of(value, hold, &text))
		return GOSS_UNREAD;
	for (size_t i = 0; i < list->n; i++)
		all = both(all, match_pattern(list->items[i]->text, text));
	return all;
}

/* lists */

static enum goss_match
has_element(const struct yaml_node *matcher, const struct goss_value *value)
{
	enum goss_match any = GOSS_NO;
	if (value->kind != GOSS_LIST)
		return GOSS_UNREAD;
	for (size_t i = 0; i < value->list.n; i++)
		any = either(any, goss_match(matcher, &(struct goss_value){ .kind = GOSS_TEXT, .text = value->list.at[i] }));
	return any;
}

static enum goss_match
has_elements(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match all = GOSS_YES;
	for (size_t i = 0; i < list->n; i++)
		all = both(all, has_element(list->items[i], value));
	return all;
}

static enum goss_match
consists_of(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match all = value->kind == GOSS_LIST && value->list.n == list->n ? has_elements(list, value) : GOSS_NO;
	for (size_t i = 0; all != GOSS_NO && i < value->list.n; i++) {
		enum goss_match any = GOSS_NO;
		for (size_t k = 0; k < list->n; k++)
			any = either(any, goss_match(list->items[k], &(struct goss_value){ .kind = GOSS_TEXT, .text = value->list.at[i] }));
		all = both(all, any);
	}
	return all;
}

static enum goss_match
match_length(const struct yaml_node *wanted, const struct goss_value *value)
{
	int64_t length;
	if (value->kind != GOSS_LIST && value->kind != GOSS_TEXT && value->kind != GOSS_CONTENT)
		return GOSS_NO;
	return slice_to_i64(wanted->text, &length) && length == (int64_t)(value->kind == GOSS_LIST ? value->list.n : value->text.n);
}

/* texts and numbers */

#define TEXT_MATCH(name, test)                                                          \
	static enum goss_match name(const struct yaml_node *wanted, const struct goss_value *value) \
	{                                                                               \
		char hold[32];                                                          \
		struct slice text;                                                      \
		return text_of(value, hold, &text) ? (test) : GOSS_NO;                  \
	}
TEXT_MATCH(match_prefix, slice_starts(text, wanted->text))
TEXT_MATCH(match_suffix, slice_ends(text, wanted->text))
TEXT_MATCH(match_substring, slice_find_text(text, wanted->text) != SIZE_MAX)
TEXT_MATCH(match_regexp, match_regex(wanted->text, text))

#define NUMBER_MATCH(name, op)                                                          \
	static enum goss_match name(const struct yaml_node *wanted, const struct goss_value *value) \
	{                                                                               \
		double a, b;                                                            \
		return number_of(value, &a) && to_number(wanted->text, &b) && a op b;   \
	}
NUMBER_MATCH(match_gt, >)
NUMBER_MATCH(match_ge, >=)
NUMBER_MATCH(match_lt, <)
NUMBER_MATCH(match_le, <=)

/* others */

static enum goss_match
match_not(const struct yaml_node *matcher, const struct goss_value *value)
{
	enum goss_match match = goss_match(matcher, value);
	return match == GOSS_YES ? GOSS_NO : match == GOSS_NO ? GOSS_YES : match;
}

static enum goss_match
match_and(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match all = GOSS_YES;
	for (size_t i = 0; i < list->n; i++)
		all = both(all, goss_match(list->items[i], value));
	return all;
}

static enum goss_match
match_or(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match any = GOSS_NO;
	for (size_t i = 0; i < list->n; i++)
		any = either(any, goss_match(list->items[i], value));
	return any;
}

static const struct named named[] = {
	{ "equal", YAML_SCALAR, match_scalar }, { "have-prefix", YAML_SCALAR, match_prefix }, { "have-suffix", YAML_SCALAR, match_suffix },
	{ "match-regexp", YAML_SCALAR, match_regexp }, { "contain-substring", YAML_SCALAR, match_substring }, { "have-len", YAML_SCALAR, match_length },
	{ "have-patterns", YAML_SEQUENCE, match_patterns }, { "contain-element", YAML_NULL, has_element },
	{ "contain-elements", YAML_SEQUENCE, has_elements }, { "consist-of", YAML_SEQUENCE, consists_of }, { "not", YAML_NULL, match_not },
	{ "and", YAML_SEQUENCE, match_and }, { "or", YAML_SEQUENCE, match_or }, { "gt", YAML_SCALAR, match_gt }, { "ge", YAML_SCALAR, match_ge },
	{ "lt", YAML_SCALAR, match_lt }, { "le", YAML_SCALAR, match_le },
	{ "have-key", YAML_NULL, NULL }, { "semver-constraint", YAML_SCALAR, NULL }, { "xml", YAML_MAPPING, NULL }, { "gjson", YAML_MAPPING, NULL },
};

static const struct named *
named_find(struct slice name)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (slice_is(name, named[i].name))
			return &named[i];
	return NULL;
}

enum goss_match
goss_match(const struct yaml_node *matcher, const struct goss_value *value)
{
	if (matcher->kind == YAML_SEQUENCE)
		return value->kind == GOSS_CONTENT ? match_patterns(matcher, value) : has_elements(matcher, value);
	if (matcher->kind != YAML_MAPPING)
		return match_scalar(matcher, value);
	const struct named *by = matcher->n == 1 ? named_find(matcher->keys[0]->text) : NULL;
	return by && by->match ? by->match(matcher->items[0], value) : GOSS_UNREAD;
}

/* checking */

static int
check_regex(struct reading *in, const struct yaml_node *node, struct slice name, struct plim_error *err)
{
	const struct pattern pattern = slice_is(name, "match-regexp") ? (struct pattern){ .text = node->text, .regex = true } : pattern_of(node->text);
	struct regex *regex = NULL;
	struct plim_error why = { 0 };
	int r = pattern.regex ? pattern_regex(&pattern, &regex, &why) : 0;
	regex_free(regex);
	return r < 0 ? yaml_error(in->doc, node, err, "%s", why.text) : 0;
}

static int
check_items(struct reading *in, const struct yaml_node *list, bool patterns, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct yaml_node *item = list->items[i];
		if (patterns && item->kind != YAML_SCALAR)
			r = yaml_error(in->doc, item, err, "a pattern is a text");
		if (r == 0)
			r = item->kind == YAML_SCALAR ? check_regex(in, item, SLICE(""), err) : goss_match_check(in, item, err);
	}
	return r;
}

static int
check_named(struct reading *in, const struct yaml_node *matcher, struct plim_error *err)
{
	const struct yaml_node *key = matcher->keys[0], *argument = matcher->items[0];
	const struct named *by = named_find(key->text);
	if (by == NULL)
		return yaml_error(in->doc, key, err, "'%.*s' is no matcher of Goss", SLICE_ARG(key->text));
	if (by->argument == YAML_NULL)
		return goss_match_check(in, argument, err);
	if (argument->kind != by->argument)
		return yaml_error(in->doc, argument, err, "%s takes %s", by->name, yaml_kind_name(by->argument));
	if (by->argument == YAML_SEQUENCE)
		return check_items(in, argument, slice_is(key->text, "have-patterns"), err);
	return slice_is(key->text, "match-regexp") ? check_regex(in, argument, key->text, err) : 0;
}

int
goss_match_check(struct reading *in, const struct yaml_node *matcher, struct plim_error *err)
{
	if (matcher->kind == YAML_NULL)
		return yaml_error(in->doc, matcher, err, "a value or a matcher is wanted");
	if (matcher->kind == YAML_SEQUENCE)
		return check_items(in, matcher, false, err);
	if (matcher->kind == YAML_MAPPING && matcher->n != 1)
		return yaml_error(in->doc, matcher, err, "one matcher at a time");
	return matcher->kind == YAML_MAPPING ? check_named(in, matcher, err) : 0;
}
