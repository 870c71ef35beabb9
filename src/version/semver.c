/* SPDX-License-Identifier: Apache-2.0 */
/* Semver 2.0.0, with the requirements of Cargo, whose crates are ordered so. */
#include "version/semver.h"

#include "base/error.h"
#include "version/text.h"

static bool
is_label_char(char c)
{
	return is_alnum(c) || c == '-';
}

static bool
take_wildcard(struct slice *rest, const struct semver_rules *rules)
{
	if (rest->n == 0 || rest->p[0] == '\0' || strchr(rules->wildcards, rest->p[0]) == NULL)
		return false;
	*rest = slice_from(*rest, 1);
	return true;
}

static bool
take_number(struct slice *rest, const struct semver_rules *rules, struct slice *out)
{
	*out = take_run(rest, is_digit);
	if (out->n == 0 || (!rules->padded && number_is_padded(*out)))
		return false;
	return rules->most == NULL || number_order(*out, slice_of(rules->most)) <= 0;
}

/* "LABEL.LABEL"; a label of digits has no zero before it where `padded` does not allow it. */
static bool
take_labels(struct slice *rest, bool padded, struct slice *out)
{
	const char *from = rest->p;
	do {
		struct slice label = take_run(rest, is_label_char);
		if (label.n == 0 || (!padded && number_is_padded(label) && slice_is_only(label, is_digit)))
			return false;
	} while (take_char(rest, '.'));
	*out = slice_range(from, rest->p);
	return true;
}

/* How many of the three places are filled, with a number or a wildcard; 0 when they are no version. */
static unsigned
take_numbers(struct slice *rest, const struct semver_rules *rules, struct semver *out)
{
	for (unsigned i = 0; i < 3; i++) {
		struct slice number;
		if (i > 0 && !take_char(rest, '.'))
			return i >= rules->least ? i : 0;
		if (take_wildcard(rest, rules)) {
			out->wild = true;
			continue;
		}
		if ((out->wild && !rules->behind_wildcards) || !take_number(rest, rules, &number))
			return 0;
		out->disordered |= out->wild;
		if (!out->wild)
			out->number[out->numbers++] = number;
	}
	return 3;
}

bool
semver_take(struct slice *rest, const struct semver_rules *rules, struct semver *out)
{
	*out = (struct semver){ 0 };
	unsigned places = take_numbers(rest, rules, out);
	if (places < (rules->least > 1 ? rules->least : 3))
		return places > 0;
	if (out->wild && !rules->behind_wildcards)
		return true;
	if (take_char(rest, '-') && !take_labels(rest, rules->padded, &out->pre))
		return false;
	if (take_char(rest, '+') && !take_labels(rest, true, &out->build))
		return false;
	/* Of "1.x.x-rc" nothing is left but the 1. */
	if (out->wild)
		out->pre = out->build = SLICE_NONE;
	return true;
}

bool
semver_parse(struct slice text, const struct semver_rules *rules, struct semver *out)
{
	return semver_take(&text, rules, out) && text.n == 0;
}

int
semver_check(struct slice text, const struct semver_rules *rules, struct plim_error *err)
{
	struct semver parsed;
	struct slice rest = text;
	if (text.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	if (!semver_take(&rest, rules, &parsed) || rest.n > 0)
		return error_set(err, PLIM_EFORMAT, "no semantic version, from byte %zu on", text.n - rest.n);
	return 0;
}

/* Numbers come before words, in both cases by what they are. */
static int
order_label(struct slice a, struct slice b)
{
	bool number_a = slice_is_only(a, is_digit), number_b = slice_is_only(b, is_digit);
	if (number_a != number_b)
		return number_a ? -1 : 1;
	return number_a ? number_order(a, b) : slice_cmp(a, b);
}

int
semver_order_parts(struct slice a, struct slice b)
{
	struct slice x, y;
	while (a.n && b.n) {
		slice_next(&a, '.', &x);
		slice_next(&b, '.', &y);
		int order = order_label(x, y);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

int
semver_order_labels(struct slice a, struct slice b)
{
	if (a.n == 0 || b.n == 0)
		return (a.n == 0) - (b.n == 0);
	return semver_order_parts(a, b);
}

int
semver_order_numbers(const struct semver *a, const struct semver *b, unsigned n)
{
	int order = 0;
	for (unsigned i = 0; order == 0 && i < n; i++)
		order = number_order(a->number[i], b->number[i]);
	return order;
}

int
semver_order(const struct semver *a, const struct semver *b)
{
	int order = semver_order_numbers(a, b, 3);
	return order ? order : semver_order_labels(a->pre, b->pre);
}

int
semver_compare(struct slice a, struct slice b, const struct semver_rules *rules)
{
	struct semver x, y;
	bool good_a = semver_parse(a, rules, &x), good_b = semver_parse(b, rules, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	return semver_order(&x, &y);
}

unsigned
semver_caret_width(const struct semver *want)
{
	for (unsigned i = 0; i < want->numbers; i++)
		if (!number_is_zero(want->number[i]))
			return i + 1;
	return want->numbers;
}

/* Cargo's crates */

static const struct semver_rules rules = { .most = "18446744073709551615", .wildcards = "", .least = 3 };
static const struct semver_rules partial = { .most = "18446744073709551615", .wildcards = "*xX", .least = 1 };

static int
check(struct slice version, struct plim_error *err)
{
	return semver_check(version, &rules, err);
}

static int
compare(struct slice a, struct slice b)
{
	return semver_compare(a, b, &rules);
}

enum requirement { CARET, EXACT, GREATER_EQUAL, GREATER, LESS_EQUAL, LESS, TILDE };

struct comparator {
	enum requirement op;
	struct semver want;
};

static enum requirement
take_requirement(struct slice *rest, bool *spelled)
{
	static const char *const signs[] = { "^", "=", ">=", ">", "<=", "<", "~" };
	int found = take_word(rest, signs, sizeof signs / sizeof *signs);
	*spelled = found >= 0;
	return found < 0 ? CARET : (enum requirement)found;
}

static bool
is_exact(const struct semver *want, const struct semver *have)
{
	return semver_order_numbers(have, want, want->numbers) == 0 && semver_order_labels(have->pre, want->pre) == 0;
}

/* Below or above what was given of it: 1.2.5 is not above "1.2". */
static int
order_given(const struct semver *have, const struct semver *want)
{
	int order = semver_order_numbers(have, want, want->numbers);
	return order || want->numbers < 3 ? order : semver_order_labels(have->pre, want->pre);
}

static bool
is_compatible(const struct semver *want, const struct semver *have, unsigned width)
{
	if (semver_order_numbers(have, want, width) != 0)
		return false;
	return want->numbers == 3 ? semver_order(have, want) >= 0 : semver_order_numbers(have, want, want->numbers) >= 0;
}

static bool
is_about(const struct semver *want, const struct semver *have)
{
	return is_compatible(want, have, want->numbers < 2 ? want->numbers : 2) && (want->numbers == 3 || have->pre.n == 0);
}

static bool
comparator_holds(const struct comparator *comparator, const struct semver *have)
{
	const struct semver *want = &comparator->want;
	switch (comparator->op) {
	case EXACT: return is_exact(want, have);
	case GREATER_EQUAL: return is_exact(want, have) || order_given(have, want) > 0;
	case GREATER: return order_given(have, want) > 0;
	case LESS_EQUAL: return is_exact(want, have) || order_given(have, want) < 0;
	case LESS: return order_given(have, want) < 0;
	case TILDE: return is_about(want, have);
	case CARET: return is_compatible(want, have, semver_caret_width(want));
	}
	return false;
}

static void
skip_blanks(struct slice *rest)
{
	while (take_char(rest, ' '))
		;
}

static bool
take_comparator(struct slice *rest, struct comparator *out)
{
	bool spelled;
	out->op = take_requirement(rest, &spelled);
	skip_blanks(rest);
	if (!semver_take(rest, &partial, &out->want) || out->want.numbers == 0)
		return false;
	if (out->want.wild && !spelled)
		out->op = EXACT;
	skip_blanks(rest);
	return true;
}

static bool
names_prerelease(const struct semver *want, const struct semver *have)
{
	return want->pre.n > 0 && semver_order_numbers(want, have, 3) == 0;
}

/* A pre-release is only meant where a bound names one of the same three numbers. */
static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct semver have;
	struct slice rest = range;
	skip_blanks(&rest);
	semver_parse(version, &rules, &have);
	bool all = true, named = have.pre.n == 0;
	if (take_wildcard(&rest, &partial)) {
		skip_blanks(&rest);
		*inside = named;
		return rest.n == 0 ? 0 : error_set(err, PLIM_EFORMAT, "something follows the wildcard");
	}
	for (bool more = true; more; skip_blanks(&rest)) {
		struct comparator comparator;
		if (!take_comparator(&rest, &comparator))
			return error_set(err, PLIM_EFORMAT, "no requirement of Cargo, from byte %zu on", range.n - rest.n);
		all &= comparator_holds(&comparator, &have);
		named |= names_prerelease(&comparator.want, &have);
		more = take_char(&rest, ',');
	}
	if (rest.n > 0)
		return error_set(err, PLIM_EFORMAT, "no requirement of Cargo, from byte %zu on", range.n - rest.n);
	*inside = all && named;
	return 0;
}

const struct version_scheme version_semver = { .name = "semver", .check = check, .compare = compare, .satisfies = satisfies };
