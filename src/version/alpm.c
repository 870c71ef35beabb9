/* SPDX-License-Identifier: Apache-2.0 */
/* pacman's ordering: [EPOCH:]VERSION[-RELEASE], each part by runs and by how many separators stand before them. */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

struct parts {
	struct slice epoch, version, release;    /* release absent where there is none */
};

static struct parts
split(struct slice version)
{
	struct parts parts = { .epoch = SLICE("0") };
	struct slice rest = version, epoch = take_run(&rest, is_digit);
	if (take_char(&rest, ':')) {
		parts.epoch = epoch;
		version = rest;
	}
	slice_cut_last(version, '-', &parts.version, &parts.release);
	return parts;
}

static bool
is_separator(char c)
{
	return !is_alnum(c);
}

/* In this order where two texts differ in what comes next. */
enum run_kind { RUN_LETTERS_AT_ONCE, RUN_END, RUN_END_BEHIND_SEPARATOR, RUN_DIGITS_AT_ONCE, RUN_BEHIND_SEPARATOR };

struct run {
	enum run_kind kind;
	size_t separators;
	bool number;
	struct slice text;
};

static struct run
next(struct slice *rest)
{
	struct run run = { .separators = take_run(rest, is_separator).n };
	run.number = rest->n && is_digit(rest->p[0]);
	run.text = take_run(rest, run.number ? is_digit : is_letter);
	if (run.text.n == 0)
		run.kind = run.separators ? RUN_END_BEHIND_SEPARATOR : RUN_END;
	else if (run.separators)
		run.kind = RUN_BEHIND_SEPARATOR;
	else
		run.kind = run.number ? RUN_DIGITS_AT_ONCE : RUN_LETTERS_AT_ONCE;
	return run;
}

/*
 * pacman puts 1.a below "1." and "1..a" above 1.1, which lies above "1.": a
 * separator at the end comes right behind the end here, for an order.
 */
static int
order_runs(const struct run *a, const struct run *b)
{
	if (a->kind != b->kind)
		return (int)a->kind - (int)b->kind;
	if (a->kind == RUN_END || a->kind == RUN_END_BEHIND_SEPARATOR)
		return 0;
	if (a->separators != b->separators)
		return a->separators < b->separators ? -1 : 1;
	if (a->number != b->number)
		return a->number ? 1 : -1;
	return a->number ? number_order(a->text, b->text) : slice_cmp(a->text, b->text);
}

static int
order_text(struct slice a, struct slice b)
{
	for (;;) {
		struct run x = next(&a), y = next(&b);
		int order = order_runs(&x, &y);
		if (order || x.text.n == 0)
			return order;
	}
}

static int
compare(struct slice a, struct slice b)
{
	struct parts x = split(a), y = split(b);
	int order = number_order(x.epoch, y.epoch);
	if (order == 0)
		order = order_text(x.version, y.version);
	if (order)
		return order;
	/* pacman takes no release for any; to be an order, it comes before all. */
	if (x.release.p == NULL || y.release.p == NULL)
		return (x.release.p != NULL) - (y.release.p != NULL);
	return order_text(x.release, y.release);
}

static bool
is_version_char(char c)
{
	return c > ' ' && c < 0x7f && c != ':' && c != '/' && c != '-';
}

static bool
is_release(struct slice text)
{
	if (take_run(&text, is_digit).n == 0)
		return false;
	return !take_char(&text, '.') ? text.n == 0 : text.n > 0 && slice_is_only(text, is_digit);
}

/* As makepkg does, which makes the packages: pacman itself orders any text. */
static int
check(struct slice version, struct plim_error *err)
{
	struct parts parts = split(version);
	if (parts.version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	if (!slice_is_only(parts.version, is_version_char))
		return error_set(err, PLIM_EFORMAT, "a character that no version may have");
	if (parts.release.p && !is_release(parts.release))
		return error_set(err, PLIM_EFORMAT, "the release is no number");
	return 0;
}

static const struct version_sign signs[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "<", VERSION_LESS },
	{ ">", VERSION_GREATER },     { "=", VERSION_EQUAL },          { NULL, VERSION_NO_RELATION },
};
static const struct version_bounds bounds = { .scheme = &version_alpm, .signs = signs, .any_release = true };

const struct version_scheme version_alpm = {
	.name = "alpm", .check = check, .compare = compare, .bounds = &bounds, .distribution = true,
};
