/* SPDX-License-Identifier: Apache-2.0 */
/* Conan's versions, ITEM(.ITEM)*[-PRERELEASE][+BUILD], and ranges, ">=1.0 <2.0 || ~3.1, include_prerelease". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

#define LENGTH_LEAST 2    /* Conan's pattern of references */
#define LENGTH_MOST 101

struct conan {
	struct slice items, pre, build;    /* absent where there are none; zeros at the end of items left off */
};

static bool
is_name_char(char c)
{
	return is_digit(c) || is_lower(c) || c == '_' || c == '+' || c == '.' || c == '-';
}

static int
check(struct slice version, struct plim_error *err)
{
	if (version.n < LENGTH_LEAST || version.n > LENGTH_MOST)
		return error_set(err, PLIM_EFORMAT, "a version has %d to %d characters", LENGTH_LEAST, LENGTH_MOST);
	if (!slice_is_only(version, is_name_char) || (!is_digit(version.p[0]) && !is_lower(version.p[0]) && version.p[0] != '_'))
		return error_set(err, PLIM_EFORMAT, "a character that no version may have there");
	return 0;
}

static bool
is_zero_item(struct slice item)
{
	return item.n > 0 && number_is_zero(item);
}

static struct slice
trimmed(struct slice items)
{
	struct slice head, last;
	while (items.p) {
		bool several = slice_cut_last(items, '.', &head, &last);
		if (!is_zero_item(several ? last : items))
			return items;
		items = several ? head : SLICE_NONE;
	}
	return items;
}

static struct conan
split(struct slice version)
{
	struct conan parts = { 0 };
	slice_cut_last(version, '+', &version, &parts.build);
	slice_cut(version, '-', &parts.items, &parts.pre);
	parts.items = trimmed(parts.items);
	parts.pre = trimmed(parts.pre);
	parts.build = trimmed(parts.build);
	return parts;
}

/*
 * Conan compares two numbers as numbers and all else as text, which is not
 * transitive: 2 < 10 < 1a < 2.  A word's own leading number counts first here.
 */
static int
order_item(struct slice a, struct slice b)
{
	struct slice rest_a = a, rest_b = b;
	struct slice number_a = take_run(&rest_a, is_digit), number_b = take_run(&rest_b, is_digit);
	if ((number_a.n == 0) != (number_b.n == 0) && a.n && b.n)
		return number_a.n ? -1 : 1;
	int order = number_order(number_a, number_b);
	if (order == 0)
		order = slice_cmp(rest_a, rest_b);
	return order == 0 && rest_a.n ? slice_cmp(number_a, number_b) : order;
}

static int
order_items(struct slice a, struct slice b)
{
	bool more_a = a.p != NULL, more_b = b.p != NULL;
	while (more_a && more_b) {
		struct slice x, y;
		more_a = slice_cut(a, '.', &x, &a);
		more_b = slice_cut(b, '.', &y, &b);
		int order = order_item(x, y);
		if (order)
			return order;
	}
	return more_a - more_b;
}

static int
order(const struct conan *a, const struct conan *b, bool pre_a, bool pre_b)
{
	int order = order_items(a->items, b->items);
	if (order)
		return order;
	if (pre_a != pre_b)
		return pre_a ? -1 : 1;
	order = order_items(a->pre, b->pre);
	return order ? order : order_items(a->build, b->build);
}

/* "1.0-0": its pre-release is trimmed to nothing, and is one all the same. */
static bool
has_pre(struct slice version)
{
	struct slice build;
	slice_cut_last(version, '+', &version, &build);
	return slice_find(version, '-') != SIZE_MAX;
}

static bool
has_build(struct slice version)
{
	return slice_find(version, '+') != SIZE_MAX;
}

static int
compare(struct slice a, struct slice b)
{
	struct conan x = split(a), y = split(b);
	int o = order(&x, &y, has_pre(a), has_pre(b));
	return o ? o : has_build(a) - has_build(b);
}

/* A bound that is begun by its own pre-releases: "<2.0" leaves 2.0-rc out. */
static int
compare_with_first(struct slice version, struct slice bound)
{
	struct conan have = split(version), want = split(bound);
	if (has_pre(bound) || has_build(bound))
		return compare(version, bound);
	want.pre = SLICE("");
	return order(&have, &want, has_pre(version), true);
}

/* `*number`: the item at an index, which must be a number. */
static bool
item_at(struct slice version, size_t index, struct slice *number)
{
	struct slice rest;
	slice_cut_last(version, '+', &version, &rest);
	slice_cut(version, '-', &version, &rest);
	for (size_t i = 0; i < index; i++)
		if (!slice_cut(version, '.', &number[0], &version))
			return false;
	slice_cut(version, '.', number, &rest);
	return number->n > 0 && slice_is_only(*number, is_digit);
}

/* Below the version whose item at `index` is one more and the last. */
static bool
is_below_next(struct slice version, struct slice want, size_t index)
{
	struct slice have_items = split(version).items, want_items = want, have, bound, rest;
	slice_cut_last(want_items, '+', &want_items, &rest);
	slice_cut(want_items, '-', &want_items, &rest);
	for (size_t i = 0; i <= index; i++) {
		if (have_items.p == NULL)
			return true;
		slice_cut(have_items, '.', &have, &have_items);
		slice_cut(want_items, '.', &bound, &want_items);
		struct slice number = take_run(&have, is_digit);
		if (i == index)
			return number.n > 0 && number_order(number, bound) <= 0;
		have = slice_range(number.p, have.p + have.n);
		int order = order_item(have, bound);
		if (order)
			return order < 0;
	}
	return false;
}

/* "^0.2": up to the first item that is not zero; "~1.2": up to the second. */
static bool
series_index(char op, struct slice want, size_t *index)
{
	struct slice number;
	*index = op == '~' && item_at(want, 1, &number) ? 1 : 0;
	if (op == '~') {
		struct slice main = want, rest;
		slice_cut(main, '-', &main, &rest);
		*index = slice_find(main, '.') != SIZE_MAX;
		return item_at(want, *index, &number);
	}
	while (item_at(want, *index, &number))
		if (!number_is_zero(number))
			return true;
		else
			++*index;
	return false;
}

static bool
condition_holds(char op, bool with, struct slice version, struct slice want)
{
	switch (op) {
	case '>': return with ? compare_with_first(version, want) >= 0 : compare(version, want) > 0;
	case '<': return with ? compare(version, want) <= 0 : compare_with_first(version, want) < 0;
	case '*': return slice_starts(version, want);
	default: return compare(version, want) == 0;
	}
}

static int
expression_holds(struct slice expression, struct slice version, bool *holds, struct plim_error *err)
{
	struct slice want = expression;
	size_t index;
	char op = '=';
	*holds = true;
	if (slice_is(expression, "*"))
		return 0;
	if (expression.n == 1)
		return error_set(err, PLIM_EFORMAT, "no range of Conan: '%.*s'", SLICE_ARG(expression));
	if (strchr("><^~=", expression.p[0]) != NULL) {
		op = expression.p[0];
		want = slice_from(want, 1);
	} else if (slice_skip_end(&want, SLICE("*"))) {
		op = '*';
	}
	bool with = (op == '>' || op == '<') && take_char(&want, '=');
	if (want.n == 0 || (op == '*' && want.n == 1) || (op != '*' && want.p[0] == '='))
		return error_set(err, PLIM_EFORMAT, "no range of Conan: '%.*s'", SLICE_ARG(expression));
	if (op != '^' && op != '~') {
		*holds = condition_holds(op, with, version, want);
		return 0;
	}
	if (!series_index(op, want, &index))
		return error_set(err, PLIM_EFORMAT, "nothing to count up: '%.*s'", SLICE_ARG(expression));
	*holds = compare_with_first(version, want) >= 0 && is_below_next(version, want, index);
	return 0;
}

static int
take_options(struct slice options, bool *prereleases, struct plim_error *err)
{
	struct slice option;
	while (slice_next(&options, ',', &option)) {
		if (slice_find_text(option, SLICE("include_prerelease")) != SIZE_MAX) {
			*prereleases = true;
			return 0;
		}
		option = slice_trim_wide(option);
		if (option.n == 0 || !is_letter(option.p[0]))
			return error_set(err, PLIM_EFORMAT, "no option of a range: '%.*s'", SLICE_ARG(option));
	}
	return 0;
}

static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct slice options, set, word;
	bool any = false, prereleases = false, more = range.n > 0;
	if (range.n == 0)
		return error_set(err, PLIM_EFORMAT, "the range is empty");
	bool optional = slice_cut(range, ',', &range, &options);
	int r = optional && options.n == 0 ? error_set(err, PLIM_EFORMAT, "a comma with nothing behind it")
	                                    : take_options(options, &prereleases, err);
	while (r == 0 && more) {
		size_t at = slice_find_text(range, SLICE("||"));
		more = at != SIZE_MAX;
		set = slice_first(range, at);
		range = more ? slice_from(range, at + 2) : SLICE_NONE;
		bool all = prereleases || !has_pre(version), holds;
		while (r == 0 && slice_word(&set, &word)) {
			r = expression_holds(word, version, &holds, err);
			all &= r == 0 && holds;
		}
		any |= all;
	}
	*inside = any;
	return r;
}

const struct version_scheme version_conan = { .name = "conan", .check = check, .compare = compare, .satisfies = satisfies };
