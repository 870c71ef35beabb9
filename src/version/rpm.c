/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's ordering: [EPOCH:]VERSION[-RELEASE], each part by rpmvercmp with its tilde and caret. */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

struct parts {
	uint64_t epoch;
	struct slice version, release;    /* release absent where there is none */
};

static bool
is_separator(char c)
{
	return !is_digit(c) && !is_letter(c) && c != '~' && c != '^';
}

static struct slice
skip_separators(struct slice s)
{
	while (s.n && is_separator(s.p[0]))
		s = slice_from(s, 1);
	return s;
}

/* 1: both began with the mark, which is taken; 0: neither; 2: `*order` is decided. */
static int
take_mark(struct slice *a, struct slice *b, char mark, int *order)
{
	bool in_a = a->n && a->p[0] == mark, in_b = b->n && b->p[0] == mark;
	if (!in_a && !in_b)
		return 0;
	if (in_a && in_b) {
		*a = slice_from(*a, 1);
		*b = slice_from(*b, 1);
		return 1;
	}
	/* A tilde sorts before everything, the end included; a caret after the end but before anything else. */
	if (mark == '~')
		*order = in_a ? -1 : 1;
	else if (in_a)
		*order = b->n ? -1 : 1;
	else
		*order = a->n ? 1 : -1;
	return 2;
}

static int
order_text(struct slice a, struct slice b)
{
	while (a.n || b.n) {
		int order, mark;
		a = skip_separators(a);
		b = skip_separators(b);
		if ((mark = take_mark(&a, &b, '~', &order)) == 0)
			mark = take_mark(&a, &b, '^', &order);
		if (mark == 2)
			return order;
		if (mark == 1)
			continue;
		if (a.n == 0 || b.n == 0)
			break;
		bool numeric = is_digit(a.p[0]);
		struct slice run_a = take_run(&a, numeric ? is_digit : is_letter);
		struct slice run_b = take_run(&b, numeric ? is_digit : is_letter);
		/* Runs of different kinds: the number is newer. */
		if (run_b.n == 0)
			return numeric ? 1 : -1;
		order = numeric ? number_order(run_a, run_b) : slice_cmp(run_a, run_b);
		if (order)
			return order;
	}
	return (a.n > 0) - (b.n > 0);
}

static struct parts
split(struct slice version)
{
	struct parts parts = { 0 };
	struct slice head, tail;
	if (slice_cut(version, ':', &head, &tail) && (head.n == 0 || slice_to_u64(head, 10, &parts.epoch)))
		version = tail;
	slice_cut_last(version, '-', &parts.version, &parts.release);
	return parts;
}

static int
compare(struct slice a, struct slice b)
{
	struct parts x = split(a), y = split(b);
	if (x.epoch != y.epoch)
		return x.epoch < y.epoch ? -1 : 1;
	int order = order_text(x.version, y.version);
	if (order)
		return order;
	/* Without a release comes before any release, an empty one included: so it stays transitive, as in rpm's own vercmp. */
	if (x.release.p == NULL || y.release.p == NULL)
		return (x.release.p != NULL) - (y.release.p != NULL);
	return order_text(x.release, y.release);
}

static int
check(struct slice version, struct plim_error *err)
{
	struct slice head, tail;
	uint64_t epoch;
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	if (slice_cut(version, ':', &head, &tail) && head.n > 0 && (!slice_to_u64(head, 10, &epoch) || epoch > UINT32_MAX))
		return error_set(err, PLIM_EFORMAT, "the epoch is no number");
	for (size_t i = 0; i < version.n; i++)
		if (!is_digit(version.p[i]) && !is_letter(version.p[i]) && (version.p[i] == '\0' || strchr(".-_+%{}~^:", version.p[i]) == NULL))
			return error_set(err, PLIM_EFORMAT, "a character that no version may have");
	return 0;
}

static const struct version_bounds bounds = { .scheme = &version_rpm, .signs = version_signs_plain, .any_release = true };

const struct version_scheme version_rpm = {
	.name = "rpm", .check = check, .compare = compare, .bounds = &bounds, .distribution = true,
};
