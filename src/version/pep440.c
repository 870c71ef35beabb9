/* SPDX-License-Identifier: Apache-2.0 */
/* Python's versions and specifiers, PEP 440: [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+LOCAL]; "~=2.2, !=2.2.3". */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

struct pep440 {
	struct slice epoch, release;
	enum { PRE_ALPHA, PRE_BETA, PRE_RC, PRE_NONE } pre;
	bool has_post, has_dev;
	struct slice pre_number, post, dev;    /* numbers; none counts as zero */
	struct slice local;
};

static bool
is_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

static void
take_separator(struct slice *rest)
{
	if (rest->n && is_separator(rest->p[0]))
		*rest = slice_from(*rest, 1);
}

/* "-rc.2": the word's index, its number goes to `*number`; -1 takes nothing. */
static int
take_segment(struct slice *rest, const char *const *words, size_t n, struct slice *number)
{
	struct slice text = *rest;
	take_separator(&text);
	int word = take_word(&text, words, n);
	if (word < 0)
		return -1;
	take_separator(&text);
	*number = take_run(&text, is_digit);
	*rest = text;
	return word;
}

static bool
take_release(struct slice *rest, struct pep440 *out)
{
	struct slice text = *rest, epoch = take_run(&text, is_digit);
	if (epoch.n && take_char(&text, '!')) {
		out->epoch = epoch;
		*rest = text;
	}
	const char *from = rest->p;
	if (take_run(rest, is_digit).n == 0)
		return false;
	while (rest->n > 1 && rest->p[0] == '.' && is_digit(rest->p[1])) {
		*rest = slice_from(*rest, 1);
		take_run(rest, is_digit);
	}
	out->release = slice_range(from, rest->p);
	return true;
}

static void
take_pre(struct slice *rest, struct pep440 *out)
{
	static const char *const words[] = { "alpha", "a", "beta", "b", "preview", "pre", "c", "rc" };
	static const uint8_t kinds[] = { PRE_ALPHA, PRE_ALPHA, PRE_BETA, PRE_BETA, PRE_RC, PRE_RC, PRE_RC, PRE_RC };
	int word = take_segment(rest, words, sizeof words / sizeof *words, &out->pre_number);
	out->pre = word < 0 ? PRE_NONE : kinds[word];
}

static void
take_post(struct slice *rest, struct pep440 *out)
{
	static const char *const words[] = { "post", "rev", "r" };
	if (rest->n > 1 && rest->p[0] == '-' && is_digit(rest->p[1])) {
		*rest = slice_from(*rest, 1);
		out->post = take_run(rest, is_digit);
		out->has_post = true;
		return;
	}
	out->has_post = take_segment(rest, words, sizeof words / sizeof *words, &out->post) >= 0;
}

static bool
take_local(struct slice *rest, struct pep440 *out)
{
	if (!take_char(rest, '+'))
		return true;
	const char *from = rest->p;
	do {
		if (take_run(rest, is_alnum).n == 0)
			return false;
	} while (rest->n && is_separator(rest->p[0]) && (*rest = slice_from(*rest, 1)).p);
	out->local = slice_range(from, rest->p);
	return true;
}

static bool
parse(struct slice text, struct pep440 *out)
{
	static const char *const v[] = { "v" }, *const dev[] = { "dev" };
	*out = (struct pep440){ 0 };
	text = slice_trim_wide(text);
	take_word(&text, v, 1);
	if (!take_release(&text, out))
		return false;
	take_pre(&text, out);
	take_post(&text, out);
	out->has_dev = take_segment(&text, dev, 1, &out->dev) >= 0;
	return take_local(&text, out) && text.n == 0;
}

static int
check(struct slice version, struct plim_error *err)
{
	struct pep440 parsed;
	if (slice_trim_wide(version).n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	return parse(version, &parsed) ? 0 : error_set(err, PLIM_EFORMAT, "no version of PEP 440");
}

/* Numbers come after words, and more parts after fewer. */
static int
order_local(struct slice a, struct slice b)
{
	while (a.n && b.n) {
		struct slice x = take_run(&a, is_alnum), y = take_run(&b, is_alnum);
		bool number_x = slice_is_only(x, is_digit), number_y = slice_is_only(y, is_digit);
		int order = number_x && number_y ? number_order(x, y) : number_x || number_y ? number_x - number_y : slice_cmp_nocase(x, y);
		if (order)
			return order;
		a = slice_from(a, 1);
		b = slice_from(b, 1);
	}
	return (a.n > 0) - (b.n > 0);
}

/* A development release of the release itself comes before its alphas. */
static int
pre_rank(const struct pep440 *v)
{
	return v->pre == PRE_NONE && !v->has_post && v->has_dev ? -1 : (int)v->pre;
}

static int
order_public(const struct pep440 *a, const struct pep440 *b)
{
	int order = number_order(a->epoch, b->epoch);
	if (order == 0)
		order = numbers_order(a->release, b->release, SIZE_MAX, true);
	if (order == 0)
		order = pre_rank(a) - pre_rank(b);
	if (order == 0)
		order = number_order(a->pre_number, b->pre_number);
	if (order == 0)
		order = a->has_post - b->has_post;
	if (order == 0)
		order = number_order(a->post, b->post);
	if (order == 0)
		order = b->has_dev - a->has_dev;
	return order ? order : number_order(a->dev, b->dev);
}

static int
compare(struct slice a, struct slice b)
{
	struct pep440 x, y;
	bool good_a = parse(a, &x), good_b = parse(b, &y);
	if (!good_a || !good_b)
		return refused_order(a, !good_a, b, !good_b);
	int order = order_public(&x, &y);
	return order ? order : order_local(x.local, y.local);
}

/* specifiers */

static bool
is_same_release(const struct pep440 *a, const struct pep440 *b)
{
	return number_order(a->epoch, b->epoch) == 0 && numbers_order(a->release, b->release, SIZE_MAX, true) == 0;
}

static bool
is_of_series(const struct pep440 *have, const struct pep440 *want, size_t n)
{
	return number_order(have->epoch, want->epoch) == 0 && numbers_order(have->release, want->release, n, true) == 0;
}

static bool
is_prerelease(const struct pep440 *v)
{
	return v->pre != PRE_NONE || v->has_dev;
}

/* "<2.0" does not mean 2.0's own pre-releases, ">2.0" not its post-releases. */
static bool
is_below(const struct pep440 *have, const struct pep440 *want)
{
	return order_public(have, want) < 0 && (is_prerelease(want) || !is_prerelease(have) || !is_same_release(have, want));
}

static bool
is_above(const struct pep440 *have, const struct pep440 *want)
{
	bool of_same = is_same_release(have, want) && have->pre == want->pre && number_order(have->pre_number, want->pre_number) == 0;
	return order_public(have, want) > 0 && (want->has_post || !have->has_post || !of_same);
}

static bool
is_equal(const struct pep440 *have, const struct pep440 *want)
{
	return order_public(have, want) == 0 && (want->local.n == 0 || order_local(have->local, want->local) == 0);
}

static bool
is_verbatim(char c)
{
	return c > ' ' && c != ';' && c != ')';
}

static int
bound_check(const struct version_bound *bound, struct plim_error *err)
{
	struct pep440 want;
	struct slice text = bound->version;
	bool equality = bound->relation == VERSION_EQUAL || bound->relation == VERSION_NOT_EQUAL;
	if (bound->relation == VERSION_VERBATIM)
		return slice_is_only(text, is_verbatim) ? 0 : error_set(err, PLIM_EFORMAT, "=== takes one word");
	bool series = equality && slice_skip_end(&text, SLICE(".*"));
	if (!parse(text, &want) || slice_trim_wide(text).n != text.n)
		return error_set(err, PLIM_EFORMAT, "no version of PEP 440");
	if (series && (is_prerelease(&want) || want.has_post || want.local.n))
		return error_set(err, PLIM_EFORMAT, "a series ends with a number and .*");
	if (want.local.n && !equality)
		return error_set(err, PLIM_EFORMAT, "only == and != take a local version");
	if (bound->relation == VERSION_COMPATIBLE && numbers_count(want.release) < 2)
		return error_set(err, PLIM_EFORMAT, "~= needs two numbers");
	return 0;
}

static bool
bound_holds(const struct version_bound *bound, struct slice version)
{
	struct pep440 have, want;
	struct slice text = bound->version;
	if (bound->relation == VERSION_VERBATIM)
		return slice_eq_nocase(slice_trim_wide(version), text);
	bool series = slice_skip_end(&text, SLICE(".*"));
	parse(version, &have);
	parse(text, &want);
	bool equal = series ? is_of_series(&have, &want, numbers_count(want.release)) : is_equal(&have, &want);
	switch (bound->relation) {
	case VERSION_LESS: return is_below(&have, &want);
	case VERSION_GREATER: return is_above(&have, &want);
	case VERSION_EQUAL: return equal;
	case VERSION_NOT_EQUAL: return !equal;
	case VERSION_COMPATIBLE: return order_public(&have, &want) >= 0 && is_of_series(&have, &want, numbers_count(want.release) - 1);
	default: return version_relation_holds(bound->relation, order_public(&have, &want));
	}
}

static const struct version_sign signs[] = {
	{ "===", VERSION_VERBATIM }, { "==", VERSION_EQUAL },         { "!=", VERSION_NOT_EQUAL }, { "~=", VERSION_COMPATIBLE },
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "<", VERSION_LESS },       { ">", VERSION_GREATER },
	{ NULL, VERSION_NO_RELATION },
};
static const struct version_bounds bounds = {
	.scheme = &version_pep440, .signs = signs, .check = bound_check, .holds = bound_holds, .may_be_empty = true,
};

const struct version_scheme version_pep440 = { .name = "pep440", .check = check, .compare = compare, .bounds = &bounds };
