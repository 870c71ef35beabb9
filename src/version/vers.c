/* SPDX-License-Identifier: Apache-2.0 */
#include "version/vers.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "version/range.h"
#include "version/text.h"

bool
vers_is(struct slice range)
{
	return slice_starts(range, SLICE("vers:"));
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The version as it is, of what percent signs stand for. */
static int
decode(struct slice text, struct strbuf *into, struct plim_error *err)
{
	strbuf_clear(into);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c <= ' ' || c >= 0x7f || strchr("<>=!*", c) != NULL)
			return error_set(err, PLIM_EFORMAT, "a character that must be written with a percent sign: '%.*s'", SLICE_ARG(text));
		if (c == '%') {
			int high = i + 2 < text.n ? hex_value(text.p[i + 1]) : -1, low = high < 0 ? -1 : hex_value(text.p[i + 2]);
			if (low < 0)
				return error_set(err, PLIM_EFORMAT, "a percent sign without two digits: '%.*s'", SLICE_ARG(text));
			c = (char)(high * 16 + low);
			i += 2;
		}
		strbuf_putc(into, c);
	}
	return into->failed ? error_nomem(err) : 0;
}

/* What is known behind each constraint, in their order: from low versions to high ones. */
struct walk {
	const struct version_scheme *scheme;
	struct slice version;
	struct strbuf before, now;      /* the bounds */
	size_t count;
	enum version_relation bounded;  /* the last < <= > >=; VERSION_NO_RELATION before the first */
	bool after_equal;               /* the last that was not != was an equality */
	bool above;                     /* of the last > or >=: the version lies there */
	bool inside, excluded;
};

static bool
is_upper(enum version_relation relation)
{
	return relation == VERSION_LESS || relation == VERSION_LESS_EQUAL;
}

static int
check_sequence(const struct walk *walk, enum version_relation relation, struct plim_error *err)
{
	if (relation == VERSION_NOT_EQUAL)
		return 0;
	if (is_upper(relation) && walk->after_equal)
		return error_set(err, PLIM_EFORMAT, "an upper end behind a single version");
	if (relation != VERSION_EQUAL && walk->bounded != VERSION_NO_RELATION && is_upper(relation) == is_upper(walk->bounded))
		return error_set(err, PLIM_EFORMAT, "two ends of one kind in a row");
	return 0;
}

static void
take_holding(struct walk *walk, enum version_relation relation, int order)
{
	bool holds = version_relation_holds(relation, order);
	if (relation == VERSION_NOT_EQUAL) {
		walk->excluded |= !holds;
		return;
	}
	walk->after_equal = relation == VERSION_EQUAL;
	if (relation == VERSION_EQUAL) {
		walk->inside |= holds;
		return;
	}
	if (is_upper(relation))
		walk->inside |= holds && (walk->bounded == VERSION_NO_RELATION || walk->above);
	walk->above = !is_upper(relation) && holds;
	walk->bounded = relation;
}

static int
take_constraint(struct walk *walk, struct slice text, struct plim_error *err)
{
	static const struct version_sign signs[] = {
		{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "!=", VERSION_NOT_EQUAL },
		{ "<", VERSION_LESS },        { ">", VERSION_GREATER },        { NULL, VERSION_EQUAL },
	};
	enum version_relation relation = version_sign_take(&text, signs);
	int r = decode(text, &walk->now, err);
	if (r == 0)
		r = walk->scheme->check(strbuf_slice(&walk->now), err);
	if (r == 0)
		r = check_sequence(walk, relation, err);
	if (r < 0)
		return r;
	if (walk->count++ > 0 && walk->scheme->compare(strbuf_slice(&walk->before), strbuf_slice(&walk->now)) >= 0)
		return error_set(err, PLIM_EFORMAT, "versions are to be there once each, from low to high");
	take_holding(walk, relation, walk->scheme->compare(walk->version, strbuf_slice(&walk->now)));
	struct strbuf swapped = walk->before;
	walk->before = walk->now;
	walk->now = swapped;
	return 0;
}

/* Up to a last end that stays open; of nothing but exclusions all else is meant. */
static bool
is_inside(const struct walk *walk, bool only_exclusions)
{
	bool open = walk->bounded != VERSION_NO_RELATION && !is_upper(walk->bounded) && walk->above;
	return !walk->excluded && (walk->inside || open || only_exclusions);
}

static int
walk_constraints(struct walk *walk, struct slice constraints, bool *inside, struct plim_error *err)
{
	struct slice constraint;
	bool only_exclusions = true, more = true;
	while (more) {
		more = slice_cut(constraints, '|', &constraint, &constraints);
		only_exclusions &= slice_starts(constraint, SLICE("!="));
		int r = take_constraint(walk, constraint, err);
		if (r < 0)
			return error_wrap(err, r, "constraint '%.*s'", SLICE_ARG(constraint));
	}
	*inside = is_inside(walk, only_exclusions);
	return 0;
}

/* By the name of the scheme or of a type of packages that are ordered by it. */
static bool
is_of(const struct version_scheme *scheme, struct slice type)
{
	return slice_is(type, scheme->name) || version_scheme_for_type(type) == scheme;
}

int
vers_satisfies(const struct version_scheme *scheme, struct slice range, struct slice version, bool *inside, struct plim_error *err)
{
	struct slice type, constraints;
	slice_skip(&range, SLICE("vers:"));
	if (!slice_cut(range, '/', &type, &constraints) || type.n == 0 || constraints.n == 0)
		return error_set(err, PLIM_EFORMAT, "no range of VERS, as vers:npm/>=1.0.0|<2.0.0");
	if (!is_of(scheme, type))
		return error_set(err, PLIM_EFORMAT, "a range of '%.*s', not of %s", SLICE_ARG(type), scheme->name);
	*inside = true;
	if (slice_is(constraints, "*"))
		return 0;
	struct walk walk = { .scheme = scheme, .version = version, .bounded = VERSION_NO_RELATION };
	int r = walk_constraints(&walk, constraints, inside, err);
	strbuf_done(&walk.before);
	strbuf_done(&walk.now);
	return r;
}
