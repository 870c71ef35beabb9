/* SPDX-License-Identifier: Apache-2.0 */
/* NuGet's versions, N[.N[.N[.N]]][-LABELS][+BUILD], its intervals and floating versions: "[1.0,2.0)", "1.2.*", "2.0-rc.*". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

#define NUMBER_MOST "2147483647"    /* a 32-bit number with sign */

struct nuget {
	struct slice number[4];
	unsigned numbers;
	struct slice labels;    /* absent without */
};

static bool
is_label_char(char c)
{
	return is_alnum(c) || c == '-';
}

static bool
labels_are_sound(struct slice labels, bool padded)
{
	do {
		struct slice label = take_run(&labels, is_label_char);
		if (label.n == 0 || (!padded && number_is_padded(label) && slice_is_only(label, is_digit)))
			return false;
	} while (take_char(&labels, '.'));
	return labels.n == 0;
}

static bool
is_small(struct slice digits)
{
	return digits.n > 0 && slice_is_only(digits, is_digit) && number_order(digits, SLICE(NUMBER_MOST)) <= 0;
}

static bool
parse(struct slice text, struct nuget *out)
{
	struct slice numbers, build, number;
	*out = (struct nuget){ 0 };
	if (slice_cut(slice_trim_wide(text), '+', &text, &build) && !labels_are_sound(build, true))
		return false;
	if (slice_cut(text, '-', &numbers, &out->labels) && !labels_are_sound(out->labels, false))
		return false;
	/* A dot at the end wants another number. */
	if (slice_ends(numbers, SLICE(".")))
		return false;
	while (slice_next(&numbers, '.', &number)) {
		number = slice_trim_wide(number);
		if (out->numbers == 4 || !is_small(number))
			return false;
		out->number[out->numbers++] = number;
	}
	return out->numbers > 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	struct nuget parsed;
	if (slice_trim_wide(version).n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return parse(version, &parsed) ? 0 : error_set(err, PLIM_EFORMAT, "no version of NuGet");
}

static int
order_numbers(const struct nuget *a, const struct nuget *b, unsigned n)
{
	int order = 0;
	for (unsigned i = 0; order == 0 && i < n; i++)
		order = number_order(a->number[i], b->number[i]);
	return order;
}

/* Without regard to case; numbers of 32 bits come before words, larger ones are words. */
static int
order_labels(struct slice a, struct slice b)
{
	struct slice x, y;
	if (a.n == 0 || b.n == 0)
		return (a.n == 0) - (b.n == 0);
	while (a.n && b.n) {
		slice_next(&a, '.', &x);
		slice_next(&b, '.', &y);
		bool small_x = is_small(x), small_y = is_small(y);
		int order = small_x && small_y ? number_order(x, y) : small_x || small_y ? small_y - small_x : slice_cmp_nocase(x, y);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

static int
order(const struct nuget *a, const struct nuget *b)
{
	int order = order_numbers(a, b, 4);
	return order ? order : order_labels(a->labels, b->labels);
}

static int
compare(struct slice a, struct slice b)
{
	struct nuget x, y;
	bool good_a = parse(a, &x), good_b = parse(b, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	return order(&x, &y);
}

/* What a floating version lets vary: all behind the first `numbers`, and labels with a prefix where it floats them. */
struct floating {
	struct nuget least;
	unsigned numbers;
	bool labels;
	struct slice prefix;
};

static bool
take_star(struct slice *text, struct floating *out)
{
	if (!slice_skip_end(text, SLICE("*")))
		return false;
	if (slice_is_empty(*text))
		return true;
	/* "1.2." before the star */
	if (!slice_skip_end(text, SLICE(".")) || !parse(*text, &out->least) || out->least.labels.p)
		return false;
	out->numbers = out->least.numbers;
	return out->numbers < 4;
}

/* "-rc.*": what is before the star must be a beginning of labels. */
static bool
take_floating_labels(struct slice labels, struct floating *out)
{
	struct slice prefix = labels;
	if (!slice_skip_end(&prefix, SLICE("*")) || slice_find(prefix, '*') != SIZE_MAX)
		return false;
	out->labels = true;
	out->prefix = prefix;
	struct slice whole = prefix;
	slice_skip_end(&whole, SLICE("."));
	out->least.labels = whole;
	return whole.n == 0 ? prefix.n == 0 : labels_are_sound(whole, false);
}

static bool
floating_parse(struct slice text, struct floating *out)
{
	struct slice numbers, labels;
	*out = (struct floating){ 0 };
	if (slice_find(text, '+') != SIZE_MAX)
		return false;
	bool labelled = slice_cut(text, '-', &numbers, &labels);
	if (slice_ends(numbers, SLICE("*")))
		return take_star(&numbers, out) && (!labelled || take_floating_labels(labels, out));
	if (!labelled || !parse(numbers, &out->least))
		return false;
	out->numbers = 4;
	return take_floating_labels(labels, out);
}

static bool
has_prefix(struct slice labels, struct slice prefix)
{
	return labels.n >= prefix.n && slice_eq_nocase(slice_first(labels, prefix.n), prefix);
}

static bool
floating_holds(const struct floating *floating, const struct nuget *have)
{
	if (order_numbers(have, &floating->least, floating->numbers) != 0)
		return false;
	if (have->labels.n == 0)
		return true;
	return floating->labels && has_prefix(have->labels, floating->prefix);
}

static int
satisfies_interval(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct version_interval interval;
	if (!version_interval_take(&range, &interval) || range.n > 0 || (interval.low.n == 0 && interval.high.n == 0))
		return error_set(err, PLIM_EFORMAT, "no interval of NuGet");
	struct floating floating;
	bool floats = slice_find(interval.low, '*') != SIZE_MAX, within = true;
	if (floats && !floating_parse(interval.low, &floating))
		return error_set(err, PLIM_EFORMAT, "no floating version: '%.*s'", SLICE_ARG(interval.low));
	/* The star of a low end says which is preferred; what counts is where it begins. */
	if (floats) {
		struct nuget have;
		parse(version, &have);
		within = order(&have, &floating.least) >= 0;
		interval.low = SLICE_NONE;
	}
	if ((interval.low.n && check(interval.low, err) < 0) || (interval.high.n && check(interval.high, err) < 0))
		return error_wrap(err, PLIM_EFORMAT, "an interval's end");
	int ends = version_interval_order(&interval, compare);
	if (ends > 0 || (ends == 0 && interval.with_low != interval.with_high))
		return error_set(err, PLIM_EFORMAT, "an interval upside down");
	*inside = within && version_interval_holds(&interval, compare, version);
	return 0;
}

/* A version alone is the least that will do. */
static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct nuget have;
	struct floating floating;
	range = slice_trim_wide(range);
	if (slice_starts(range, SLICE("[")) || slice_starts(range, SLICE("(")))
		return satisfies_interval(range, version, inside, err);
	if (slice_find(range, '*') == SIZE_MAX) {
		int r = check(range, err);
		if (r == 0)
			*inside = compare(version, range) >= 0;
		return r;
	}
	if (!floating_parse(range, &floating))
		return error_set(err, PLIM_EFORMAT, "no floating version of NuGet");
	parse(version, &have);
	*inside = floating_holds(&floating, &have);
	return 0;
}

const struct version_scheme version_nuget = { .name = "nuget", .check = check, .compare = compare, .satisfies = satisfies };
