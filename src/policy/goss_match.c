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

static enum goss_match match_value(const struct yaml_node *matcher, const struct goss_value *value);

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

/* As Goss makes a text of it: the elements of a list are lines.  False without memory. */
static bool
text_of(const struct goss_value *value, struct strbuf *hold, struct slice *out)
{
	*out = value->text;
	if (value->kind == GOSS_TRUTH)
		*out = value->number ? SLICE("true") : SLICE("false");
	if (value->kind != GOSS_NUMBER && value->kind != GOSS_LIST)
		return true;
	if (value->kind == GOSS_NUMBER)
		strbuf_printf(hold, "%jd", (intmax_t)value->number);
	for (size_t i = 0; value->kind == GOSS_LIST && i < value->list.n; i++) {
		strbuf_puts(hold, i ? "\n" : "");
		strbuf_put(hold, value->list.at[i]);
	}
	*out = strbuf_slice(hold);
	return !hold->failed;
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
	AUTO(strbuf) struct strbuf hold = { 0 };
	struct slice text;
	double a, b;
	bool truth;
	if (!wanted->quoted && to_truth(wanted->text, &truth))
		return value->kind == GOSS_TRUTH && truth == (value->number != 0);
	if (!wanted->quoted && to_number(wanted->text, &a))
		return number_of(value, &b) ? (enum goss_match)(a == b) : GOSS_WRONG;
	return text_of(value, &hold, &text) ? (enum goss_match)slice_eq(text, wanted->text) : GOSS_LIMIT;
}

/* Of the same kind, too: "40" is not 40. */
static enum goss_match
match_equal(const struct yaml_node *wanted, const struct goss_value *value)
{
	double number;
	bool truth, is_truth = !wanted->quoted && to_truth(wanted->text, &truth), is_number = !wanted->quoted && to_number(wanted->text, &number);
	bool same_kind = value->kind == GOSS_TRUTH ? is_truth : value->kind == GOSS_NUMBER ? is_number : !is_truth && !is_number && value->kind != GOSS_LIST;
	return same_kind ? match_scalar(wanted, value) : GOSS_NO;
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

static bool
fails(enum goss_match match)
{
	return match == GOSS_NO || match == GOSS_WRONG;
}

/* All hold: what is sure not to decides before what cannot be told. */
static enum goss_match
both(enum goss_match a, enum goss_match b)
{
	return fails(a) ? a : fails(b) ? b : a == GOSS_YES ? b : a;
}

static enum goss_match
either(enum goss_match a, enum goss_match b)
{
	if (a == GOSS_YES || b == GOSS_YES)
		return GOSS_YES;
	return !fails(a) ? a : b == GOSS_NO ? a : b;
}

static enum goss_match
match_patterns(const struct yaml_node *list, const struct goss_value *value)
{
	AUTO(strbuf) struct strbuf hold = { 0 };
	enum goss_match all = GOSS_YES;
	struct slice text;
	if (!text_of(value, &hold, &text))
		return GOSS_LIMIT;
	for (size_t i = 0; i < list->n; i++)
		all = both(all, match_pattern(list->items[i]->text, text));
	return all;
}

/* lists */

static enum goss_match
match_text(const struct yaml_node *matcher, struct slice text)
{
	return match_value(matcher, &(struct goss_value){ .kind = GOSS_TEXT, .text = text });
}

/* The elements of a text are its lines, and what is behind its last newline. */
static enum goss_match
has_line(const struct yaml_node *matcher, struct slice text)
{
	enum goss_match any = GOSS_NO;
	for (size_t end; (end = slice_find(text, '\n')) != SIZE_MAX && any != GOSS_YES; text = slice_from(text, end + 1))
		any = either(any, match_text(matcher, slice_first(text, end)));
	return either(any, match_text(matcher, text));
}

static enum goss_match
has_element(const struct yaml_node *matcher, const struct goss_value *value)
{
	enum goss_match any = GOSS_NO;
	if (value->kind == GOSS_NUMBER || value->kind == GOSS_TRUTH)
		return GOSS_WRONG;
	if (value->kind != GOSS_LIST)
		return has_line(matcher, value->text);
	for (size_t i = 0; i < value->list.n; i++)
		any = either(any, match_text(matcher, value->list.at[i]));
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
	if (value->kind != GOSS_LIST)
		return GOSS_WRONG;
	enum goss_match all = value->list.n == list->n ? has_elements(list, value) : GOSS_NO;
	for (size_t i = 0; all != GOSS_NO && i < value->list.n; i++) {
		enum goss_match any = GOSS_NO;
		for (size_t k = 0; k < list->n; k++)
			any = either(any, match_text(list->items[k], value->list.at[i]));
		all = both(all, any);
	}
	return all;
}

static enum goss_match
match_length(const struct yaml_node *wanted, const struct goss_value *value)
{
	int64_t length;
	if (value->kind != GOSS_LIST && value->kind != GOSS_TEXT && value->kind != GOSS_CONTENT)
		return GOSS_WRONG;
	return slice_to_i64(wanted->text, &length) && length == (int64_t)(value->kind == GOSS_LIST ? value->list.n : value->text.n);
}

/* texts and numbers */

#define TEXT_MATCH(name, test)                                                          \
	static enum goss_match name(const struct yaml_node *wanted, const struct goss_value *value) \
	{                                                                               \
		AUTO(strbuf) struct strbuf hold = { 0 };                                \
		struct slice text;                                                      \
		return text_of(value, &hold, &text) ? (enum goss_match)(test) : GOSS_LIMIT; \
	}
TEXT_MATCH(match_prefix, slice_starts(text, wanted->text))
TEXT_MATCH(match_suffix, slice_ends(text, wanted->text))
TEXT_MATCH(match_substring, slice_find_text(text, wanted->text) != SIZE_MAX)
TEXT_MATCH(match_regexp, match_regex(wanted->text, text))

#define NUMBER_MATCH(name, op)                                                          \
	static enum goss_match name(const struct yaml_node *wanted, const struct goss_value *value) \
	{                                                                               \
		double a, b;                                                            \
		if (!number_of(value, &a) || !to_number(wanted->text, &b))              \
			return GOSS_WRONG;                                              \
		return a op b;                                                          \
	}
NUMBER_MATCH(match_gt, >)
NUMBER_MATCH(match_ge, >=)
NUMBER_MATCH(match_lt, <)
NUMBER_MATCH(match_le, <=)

/* others */

static enum goss_match
match_not(const struct yaml_node *matcher, const struct goss_value *value)
{
	enum goss_match match = match_value(matcher, value);
	return match == GOSS_YES ? GOSS_NO : match == GOSS_NO ? GOSS_YES : match;
}

/* Nothing that is asked here has keys. */
static enum goss_match
match_key(const struct yaml_node *matcher, const struct goss_value *value)
{
	(void)matcher, (void)value;
	return GOSS_WRONG;
}

static enum goss_match
match_and(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match all = GOSS_YES;
	for (size_t i = 0; i < list->n; i++)
		all = both(all, match_value(list->items[i], value));
	return all;
}

static enum goss_match
match_or(const struct yaml_node *list, const struct goss_value *value)
{
	enum goss_match any = GOSS_NO;
	for (size_t i = 0; any != GOSS_WRONG && i < list->n; i++)
		any = either(any, match_value(list->items[i], value));
	return any;
}

static const struct named named[] = {
	{ "equal", YAML_SCALAR, match_equal }, { "have-prefix", YAML_SCALAR, match_prefix }, { "have-suffix", YAML_SCALAR, match_suffix },
	{ "match-regexp", YAML_SCALAR, match_regexp }, { "contain-substring", YAML_SCALAR, match_substring }, { "have-len", YAML_SCALAR, match_length },
	{ "have-patterns", YAML_SEQUENCE, match_patterns }, { "contain-element", YAML_NULL, has_element },
	{ "contain-elements", YAML_SEQUENCE, has_elements }, { "consist-of", YAML_SEQUENCE, consists_of }, { "not", YAML_NULL, match_not },
	{ "and", YAML_SEQUENCE, match_and }, { "or", YAML_SEQUENCE, match_or }, { "gt", YAML_SCALAR, match_gt }, { "ge", YAML_SCALAR, match_ge },
	{ "lt", YAML_SCALAR, match_lt }, { "le", YAML_SCALAR, match_le },
	{ "have-key", YAML_NULL, match_key }, { "semver-constraint", YAML_SCALAR, NULL }, { "xml", YAML_MAPPING, NULL }, { "gjson", YAML_MAPPING, NULL },
};

static const struct named *
named_find(struct slice name)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (slice_is(name, named[i].name))
			return &named[i];
	return NULL;
}

static enum goss_match
match_value(const struct yaml_node *matcher, const struct goss_value *value)
{
	if (matcher->kind == YAML_SEQUENCE)
		return value->kind == GOSS_LIST ? has_elements(matcher, value) : GOSS_WRONG;
	if (matcher->kind != YAML_MAPPING)
		return match_scalar(matcher, value);
	const struct named *by = matcher->n == 1 ? named_find(matcher->keys[0]->text) : NULL;
	return by && by->match ? by->match(matcher->items[0], value) : GOSS_UNREAD;
}

enum goss_match
goss_match_attribute(const struct yaml_node *matcher, const struct goss_value *value)
{
	bool patterns = matcher->kind == YAML_SEQUENCE && value->kind == GOSS_CONTENT;
	return patterns ? match_patterns(matcher, value) : match_value(matcher, value);
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

static bool
is_numeric(const struct named *by)
{
	return by->match == match_length || by->match == match_gt || by->match == match_ge || by->match == match_lt || by->match == match_le;
}

static int
check_named(struct reading *in, const struct yaml_node *matcher, struct plim_error *err)
{
	const struct yaml_node *key = matcher->keys[0], *argument = matcher->items[0];
	const struct named *by = named_find(key->text);
	double number;
	if (by == NULL)
		return yaml_error(in->doc, key, err, "'%.*s' is no matcher of Goss", SLICE_ARG(key->text));
	if (by->argument == YAML_NULL)
		return goss_match_check(in, argument, err);
	if (argument->kind != by->argument)
		return yaml_error(in->doc, argument, err, "%s takes %s", by->name, yaml_kind_name(by->argument));
	if (by->argument == YAML_SEQUENCE)
		return check_items(in, argument, slice_is(key->text, "have-patterns"), err);
	if (by->match && is_numeric(by) && (argument->quoted || !to_number(argument->text, &number)))
		return yaml_error(in->doc, argument, err, "%s takes a number", by->name);
	return slice_is(key->text, "match-regexp") ? check_regex(in, argument, key->text, err) : 0;
}

int
goss_patterns_check(struct reading *in, const struct yaml_node *matcher, struct plim_error *err)
{
	return matcher->kind == YAML_SEQUENCE ? check_items(in, matcher, true, err) : goss_match_check(in, matcher, err);
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
