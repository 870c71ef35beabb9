/* SPDX-License-Identifier: Apache-2.0 */
/* Maven's versions, which are any text, and sets of intervals, "[1.0,2.0),[2.1,)". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

/*
 * A version is a list of numbers and qualifiers whose last member may be a
 * list again, begun by a hyphen or where digits and letters meet.  As nothing
 * follows a list within its own, one walk sees all: MAVEN_LIST begins the next.
 * In this order at the same place of two lists.
 */
enum item_kind { MAVEN_QUALIFIER, MAVEN_LIST, MAVEN_NUMBER, MAVEN_END };

struct item {
	enum item_kind kind;
	struct slice text;
	int rank;    /* of a qualifier */
};

struct walk {
	struct slice rest;
	bool list_is_empty, list_begins;    /* begins: before the next item */
	bool begins_behind;                 /* and behind it */
	struct item held;
	bool holds;
	/* Found by looking ahead, until something is not null: so a walk stays linear. */
	bool lists_count;
	enum { NULLS_UNKNOWN, NULLS_COUNT, NULLS_END } nulls;
};

#define RANK_RELEASE 5

static const struct qualifier {
	const char *name;
	int rank;
} qualifiers[] = {
	{ "alpha", 0 }, { "beta", 1 },    { "milestone", 2 }, { "rc", 3 },      { "cr", 3 }, { "snapshot", 4 },
	{ "", 5 },      { "ga", 5 },      { "final", 5 },     { "release", 5 }, { "sp", 6 },
};

static int
qualifier_rank(struct slice text, bool before_digit)
{
	static const char letters[] = "abm";
	if (before_digit && text.n == 1 && text.p[0] != '\0') {
		const char *found = strchr(letters, to_lower(text.p[0]));
		if (found)
			return (int)(found - letters);
	}
	for (size_t i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++)
		if (slice_eq_nocase(text, slice_of(qualifiers[i].name)))
			return qualifiers[i].rank;
	return 7;
}

static bool
is_word_char(char c)
{
	return !is_digit(c) && c != '.' && c != '-';
}

static bool
is_null(const struct item *item)
{
	return item->kind == MAVEN_NUMBER ? number_is_zero(item->text) : item->kind == MAVEN_QUALIFIER && item->rank == RANK_RELEASE;
}

/* The run of digits or of other characters at the front, and whether a list begins before and behind it. */
static struct item
take_item(struct walk *walk, bool *begins_behind)
{
	struct slice *rest = &walk->rest;
	bool number = rest->n && is_digit(rest->p[0]);
	struct item item = { number ? MAVEN_NUMBER : MAVEN_QUALIFIER, take_run(rest, number ? is_digit : is_word_char), 0 };
	bool meets = rest->n && rest->p[0] != '.' && rest->p[0] != '-', ends = rest->n == 0;
	/* Between two separators stands a zero. */
	if (item.text.n == 0)
		item.kind = MAVEN_NUMBER;
	if (item.kind == MAVEN_QUALIFIER) {
		item.rank = qualifier_rank(item.text, meets);
		walk->list_begins |= (meets || ends) && !walk->list_is_empty;
	}
	*begins_behind = meets || (!ends && rest->p[0] == '-');
	if (!meets)
		*rest = slice_from(*rest, 1);
	return item;
}

/* The next item as it is written. */
static struct item
next_written(struct walk *walk)
{
	if (!walk->holds) {
		if (walk->rest.n == 0)
			return (struct item){ MAVEN_END, SLICE_NONE, 0 };
		walk->held = take_item(walk, &walk->begins_behind);
		walk->holds = true;
	}
	if (walk->list_begins) {
		walk->list_begins = false;
		walk->list_is_empty = true;
		return (struct item){ MAVEN_LIST, SLICE_NONE, 0 };
	}
	walk->holds = false;
	walk->list_is_empty = false;
	walk->list_begins = walk->begins_behind;
	return walk->held;
}

/* What follows, up to where something is not null; of a list only that it begins. */
static struct item
look_ahead(struct walk walk, bool into_lists)
{
	struct item item;
	do
		item = next_written(&walk);
	while (is_null(&item) || (into_lists && item.kind == MAVEN_LIST));
	return item;
}

static struct walk
walk_of(struct slice version)
{
	return (struct walk){ .rest = version, .list_is_empty = true };
}

static bool
list_counts(struct walk *walk)
{
	walk->nulls = NULLS_UNKNOWN;
	if (!walk->lists_count)
		walk->lists_count = look_ahead(*walk, true).kind != MAVEN_END;
	return walk->lists_count;
}

static bool
null_counts(struct walk *walk)
{
	if (walk->nulls == NULLS_UNKNOWN) {
		enum item_kind behind = look_ahead(*walk, false).kind;
		walk->nulls = behind == MAVEN_END || behind == MAVEN_LIST ? NULLS_END : NULLS_COUNT;
	}
	return walk->nulls == NULLS_COUNT;
}

/* The next item that counts: nulls at the end of a list do not, nor does a list of them. */
static struct item
next(struct walk *walk)
{
	for (;;) {
		struct item item = next_written(walk);
		if (item.kind == MAVEN_END)
			return item;
		if (item.kind == MAVEN_LIST && !list_counts(walk))
			*walk = walk_of(SLICE_NONE);
		else if (item.kind == MAVEN_LIST || (is_null(&item) && null_counts(walk)))
			return item;
		else if (!is_null(&item)) {
			walk->lists_count = false;
			walk->nulls = NULLS_UNKNOWN;
			return item;
		}
	}
}

/* Beside a list that has ended: a pre-release is below it, all else that is not null above. */
static int
sign(struct item item, struct walk behind)
{
	if (is_null(&item) || item.kind == MAVEN_LIST)
		item = look_ahead(behind, true);
	if (item.kind == MAVEN_END)
		return 0;
	return item.kind == MAVEN_QUALIFIER ? item.rank - RANK_RELEASE : 1;
}

static int
order_items(const struct item *a, const struct item *b)
{
	if (a->kind == MAVEN_NUMBER)
		return number_order(a->text, b->text);
	if (a->kind != MAVEN_QUALIFIER)
		return 0;
	return a->rank != b->rank || a->rank < 7 ? a->rank - b->rank : slice_cmp_nocase(a->text, b->text);
}

/*
 * Maven compares different kinds by the kind alone, which is not transitive:
 * 1.sp.1 > 1 > 1-alpha > 1.sp.1.  What is below and above the end comes first here.
 */
static int
compare(struct slice a, struct slice b)
{
	struct walk x = walk_of(a), y = walk_of(b);
	for (;;) {
		struct item item_x = next(&x), item_y = next(&y);
		if (item_x.kind == item_y.kind) {
			int order = order_items(&item_x, &item_y);
			if (order || item_x.kind == MAVEN_END)
				return order;
			continue;
		}
		int sign_x = sign(item_x, x), sign_y = sign(item_y, y);
		sign_x = (sign_x > 0) - (sign_x < 0);
		sign_y = (sign_y > 0) - (sign_y < 0);
		return sign_x != sign_y ? sign_x - sign_y : (int)item_x.kind - (int)item_y.kind;
	}
}

static int
check(struct slice version, struct plim_error *err)
{
	return version.n ? 0 : error_set(err, PLIM_EFORMAT, "the version is empty");
}

/* A version without brackets is a wish, which every version fulfils. */
static int
satisfies(struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct slice rest = range, before = SLICE_NONE;
	struct version_interval interval;
	bool any = false, first = true;
	while (slice_starts(rest, SLICE("[")) || slice_starts(rest, SLICE("("))) {
		if (!version_interval_take(&rest, &interval))
			return error_set(err, PLIM_EFORMAT, "an interval that does not end, or one version without []");
		int order = version_interval_order(&interval, compare);
		if (order > 0 || (order == 0 && !(interval.with_low && interval.with_high)))
			return error_set(err, PLIM_EFORMAT, "an interval upside down: '%.*s' to '%.*s'", SLICE_ARG(interval.low), SLICE_ARG(interval.high));
		if (before.n && (interval.low.n == 0 || compare(interval.low, before) < 0))
			return error_set(err, PLIM_EFORMAT, "intervals overlap at '%.*s'", SLICE_ARG(before));
		any |= version_interval_holds(&interval, compare, version);
		before = interval.high;
		first = false;
		rest = slice_trim_wide(rest);
		if (take_char(&rest, ','))
			rest = slice_trim_wide(rest);
	}
	if (rest.n > 0 && !first)
		return error_set(err, PLIM_EFORMAT, "behind intervals a version alone: '%.*s'", SLICE_ARG(rest));
	if (range.n == 0)
		return error_set(err, PLIM_EFORMAT, "the range is empty");
	*inside = any || first;
	return 0;
}

const struct version_scheme version_maven = { .name = "maven", .check = check, .compare = compare, .satisfies = satisfies };
