/* SPDX-License-Identifier: Apache-2.0 */
/* Composer's versions, normalised as it does before it compares, and constraints: "^1.2 || ~2.0.3@beta", "dev-main". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

/* In the order of PHP's version_compare: what a version ends with before the end, a number, a patch. */
enum stability { STABILITY_DEV, STABILITY_ALPHA, STABILITY_BETA, STABILITY_RC, STABILITY_END, STABILITY_NUMBER, STABILITY_PATCH, STABILITY_STABLE };

struct composer {
	struct slice branch;       /* "main" of "dev-main", then nothing else */
	bool is_branch;
	struct slice numbers;      /* "1.2.3", four of them, or as many as a date has */
	bool is_date;
	bool wild;                 /* "1.2.x-dev": all that is left out is higher than any number */
	enum stability stability;  /* STABILITY_END without one */
	struct slice stability_number;
	bool dev;
};

#define NUMBERS 4

static const char *const stability_words[] = { "stable", "beta", "b", "rc", "alpha", "a", "patch", "pl", "p" };
static const uint8_t stabilities[] = {
	STABILITY_STABLE, STABILITY_BETA,  STABILITY_BETA,  STABILITY_RC,    STABILITY_ALPHA,
	STABILITY_ALPHA,  STABILITY_PATCH, STABILITY_PATCH, STABILITY_PATCH,
};

static bool
is_modifier_separator(char c)
{
	return c == '.' || c == '_' || c == '-';
}

static bool
is_not_blank(char c)
{
	return c != ' ' && c != '\t' && c != '\n' && c != ',';
}

static bool
take_dev(struct slice *rest)
{
	static const char *const dev[] = { "dev" };
	struct slice text = *rest;
	if (text.n && (text.p[0] == '.' || text.p[0] == '-'))
		text = slice_from(text, 1);
	if (take_word(&text, dev, 1) < 0)
		return false;
	*rest = text;
	return true;
}

/* ".1-2" behind a word: numbers with one dot or hyphen before each. */
static struct slice
take_modifier_numbers(struct slice *rest)
{
	struct slice from = *rest;
	for (;;) {
		struct slice text = *rest;
		if (text.n && (text.p[0] == '.' || text.p[0] == '-'))
			text = slice_from(text, 1);
		if (take_run(&text, is_digit).n == 0)
			break;
		*rest = text;
	}
	struct slice numbers = slice_range(from.p, rest->p);
	while (numbers.n && !is_digit(numbers.p[0]))
		numbers = slice_from(numbers, 1);
	return numbers;
}

/* "-beta2.1-dev", up to the end. */
static bool
take_modifier(struct slice rest, struct composer *out)
{
	out->stability = STABILITY_END;
	if (rest.n && is_modifier_separator(rest.p[0]) && !(take_dev(&(struct slice){ rest.p, rest.n }) && rest.p[0] != '_'))
		rest = slice_from(rest, 1);
	int word = take_word(&rest, stability_words, sizeof stability_words / sizeof *stability_words);
	if (word >= 0) {
		out->stability = stabilities[word];
		out->stability_number = take_modifier_numbers(&rest);
	}
	out->dev = take_dev(&rest);
	if (out->stability == STABILITY_STABLE) {
		out->stability = STABILITY_END;
		out->stability_number = SLICE_NONE;
		out->dev = false;
	}
	return rest.n == 0;
}

static bool
take_digits(struct slice *rest, size_t n)
{
	if (rest->n < n || !slice_is_only(slice_first(*rest, n), is_digit))
		return false;
	*rest = slice_from(*rest, n);
	return true;
}

static void
take_date_separator(struct slice *rest)
{
	if (rest->n && (rest->p[0] == '.' || rest->p[0] == ':' || rest->p[0] == '-'))
		*rest = slice_from(*rest, 1);
}

/* What is behind `groups` pairs of digits and perhaps `last` more digits must be a modifier. */
static bool
parse_date_of(struct slice text, size_t groups, size_t last, struct composer *out)
{
	struct slice rest = text;
	if (!take_digits(&rest, 4))
		return false;
	for (size_t i = 0; i < groups; i++) {
		take_date_separator(&rest);
		if (!take_digits(&rest, 2))
			return false;
	}
	if (last > 0)
		take_date_separator(&rest);
	if (!take_digits(&rest, last))
		return false;
	out->numbers = slice_range(text.p, rest.p);
	out->is_date = true;
	return take_modifier(rest, out);
}

static bool
parse_date(struct slice text, struct composer *out)
{
	for (size_t groups = 6; groups > 0; groups--)
		for (size_t last = 4; last-- > 0;)
			if (parse_date_of(text, groups, last, out))
				return true;
	return false;
}

static bool
parse_classical(struct slice text, struct composer *out)
{
	const char *from = text.p;
	size_t n = take_run(&text, is_digit).n;
	if (n == 0 || n > 5)
		return false;
	for (unsigned i = 1; i < NUMBERS && text.n > 1 && text.p[0] == '.' && is_digit(text.p[1]); i++) {
		text = slice_from(text, 1);
		take_run(&text, is_digit);
	}
	out->numbers = slice_range(from, text.p);
	return take_modifier(text, out);
}

static bool
is_wildcard(char c)
{
	return c == 'x' || c == 'X' || c == '*';
}

/* "1.2.x-dev" */
static bool
parse_numeric_branch(struct slice text, struct composer *out)
{
	if (!slice_eq_nocase(slice_from(text, text.n < 3 ? text.n : text.n - 3), SLICE("dev")))
		return false;
	text = slice_first(text, text.n - 3);
	if (slice_ends(text, SLICE(".")) || slice_ends(text, SLICE("-")))
		text.n--;
	text = slice_trim_wide(text);
	take_word(&text, (const char *const[]){ "v" }, 1);
	const char *from = text.p;
	if (take_run(&text, is_digit).n == 0)
		return false;
	out->numbers = slice_range(from, text.p);
	for (unsigned i = 1; i < NUMBERS && take_char(&text, '.'); i++) {
		bool star = text.n && is_wildcard(text.p[0]);
		if (star)
			text = slice_from(text, 1);
		else if (take_run(&text, is_digit).n == 0 || out->wild)
			return false;
		else
			out->numbers = slice_range(from, text.p);
		out->wild |= star;
	}
	out->wild = out->dev = true;
	out->stability = STABILITY_END;
	return text.n == 0;
}

/* Without an alias, a stability and a build behind it. */
static struct slice
stripped(struct slice text)
{
	static const char *const flags[] = { "stable", "rc", "beta", "alpha", "dev" };
	struct slice rest = text, head = take_run(&rest, is_not_blank), flag;
	if (rest.n && rest.p[0] == ' ') {
		skip_spaces(&rest);
		if (slice_skip(&rest, SLICE("as ")) && slice_trim_wide(rest).n > 0 && slice_is_only(slice_trim_wide(rest), is_not_blank))
			text = head;
	}
	if (slice_cut_last(text, '@', &head, &flag) && take_word(&flag, flags, sizeof flags / sizeof *flags) >= 0 && flag.n == 0)
		text = head;
	return text;
}

static bool
parse(struct slice text, struct composer *out)
{
	static const char *const v[] = { "v" }, *const dev[] = { "dev-" };
	struct slice build;
	*out = (struct composer){ 0 };
	text = stripped(slice_trim_wide(text));
	out->is_branch = slice_is(text, "master") || slice_is(text, "trunk") || slice_is(text, "default") || take_word(&text, dev, 1) >= 0;
	if (out->is_branch) {
		out->branch = text;
		return true;
	}
	if (slice_cut(text, '+', &text, &build) && (build.n == 0 || !slice_is_only(build, is_not_blank)))
		return false;
	struct slice bare = text;
	take_word(&bare, v, 1);
	if (parse_classical(bare, out))
		return true;
	*out = (struct composer){ 0 };
	if (parse_date(bare, out))
		return true;
	*out = (struct composer){ 0 };
	return parse_numeric_branch(text, out);
}

static int
check(struct slice version, struct plim_error *err)
{
	struct composer parsed;
	if (slice_trim_wide(version).n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return parse(version, &parsed) ? 0 : error_set(err, PLIM_EFORMAT, "no version of Composer");
}

/* The parts of a normalised version one after another: numbers, its stability and that one's numbers, "dev", the end. */
struct walk {
	struct composer of;
	unsigned numbers;
	bool said_stability, said_dev;
};

struct part {
	enum stability rank;
	struct slice number;
};

static struct part
next(struct walk *walk)
{
	struct composer *of = &walk->of;
	if (of->numbers.n) {
		struct slice number = take_run(&of->numbers, is_digit);
		of->numbers = slice_from(of->numbers, 1);
		walk->numbers++;
		return (struct part){ STABILITY_NUMBER, number };
	}
	if (!of->is_date && walk->numbers < NUMBERS) {
		walk->numbers++;
		return (struct part){ STABILITY_NUMBER, of->wild ? SLICE("9999999") : SLICE("0") };
	}
	if (!walk->said_stability && of->stability != STABILITY_END) {
		walk->said_stability = true;
		return (struct part){ of->stability, SLICE_NONE };
	}
	if (of->stability_number.n) {
		struct slice number = take_run(&of->stability_number, is_digit);
		of->stability_number = slice_from(of->stability_number, 1);
		return (struct part){ STABILITY_NUMBER, number };
	}
	if (of->dev && !walk->said_dev) {
		walk->said_dev = true;
		return (struct part){ STABILITY_DEV, SLICE_NONE };
	}
	return (struct part){ STABILITY_END, SLICE_NONE };
}

/* Branches, which Composer compares with nothing, come first. */
static int
order(const struct composer *a, const struct composer *b)
{
	if (a->is_branch || b->is_branch)
		return refused_order(a->branch, a->is_branch, b->branch, b->is_branch);
	struct walk x = { .of = *a }, y = { .of = *b };
	for (;;) {
		struct part p = next(&x), q = next(&y);
		if (p.rank != q.rank)
			return (int)p.rank - (int)q.rank;
		int order = number_order(p.number, q.number);
		if (order || p.rank == STABILITY_END)
			return order;
	}
}

static int
compare(struct slice a, struct slice b)
{
	struct composer x, y;
	bool good_a = parse(a, &x), good_b = parse(b, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	return order(&x, &y);
}

/* constraints */

static size_t
count_of(const struct composer *version)
{
	return numbers_count(version->numbers);
}

/* Whether the first `n` numbers are the same; what is left out is zero. */
static int
order_first(const struct composer *a, const struct composer *b, unsigned n)
{
	struct walk x = { .of = *a }, y = { .of = *b };
	int order = 0;
	for (unsigned i = 0; order == 0 && i < n; i++) {
		struct part p = next(&x), q = next(&y);
		order = p.rank != q.rank ? (int)p.rank - (int)q.rank : number_order(p.number, q.number);
	}
	return order;
}

static bool
has_modifier(const struct composer *version)
{
	return version->dev || version->stability != STABILITY_END;
}

/* "^1.2" begins with 1.2's development versions, "^1.2-beta" with that beta. */
static bool
is_from(const struct composer *have, struct composer want)
{
	if (!has_modifier(&want))
		want.dev = true;
	return order(have, &want) >= 0;
}

static bool
is_series(const struct composer *have, const struct composer *want, unsigned n)
{
	return is_from(have, *want) && order_first(have, want, n) == 0;
}

/* Up to the first number that is not zero, of three. */
static unsigned
caret_width(const struct composer *want)
{
	struct slice rest = want->numbers;
	size_t n = count_of(want) < 3 ? count_of(want) : 3;
	for (unsigned i = 0; i < n; i++) {
		if (!number_is_zero(take_run(&rest, is_digit)))
			return i + 1;
		rest = slice_from(rest, 1);
	}
	return (unsigned)n;
}

static unsigned
tilde_width(const struct composer *want)
{
	size_t n = count_of(want) + want->wild;
	return n > 2 ? (unsigned)n - 1 : 1;
}

/* "1.2.*" */
static bool
take_x_range(struct slice text, struct composer *out)
{
	*out = (struct composer){ .stability = STABILITY_END };
	take_word(&text, (const char *const[]){ "v" }, 1);
	const char *from = text.p;
	bool star = false;
	for (unsigned i = 0; text.n > 0; i++) {
		if (i > 0 && !take_char(&text, '.'))
			return false;
		if (text.n && is_wildcard(text.p[0])) {
			text = slice_from(text, 1);
			star = true;
		} else if (star || i == 3 || take_run(&text, is_digit).n == 0) {
			return false;
		} else {
			out->numbers = slice_range(from, text.p);
		}
	}
	return star;
}

struct constraint {
	const struct composer *have;
	bool holds;
};

static enum version_relation
take_relation(struct slice *text)
{
	static const struct version_sign signs[] = {
		{ "<>", VERSION_NOT_EQUAL },  { "!=", VERSION_NOT_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { ">", VERSION_GREATER },
		{ "<=", VERSION_LESS_EQUAL }, { "<", VERSION_LESS },       { "==", VERSION_EQUAL },         { "=", VERSION_EQUAL },
		{ NULL, VERSION_EQUAL },
	};
	enum version_relation relation = version_sign_take(text, signs);
	skip_spaces(text);
	return relation;
}

static bool
relation_holds(enum version_relation relation, const struct composer *have, const struct composer *want)
{
	if (relation == VERSION_NOT_EQUAL || relation == VERSION_EQUAL)
		return (order(have, want) == 0) == (relation == VERSION_EQUAL);
	return !have->is_branch && !want->is_branch && version_relation_holds(relation, order(have, want));
}

/* ">=1.2@beta": the flag says from which stability on. */
static void
take_flag(struct slice text, enum version_relation relation, struct composer *want)
{
	static const char *const flags[] = { "@dev", "@alpha", "@beta", "@rc" };
	struct slice flag = slice_from(text, slice_find_last(text, '@'));
	int found = take_word(&flag, flags, sizeof flags / sizeof *flags);
	bool open = relation != VERSION_EQUAL && relation != VERSION_NOT_EQUAL, stable = !has_modifier(want) && !want->is_branch;
	if (found > 0 && flag.n == 0 && relation != VERSION_EQUAL && stable)
		want->stability = (enum stability)found;
	else if (found == 0 && flag.n == 0 && relation != VERSION_EQUAL && stable)
		want->dev = true;
	else if (open && stable && (relation == VERSION_LESS || relation == VERSION_GREATER_EQUAL))
		want->dev = true;
}

static bool
is_branch_char(char c)
{
	return is_alnum(c) || c == '-' || c == '.' || c == '/';
}

/* "main-dev", for which "dev-main" is meant. */
static bool
parse_misnamed(struct slice text, struct composer *out)
{
	*out = (struct composer){ .is_branch = true };
	return slice_skip_end(&text, SLICE("-dev")) && slice_is_only(out->branch = text, is_branch_char);
}

static bool
take_plain(struct slice text, struct constraint *out)
{
	struct composer want;
	enum version_relation relation = take_relation(&text);
	if (!parse(text, &want) && !parse_misnamed(text, &want))
		return false;
	take_flag(text, relation, &want);
	out->holds = relation_holds(relation, out->have, &want);
	return true;
}

static bool
take_series(struct slice text, char sign, struct constraint *out)
{
	struct composer want;
	if (!parse(text, &want) || want.is_branch || (want.is_date && count_of(&want) > 1))
		return false;
	unsigned width = sign == '^' ? caret_width(&want) : tilde_width(&want);
	/* "~1.x-dev" begins with that branch. */
	out->holds = !out->have->is_branch && is_series(out->have, &want, width);
	return true;
}

static struct slice
without_flag(struct slice text)
{
	struct slice kept = stripped(text);
	struct slice reference;
	if (slice_cut(kept, '#', &text, &reference) && (slice_starts(text, SLICE("dev-")) || slice_ends(text, SLICE(".x-dev"))))
		kept = text;
	return kept;
}

static bool
take_constraint(struct slice text, struct constraint *out)
{
	struct composer want;
	struct slice kept = without_flag(text);
	bool flag_only = kept.n == 0 && text.n > 0;
	out->holds = true;
	if (flag_only || (kept.n == 1 && is_wildcard(kept.p[0])))
		return true;
	if (kept.n && (kept.p[0] == '^' || kept.p[0] == '~'))
		return take_series(slice_from(kept, 1), kept.p[0], out);
	if (!take_x_range(kept, &want))
		return kept.n > 0 && take_plain(slice_eq(kept, text) ? kept : text, out);
	/* "*.*" */
	if (want.numbers.n == 0)
		out->holds = !out->have->is_branch;
	else
		out->holds = !out->have->is_branch && is_series(out->have, &want, (unsigned)count_of(&want));
	return true;
}

/* "1.0 - 2.0": to the end of what the high one names. */
static bool
take_hyphen(struct slice low_text, struct slice high_text, struct constraint *out)
{
	struct composer low, high;
	if (slice_find(low_text, '@') != SIZE_MAX || slice_find(high_text, '@') != SIZE_MAX)
		return false;
	if (!parse(low_text, &low) || !parse(high_text, &high) || low.is_branch || high.is_branch)
		return false;
	bool whole = count_of(&high) > 2 || has_modifier(&high);
	out->holds = !out->have->is_branch && is_from(out->have, low) &&
	             (whole ? order(out->have, &high) <= 0 : order_first(out->have, &high, (unsigned)count_of(&high)) <= 0);
	return true;
}

/* One constraint, the blanks behind its sign included. */
static struct slice
take_text(struct slice *rest)
{
	const char *from = rest->p;
	while (rest->n && strchr("<>=!", rest->p[0]) != NULL)
		*rest = slice_from(*rest, 1);
	skip_spaces(rest);
	take_run(rest, is_not_blank);
	return slice_range(from, rest->p);
}

static bool
take_one(struct slice *rest, struct constraint *out)
{
	struct slice text = take_text(rest), behind = *rest;
	skip_spaces(&behind);
	if (behind.n < rest->n && slice_skip(&behind, SLICE("- "))) {
		skip_spaces(&behind);
		*rest = behind;
		return take_hyphen(text, take_text(rest), out);
	}
	if (behind.n < rest->n && slice_skip(&behind, SLICE("as "))) {
		skip_spaces(&behind);
		*rest = behind;
		return take_text(rest).n > 0 && take_constraint(text, out);
	}
	return take_constraint(text, out);
}

static bool
take_alternative(struct slice text, struct constraint *out)
{
	bool all = true;
	text = slice_trim_wide(text);
	do {
		if (!take_one(&text, out))
			return false;
		all &= out->holds;
		skip_spaces(&text);
		if (take_char(&text, ','))
			skip_spaces(&text);
	} while (text.n > 0);
	out->holds = all;
	return true;
}

static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct composer have;
	struct constraint constraint = { .have = &have };
	struct slice text;
	bool any = false, more = true;
	parse(version, &have);
	while (more) {
		more = slice_cut(range, '|', &text, &range);
		if (more)
			take_char(&range, '|');
		if (!take_alternative(text, &constraint))
			return error_set(err, PLIM_EFORMAT, "no constraint of Composer: '%.*s'", SLICE_ARG(text));
		any |= constraint.holds;
	}
	*inside = any;
	return 0;
}

const struct version_scheme version_composer = { .name = "composer", .check = check, .compare = compare, .satisfies = satisfies };
