/* SPDX-License-Identifier: Apache-2.0 */
/* Parity for people: what it comes to, then the rules of which the two do not say the same, each with why. */
#include "report/page.h"
#include "report/parity.h"

#include "base/auto.h"
#include "report/writer.h"

/* Of the findings of one rule so many are named; JSON has all. */
#define FINDINGS_SHOWN 5

static const struct heading {
	const char *title, *headline;
	enum colour colour;
} headings[] = {
	[PARITY_AGREE] = { "agree", "The policy says the same of both.", GREEN },
	[PARITY_ONE_SIDED] = { "one side only", NULL, DIM },
	[PARITY_DIFFER] = { "differ", "The policy does not say the same of both.", RED },
	[PARITY_UNKNOWN] = { "could not be told", "It could not be told whether the policy says the same of both.", YELLOW },
};

static const struct outcome_words {
	const char *text;
	enum colour colour;
} outcomes[] = {
	[CHECK_PASS] = { "pass", GREEN }, [CHECK_FAIL] = { "FAIL", RED }, [CHECK_UNKNOWN] = { "unknown", YELLOW },
	[CHECK_NOT_APPLICABLE] = { "n/a", DIM }, [CHECK_OUT_OF_SCOPE] = { "no scope", DIM },
};

static void
put_line(const struct page *page, size_t at, struct slice text)
{
	page_wrapped(page, at, at, text);
	strbuf_putc(page->into, '\n');
}

/* Where a side's lines begin. */
#define SIDE_COLUMN 15

/* The first goes on in the line that says what came of it. */
static void
put_next(const struct page *page, size_t *lines, struct slice text)
{
	if ((*lines)++)
		strbuf_fill(page->into, ' ', SIDE_COLUMN);
	put_line(page, SIDE_COLUMN, text);
}

/* What the other side has, too, is not what differs. */
static void
put_findings(const struct page *page, const struct parity_side *side)
{
	size_t lines = 0, only = 0, common = 0;
	AUTO(strbuf) struct strbuf rest = { 0 };
	for (size_t i = 0; i < side->n; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		common += !side->at[i].only;
		only += side->at[i].only;
		if (!side->at[i].only || only > FINDINGS_SHOWN)
			continue;
		parity_put_place(side->at[i].finding, &text);
		put_next(page, &lines, strbuf_slice(&text));
	}
	if (only > FINDINGS_SHOWN)
		strbuf_printf(&rest, "and %zu more", only - FINDINGS_SHOWN);
	if (common)
		strbuf_printf(&rest, "%s%zu that both have", rest.n ? ", " : "", common);
	if (rest.n)
		put_next(page, &lines, strbuf_slice(&rest));
}

static struct slice
side_number(size_t number)
{
	return number == 0 ? SLICE("1") : SLICE("2");
}

static void
put_side(const struct page *page, size_t number, const struct parity_side *side)
{
	struct slice word = slice_of(outcomes[side->outcome].text);
	bool more = side->outcome == CHECK_FAIL ? side->n > 0 : side->reason.n > 0;
	strbuf_fill(page->into, ' ', 4);
	page_cell(page, PLAIN, side_number(number), 2);
	if (more)
		page_cell(page, outcomes[side->outcome].colour, word, SIDE_COLUMN - 6);
	if (!more)
		put_line(page, 6, word);
	else if (side->outcome == CHECK_FAIL)
		put_findings(page, side);
	else
		put_line(page, SIDE_COLUMN, side->reason);
}

static void
put_rule(const struct page *page, const struct parity_rule *rule)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put(&text, rule->title.n ? rule->id : slice_of(report_area_title(rule->area)));
	if (rule->title.n)
		strbuf_printf(&text, ": %.*s", SLICE_ARG(rule->title));
	strbuf_fill(page->into, ' ', 2);
	put_line(page, 2, strbuf_slice(&text));
	for (size_t i = 0; i < 2; i++)
		put_side(page, i, &rule->side[i]);
}

/* In one line: there may be many, and none of them is anybody's fault. */
static void
put_one_sided(const struct page *page, const struct parity_rule *rule)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put(&text, rule->title.n ? rule->id : slice_of(report_area_title(rule->area)));
	for (size_t i = 0; i < 2; i++) {
		const struct parity_side *side = &rule->side[i];
		strbuf_printf(&text, "%s %zu %s", i ? ";" : ":", i + 1, outcomes[side->outcome].text);
		if (side->reason.n)
			strbuf_printf(&text, " (%.*s)", SLICE_ARG(side->reason));
	}
	strbuf_fill(page->into, ' ', 2);
	page_wrapped(page, 2, 6, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_state(const struct page *page, const struct parity *parity, enum parity_state state)
{
	if (parity->counts[state] == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, slice_of(headings[state].title));
	for (size_t i = 0; i < parity->n; i++)
		if (parity->rules[i].state == state)
			(state == PARITY_ONE_SIDED ? put_one_sided : put_rule)(page, &parity->rules[i]);
}

static void
put_head(const struct page *page, const struct parity *parity)
{
	enum parity_state result = parity_result(parity);
	AUTO(strbuf) struct strbuf counts = { 0 };
	page_cell(page, headings[result].colour, result == PARITY_AGREE ? SLICE("AGREE") : result == PARITY_DIFFER ? SLICE("DIFFER") : SLICE("UNKNOWN"), 0);
	put_line(page, 8, parity->compared ? slice_of(headings[result].headline) : SLICE("There is no rule that both were judged by."));
	strbuf_putc(page->into, '\n');
	for (size_t i = 0; i < 2; i++) {
		AUTO(strbuf) struct strbuf target = { 0 };
		strbuf_printf(&target, "%.*s", SLICE_ARG(parity->verdicts[i]->target));
		if (parity->verdicts[i]->kind.n)
			strbuf_printf(&target, " (%.*s)", SLICE_ARG(parity->verdicts[i]->kind));
		strbuf_fill(page->into, ' ', 2);
		page_cell(page, DIM, side_number(i), 11);
		put_line(page, 13, strbuf_slice(&target));
	}
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, DIM, SLICE("policy"), 11);
	put_line(page, 13, parity->verdicts[0]->policy_name);
	strbuf_printf(&counts, "%zu agree, %zu differ, %zu of one side only, %zu could not be told", parity->counts[PARITY_AGREE], parity->counts[PARITY_DIFFER],
	              parity->counts[PARITY_ONE_SIDED], parity->counts[PARITY_UNKNOWN]);
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, DIM, SLICE("rules"), 11);
	put_line(page, 13, strbuf_slice(&counts));
}

static void
write_text(const struct parity_report *report, struct strbuf *into)
{
	const struct page page = { into, report->columns, report->colour };
	put_head(&page, report->parity);
	put_state(&page, report->parity, PARITY_DIFFER);
	put_state(&page, report->parity, PARITY_UNKNOWN);
	put_state(&page, report->parity, PARITY_ONE_SIDED);
}

const struct parity_writer parity_text = { .name = "text", .write = write_text };
