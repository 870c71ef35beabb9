/* SPDX-License-Identifier: Apache-2.0 */
/* What was expected of a case against what came. */
#include "policy/case_parts.h"

#include "base/glob.h"

struct comparing {
	const struct policy_case *expected;
	const struct case_outcome *came;
	struct strbuf *into;       /* a line for each difference */
};

/* findings */

static bool
fits(struct slice glob, struct slice text)
{
	return glob.p == NULL || glob_match(glob, text);
}

static bool
id_fits(struct slice glob, const struct finding *finding)
{
	return fits(glob, finding->id) || (finding->match && fits(glob, finding->match->id));
}

static bool
finding_fits(const struct expected_finding *e, const struct finding *f)
{
	return fits(e->rule, f->rule) && id_fits(e->id, f) && fits(e->package, f->evidence.package) && fits(e->path, f->evidence.path) &&
	       fits(e->setting, f->evidence.setting) && (e->severity == SEVERITY_UNKNOWN || e->severity == f->severity) &&
	       (e->action == ANY_ACTION || e->action == (int64_t)f->action) &&
	       (e->message.p == NULL || slice_find_text(f->message, e->message) != SIZE_MAX);
}

static bool
is_listed(const struct expected_findings *list, const struct finding *finding)
{
	for (size_t i = 0; i < list->n; i++)
		if (finding_fits(&list->at[i], finding))
			return true;
	return false;
}

static const struct finding *
found(const struct case_outcome *came, finding_at_fn *finding_at, const struct expected_finding *expected)
{
	const struct finding *finding;
	for (size_t i = 0; i < came->count; i++)
		for (size_t k = 0; (finding = finding_at(came->verdicts[i], k)) != NULL; k++)
			if (finding_fits(expected, finding))
				return finding;
	return NULL;
}

static void
differ_expected(struct comparing *c, const char *key, const struct expected_finding *expected, const char *how)
{
	strbuf_printf(c->into, "%s: %s: ", key, how);
	case_put_expected_finding(c->into, expected);
	strbuf_putc(c->into, '\n');
}

static void
differ_came(struct comparing *c, const char *key, const struct finding *finding, const char *how)
{
	strbuf_printf(c->into, "%s: %s: ", key, how);
	case_put_finding(c->into, finding);
	strbuf_putc(c->into, '\n');
}

static void
compare_listed(struct comparing *c, const char *key, const struct expected_findings *list, finding_at_fn *finding_at)
{
	for (size_t i = 0; i < list->n; i++)
		if (found(c->came, finding_at, &list->at[i]) == NULL)
			differ_expected(c, key, &list->at[i], "expected and not there");
}

static void
compare_unlisted(struct comparing *c, const char *key, const struct expected_findings *list, finding_at_fn *finding_at, enum action least)
{
	const struct finding *finding;
	for (size_t i = 0; i < c->came->count; i++)
		for (size_t k = 0; (finding = finding_at(c->came->verdicts[i], k)) != NULL; k++)
			if (finding->action >= least && !is_listed(list, finding))
				differ_came(c, key, finding, "there and not expected");
}

/* Whatever is said of a finding that fails, it has to fail. */
static void
compare_failing(struct comparing *c)
{
	struct expected_findings list = c->expected->expect.findings;
	for (size_t i = 0; i < list.n; i++) {
		struct expected_finding failing = list.at[i];
		if (failing.action == ANY_ACTION)
			failing.action = ACTION_FAIL;
		if (found(c->came, case_finding_at, &failing) == NULL)
			differ_expected(c, "findings", &list.at[i], "expected, and nothing like it fails");
	}
	compare_unlisted(c, "findings", &list, case_finding_at, ACTION_FAIL);
}

static void
compare_findings(struct comparing *c)
{
	const struct expectation *expect = &c->expected->expect;
	const struct finding *finding;
	if (expect->findings.set)
		compare_failing(c);
	compare_listed(c, "includes", &expect->includes, case_finding_at);
	for (size_t i = 0; i < expect->excludes.n; i++)
		if ((finding = found(c->came, case_finding_at, &expect->excludes.at[i])) != NULL)
			differ_came(c, "excludes", finding, "there");
	compare_listed(c, "waived", &expect->waived, case_waived_at);
	if (expect->waived.set)
		compare_unlisted(c, "waived", &expect->waived, case_waived_at, ACTION_WARN);
}

/* words: kinds of unknowns, exceptions */

static bool
has_word(const struct slice_list *list, struct slice word)
{
	for (size_t i = 0; i < list->n; i++)
		if (slice_eq(list->at[i], word))
			return true;
	return false;
}

static bool
came_word(const struct case_outcome *came, word_at_fn *word_at, struct slice wanted)
{
	struct slice word;
	for (size_t i = 0; i < came->count; i++)
		for (size_t k = 0; (word = word_at(came->verdicts[i], k)).p; k++)
			if (slice_eq(word, wanted))
				return true;
	return false;
}

static void
differ_word(struct comparing *c, const char *key, struct slice word, const char *how)
{
	strbuf_printf(c->into, "%s: %s: ", key, how);
	strbuf_put_printable(c->into, word);
	strbuf_putc(c->into, '\n');
}

static void
compare_words(struct comparing *c, const char *key, const struct expected_words *expected, word_at_fn *word_at)
{
	struct slice word;
	for (size_t i = 0; i < expected->words.n; i++)
		if (!came_word(c->came, word_at, expected->words.at[i]))
			differ_word(c, key, expected->words.at[i], "expected and not there");
	for (size_t i = 0; expected->set && i < c->came->count; i++)
		for (size_t k = 0; (word = word_at(c->came->verdicts[i], k)).p; k++)
			if (!has_word(&expected->words, word))
				differ_word(c, key, word, "there and not expected");
}

/* areas and the whole */

static void
compare_area(struct comparing *c, enum area area)
{
	const struct expected_area *expected = &c->expected->expect.areas[area];
	const struct verdict *worst = case_worst_of(c->came, area);
	if (!expected->set || worst == NULL)
		return;
	const struct area_state *state = &worst->areas[area];
	if (state->result != expected->result)
		strbuf_printf(c->into, "areas: %s: expected %s, came %s\n", area_name(area), result_name(expected->result), result_name(state->result));
	if (expected->note.p && slice_find_text(state->note, expected->note) == SIZE_MAX) {
		strbuf_printf(c->into, "areas: %s: expected the note '%.*s', came '", area_name(area), SLICE_ARG(expected->note));
		strbuf_put_printable(c->into, state->note);
		strbuf_puts(c->into, "'\n");
	}
}

static void
compare_verdicts(struct comparing *c)
{
	const struct expectation *expect = &c->expected->expect;
	if (expect->result >= 0 && expect->result != (int64_t)c->came->result)
		strbuf_printf(c->into, "result: expected %s, came %s\n", result_name((enum result)expect->result), result_name(c->came->result));
	for (size_t i = 0; i < AREA_COUNT; i++)
		compare_area(c, (enum area)i);
	compare_findings(c);
	compare_words(c, "unknown", &expect->unknown, case_unknown_at);
	compare_words(c, "unused", &expect->unused, case_unused_at);
	compare_words(c, "expired", &expect->expired, case_expired_at);
}

/* In what is said, not in the line of the policy that is shown below it. */
static bool
says(const char *error, struct slice wanted)
{
	struct slice first, rest;
	slice_cut(slice_of(error), '\n', &first, &rest);
	return slice_find_text(first, wanted) != SIZE_MAX;
}

bool
case_fits(const struct policy_case *expected, const struct case_outcome *came, struct strbuf *differences)
{
	struct comparing c = { expected, came, differences };
	struct slice error = expected->expect.error;
	size_t before = differences->n;
	if (expected->expect.exit >= 0 && expected->expect.exit != came->exit)
		strbuf_printf(differences, "exit: expected %jd, came %d\n", (intmax_t)expected->expect.exit, came->exit);
	if (came->error && error.p == NULL)
		strbuf_puts(differences, "error: there is no verdict\n");
	else if (error.p && (came->error == NULL || !says(came->error, error)))
		strbuf_printf(differences, "error: expected '%.*s', came %s\n", SLICE_ARG(error), came->error ? "another one" : "none");
	else if (came->error == NULL)
		compare_verdicts(&c);
	return differences->n == before && !differences->failed;
}
