/* SPDX-License-Identifier: Apache-2.0 */
/* Alpine's ordering, apk-package(5): NUMBER{.NUMBER}[LETTER]{_SUFFIX[NUMBER]}[~HASH][-rNUMBER]. */
#include "version/scheme.h"

#include "base/error.h"
#include "version/range.h"
#include "version/text.h"

/* In the order in which a version's end is weighed: what comes later in it is newer. */
enum token_kind { TOKEN_INVALID, TOKEN_DIGIT_FIRST, TOKEN_DIGIT, TOKEN_LETTER, TOKEN_SUFFIX, TOKEN_SUFFIX_NUMBER, TOKEN_HASH, TOKEN_REVISION, TOKEN_END };

struct token {
	enum token_kind kind;
	struct slice text;    /* digits, letter or hash */
	int suffix;
};

#define SUFFIX_NONE 4    /* below it: before the release */

static const char *const suffixes[] = { "alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p" };

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static struct token
digits(struct slice *rest, enum token_kind kind)
{
	struct slice run = take_run(rest, is_digit);
	return (struct token){ run.n ? kind : TOKEN_INVALID, run, 0 };
}

static struct token
suffix_token(struct slice *rest)
{
	struct slice word = take_run(rest, is_lower);
	for (int i = 0; i < (int)(sizeof suffixes / sizeof *suffixes); i++)
		if (word.n && slice_is(word, suffixes[i]))
			return (struct token){ TOKEN_SUFFIX, word, i };
	return (struct token){ TOKEN_INVALID, word, 0 };
}

/* The next token, given the kind of the one before it. */
static struct token
token_next(struct slice *rest, enum token_kind before)
{
	struct token end = { TOKEN_END, SLICE_NONE, 0 }, invalid = { TOKEN_INVALID, SLICE_NONE, 0 };
	if (rest->n == 0)
		return end;
	if (is_digit(rest->p[0]) && before == TOKEN_SUFFIX)
		return digits(rest, TOKEN_SUFFIX_NUMBER);
	if (slice_skip(rest, SLICE(".")))
		return before <= TOKEN_DIGIT ? digits(rest, TOKEN_DIGIT) : invalid;
	if (is_lower(rest->p[0]) && before <= TOKEN_DIGIT) {
		struct slice letter = slice_first(*rest, 1);
		*rest = slice_from(*rest, 1);
		return (struct token){ TOKEN_LETTER, letter, 0 };
	}
	if (slice_skip(rest, SLICE("_")))
		return before <= TOKEN_SUFFIX_NUMBER ? suffix_token(rest) : invalid;
	if (slice_skip(rest, SLICE("~"))) {
		struct slice hash = take_run(rest, is_hex);
		return (struct token){ hash.n && before < TOKEN_HASH ? TOKEN_HASH : TOKEN_INVALID, hash, 0 };
	}
	if (slice_skip(rest, SLICE("-r")))
		return before < TOKEN_REVISION ? digits(rest, TOKEN_REVISION) : invalid;
	return invalid;
}

/* Two tokens of one kind.  A later number that begins with zero is a fraction: 1.05 comes before 1.5. */
static int
order_tokens(const struct token *a, const struct token *b)
{
	if (a->kind == TOKEN_SUFFIX)
		return a->suffix - b->suffix;
	if (a->kind == TOKEN_LETTER || a->kind == TOKEN_HASH)
		return slice_cmp(a->text, b->text);
	if (a->kind == TOKEN_DIGIT && (a->text.p[0] == '0' || b->text.p[0] == '0'))
		return slice_cmp(a->text, b->text);
	return number_order(a->text, b->text);
}

/* Versions that agree up to here: the longer is newer, but a pre-release suffix counts below nothing: 1_rc1 < 1 < 1_p1. */
static int
order_ends(const struct token *a, const struct token *b)
{
	if (a->kind == TOKEN_SUFFIX && a->suffix < SUFFIX_NONE)
		return -1;
	if (b->kind == TOKEN_SUFFIX && b->suffix < SUFFIX_NONE)
		return 1;
	return a->kind < b->kind ? 1 : -1;
}

static int
compare(struct slice a, struct slice b)
{
	struct slice whole_a = a, whole_b = b;
	struct token x = digits(&a, TOKEN_DIGIT_FIRST), y = digits(&b, TOKEN_DIGIT_FIRST);
	while (x.kind == y.kind && x.kind != TOKEN_END && x.kind != TOKEN_INVALID) {
		int order = order_tokens(&x, &y);
		if (order)
			return order;
		x = token_next(&a, x.kind);
		y = token_next(&b, y.kind);
	}
	if (x.kind == TOKEN_INVALID || y.kind == TOKEN_INVALID)
		return refused_order(whole_a, x.kind == TOKEN_INVALID, whole_b, y.kind == TOKEN_INVALID);
	return x.kind == y.kind ? 0 : order_ends(&x, &y);
}

static int
check(struct slice version, struct plim_error *err)
{
	struct slice rest = version;
	if (version.n == 0)
		return error_set(err, PLIM_EFORMAT, "the version is empty");
	struct token token = digits(&rest, TOKEN_DIGIT_FIRST);
	while (token.kind != TOKEN_END) {
		if (token.kind == TOKEN_INVALID)
			return error_set(err, PLIM_EFORMAT, "no version of apk, from byte %zu on", version.n - rest.n);
		token = token_next(&rest, token.kind);
	}
	return 0;
}

/* "~1.2": all that begins with these tokens, 1.2.5-r1 too. */
static bool
is_begun_by(struct slice version, struct slice bound)
{
	struct token have = digits(&version, TOKEN_DIGIT_FIRST), want = digits(&bound, TOKEN_DIGIT_FIRST);
	while (want.kind != TOKEN_END) {
		if (have.kind != want.kind || order_tokens(&have, &want) != 0)
			return false;
		have = token_next(&version, have.kind);
		want = token_next(&bound, want.kind);
	}
	return true;
}

static bool
bound_holds(const struct version_bound *bound, struct slice version)
{
	if (bound->relation == VERSION_COMPATIBLE)
		return is_begun_by(version, bound->version);
	return version_relation_holds(bound->relation, compare(version, bound->version));
}

static const struct version_sign signs[] = {
	{ "<=", VERSION_LESS_EQUAL }, { ">=", VERSION_GREATER_EQUAL }, { "=~", VERSION_COMPATIBLE }, { "~=", VERSION_COMPATIBLE },
	{ "<", VERSION_LESS },        { ">", VERSION_GREATER },        { "=", VERSION_EQUAL },       { "~", VERSION_COMPATIBLE },
	{ NULL, VERSION_NO_RELATION },
};
static const struct version_bounds bounds = { .scheme = &version_apk, .signs = signs, .holds = bound_holds };

const struct version_scheme version_apk = {
	.name = "apk", .check = check, .compare = compare, .bounds = &bounds, .distribution = true,
};
