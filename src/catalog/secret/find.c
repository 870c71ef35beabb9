/* SPDX-License-Identifier: Apache-2.0 */
/* The rules' literals as one search, and each rule's pattern with its limits. */
#include "catalog/secret/find.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/literals.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Literals of all rules together. */
#define LITERAL_COUNT 512
/* Beginning and end of as many groups. */
#define GROUP_COUNT 8

struct secret_finder {
	struct literals *literals;
	uint8_t rules[LITERAL_COUNT];    /* of each literal */
	pcre2_code *codes[SECRET_RULE_MOST];
	pcre2_match_context *limits;
	pcre2_match_data *data;
};

static bool
ignores_case(const struct secret_rule *rule)
{
	return slice_starts(slice_of(rule->pattern), SLICE("(?i)"));
}

static int
literals_of_rules(struct secret_finder *finder, struct plim_error *err)
{
	struct literal all[LITERAL_COUNT];
	size_t n = 0;
	for (size_t i = 0; i < secret_rule_count; i++)
		for (struct slice rest = slice_of(secret_rules[i].literals), text; slice_next(&rest, '|', &text); n++) {
			if (n == LITERAL_COUNT)
				return error_set(err, PLIM_ELIMIT, "more than %d literals", LITERAL_COUNT);
			all[n] = (struct literal){ text, ignores_case(&secret_rules[i]) };
			finder->rules[n] = (uint8_t)i;
		}
	return literals_new(all, n, &finder->literals, err);
}

int
secret_finder_new(struct secret_finder **out, struct plim_error *err)
{
	AUTO(secret_finder) struct secret_finder *finder = calloc(1, sizeof *finder);
	if (finder == NULL)
		return error_nomem(err);
	finder->limits = pcre2_match_context_create(NULL);
	finder->data = pcre2_match_data_create(GROUP_COUNT, NULL);
	if (finder->limits == NULL || finder->data == NULL)
		return error_nomem(err);
	pcre2_set_match_limit(finder->limits, (uint32_t)LIMIT_REGEX_STEPS);
	pcre2_set_depth_limit(finder->limits, (uint32_t)LIMIT_REGEX_STEPS);
	pcre2_set_heap_limit(finder->limits, (uint32_t)(LIMIT_REGEX_BYTES / 1024));
	int r = literals_of_rules(finder, err);
	if (r == 0)
		*out = ptr_take(&finder);
	return r;
}

void
secret_finder_free(struct secret_finder *finder)
{
	if (finder == NULL)
		return;
	for (size_t i = 0; i < secret_rule_count; i++)
		pcre2_code_free(finder->codes[i]);
	pcre2_match_context_free(finder->limits);
	pcre2_match_data_free(finder->data);
	literals_free(finder->literals);
	free(finder);
}

static int
compile(struct secret_finder *finder, size_t rule, struct plim_error *err)
{
	int number;
	PCRE2_SIZE at;
	const char *pattern = secret_rules[rule].pattern;
	finder->codes[rule] = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED | PCRE2_NEVER_UTF, &number, &at, NULL);
	if (finder->codes[rule])
		return 0;
	PCRE2_UCHAR message[120] = "";
	pcre2_get_error_message(number, message, sizeof message);
	return error_set(err, PLIM_EFORMAT, "rule %s: %s, at byte %zu", secret_rules[rule].id, (const char *)message, (size_t)at);
}

struct looking {
	struct secret_finder *finder;
	struct slice text;
	size_t from, to;
	struct secret_places *places;
	secret_match_fn *found;
	void *context;
	struct plim_error *err;
};

/* From the first group that matched to the end of the last one; without groups all of it. */
static struct slice
secret_of(pcre2_match_data *data, int groups, struct slice subject)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
	PCRE2_SIZE from = SIZE_MAX, to = 0;
	for (int i = 1; i < groups; i++) {
		if (ends[2 * i] == PCRE2_UNSET)
			continue;
		from = ends[2 * i] < from ? ends[2 * i] : from;
		to = ends[2 * i + 1] > to ? ends[2 * i + 1] : to;
	}
	if (groups < 2 || from > to) {
		from = ends[0];
		to = ends[1];
	}
	return slice_first(slice_from(subject, from), to - from);
}

/*
 * Configuration explains its settings in comments, with values that nobody has.  Where a longer line begins is not looked for:
 * a text may be one line, and of one that comes in pieces no more is there.
 */
static bool
is_comment(struct slice text, size_t at)
{
	static const char *const marks[] = { "#", ";", "//", "<!--", "--", "*" };
	struct slice before = slice_from(slice_first(text, at), at < SECRET_BEFORE_BYTES ? 0 : at - SECRET_BEFORE_BYTES);
	size_t begin = slice_find_last(before, '\n');
	if (begin == SIZE_MAX && at >= SECRET_BEFORE_BYTES)
		return false;
	struct slice line = slice_trim(slice_from(before, begin == SIZE_MAX ? 0 : begin + 1));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_starts(line, slice_of(marks[i])))
			return true;
	return false;
}

static int
tell(struct looking *looking, const struct secret_rule *rule, size_t literal_at, struct slice secret)
{
	struct secret_match match = {
		.rule = rule, .at = (uint64_t)(secret.p - looking->text.p), .n = secret.n, .example = secret_is_example(secret),
	};
	bool comment = rule->place == PLACE_CONFIG && rule->kind == SECRET_PASSWORD && is_comment(looking->text, literal_at);
	/* An example of a password is what a placeholder is for a token. */
	if (secret.n == 0 || comment || (rule->check && !rule->check(secret)) || (rule->kind == SECRET_PASSWORD && match.example))
		return 0;
	match.place = rule->kind == SECRET_KEY ? literal_at : match.at;
	match.hides_from = match.at;
	/* Of a key a rule sees the beginning only. */
	match.hides_to = rule->kind == SECRET_KEY ? UINT64_MAX : match.at + match.n;
	secret_excerpt(rule, secret, match.excerpt);
	return looking->found(looking->context, &match, looking->err);
}

static int
look_closer(void *context, size_t literal, size_t offset)
{
	struct looking *looking = context;
	struct secret_finder *finder = looking->finder;
	size_t number = finder->rules[literal];
	const struct secret_rule *rule = &secret_rules[number];
	if (offset < looking->from || offset >= looking->to || !secret_places_has(looking->places, rule->place))
		return 0;
	int r = finder->codes[number] ? 0 : compile(finder, number, looking->err);
	if (r < 0)
		return r;
	size_t before = offset < SECRET_BEFORE_BYTES ? offset : SECRET_BEFORE_BYTES;
	struct slice subject = slice_first(slice_from(looking->text, offset - before), before + SECRET_BEHIND_BYTES);
	r = pcre2_match(finder->codes[number], (PCRE2_SPTR)subject.p, subject.n, before, 0, finder->data, finder->limits);
	if (r == PCRE2_ERROR_NOMATCH)
		return 0;
	if (r < 0)
		return error_set(looking->err, PLIM_ELIMIT, "offset %zu: more steps than limit REGEX_STEPS for rule %s", offset, rule->id);
	return tell(looking, rule, offset, secret_of(finder->data, r, subject));
}

int
secret_find(struct secret_finder *finder, struct slice text, size_t from, size_t to, struct secret_places *places, secret_match_fn *found, void *context,
            struct plim_error *err)
{
	struct looking looking = { finder, text, from, to, places, found, context, err };
	return literals_scan(finder->literals, text, look_closer, &looking);
}

static int
match_cmp(const void *a, const void *b)
{
	const struct secret_match *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* What one of them leaves uncovered is no less secret. */
static void
merge(struct secret_match *into, const struct secret_match *other)
{
	uint64_t from = into->hides_from < other->hides_from ? into->hides_from : other->hides_from;
	uint64_t to = into->hides_to > other->hides_to ? into->hides_to : other->hides_to;
	if (other->rule < into->rule)
		*into = *other;
	into->hides_from = from;
	into->hides_to = to;
}

size_t
secret_matches_settle(struct secret_match *matches, size_t n)
{
	size_t kept = 0;
	if (n)
		qsort(matches, n, sizeof *matches, match_cmp);
	for (size_t i = 0; i < n; i++) {
		struct secret_match *last = kept ? &matches[kept - 1] : NULL;
		if (last == NULL || matches[i].at - last->at >= last->n)
			matches[kept++] = matches[i];
		else
			merge(last, &matches[i]);
	}
	return kept;
}
