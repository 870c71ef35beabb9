/* SPDX-License-Identifier: Apache-2.0 */
/* The impact for people: who would newly fail and why, who cannot be told, who will fail when, who would newly pass; whom it leaves alone in a line each. */
#include "report/forecast.h"
#include "report/impact.h"
#include "report/page.h"

#include "base/date.h"

static const struct {
	const char *word;
	enum colour colour;
} heads[] = {
	[IMPACT_NEWLY_FAILS] = { "NEWLY FAILS", RED }, [IMPACT_CANNOT_TELL] = { "CANNOT TELL", YELLOW }, [IMPACT_WILL_FAIL] = { "WILL FAIL", YELLOW },
	[IMPACT_NEWLY_PASSES] = { "NEWLY PASSES", GREEN }, [IMPACT_STAYS] = { "stays", DIM },
};

static void
put_rules(const struct page *page, const char *mark, const struct impact_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct impact_rule *rule = &rules->at[i];
		AUTO(strbuf) struct strbuf text = { 0 };
		strbuf_printf(&text, "%.*s%s%.*s", SLICE_ARG(rule->rule), rule->subject.n ? " " : "", SLICE_ARG(rule->subject));
		strbuf_printf(page->into, "  %s ", mark);
		page_cell(page, rule->action == ACTION_FAIL ? RED : YELLOW, slice_of(action_name(rule->action)), 8);
		page_wrapped(page, 13, 13, strbuf_slice(&text));
		strbuf_putc(page->into, '\n');
		page_labelled(page, 6, "because", rule->cause);
		page_labelled(page, 6, "what", rule->reason);
	}
}

/* "From 2026-12-13 on, in 15 days, it fails; by the old policy it passes then." */
static void
put_later(const struct page *page, const struct impact *impact, const struct impact_item *item)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char day[DATE_TEXT_SIZE];
	if (item->fails_from == DATE_NONE)
		return;
	strbuf_printf(&text, "It fails from %s on, ", date_day_text(item->fails_from, day));
	forecast_put_distance(item->fails_from - date_day(impact->at), &text);
	strbuf_printf(&text, "; by the old policy it is then: %s.", result_name(item->old_then));
	strbuf_fill(page->into, ' ', 4);
	page_wrapped(page, 4, 4, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
	put_rules(page, ">", &item->then);
}

static void
put_head(const struct page *page, const struct impact_item *item)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	size_t at = page_cell(page, heads[item->state].colour, slice_of(heads[item->state].word), 12);
	strbuf_put(&text, item->file);
	if (item->name.n)
		strbuf_printf(&text, ": %.*s", SLICE_ARG(item->name));
	if (item->error.p)
		strbuf_printf(&text, ": %.*s", SLICE_ARG(item->error));
	else
		strbuf_printf(&text, " (%s -> %s)", result_name(item->old), result_name(item->new));
	page_wrapped(page, at, 4, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_item(const struct page *page, const struct impact *impact, const struct impact_item *item)
{
	put_head(page, item);
	put_rules(page, "+", &item->adds);
	put_rules(page, "-", &item->drops);
	put_later(page, impact, item);
	if (item->state != IMPACT_STAYS)
		strbuf_putc(page->into, '\n');
}

static void
put_passed_over(const struct page *page, const struct impact *impact)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (impact->passed_over_count == 0)
		return;
	strbuf_puts(&text, "Passed over, no stored inventories:");
	for (size_t i = 0; i < impact->passed_over_count; i++)
		strbuf_printf(&text, "%s %.*s", i ? "," : "", SLICE_ARG(impact->passed_over[i]));
	page_wrapped(page, 0, 4, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_summary(const struct page *page, const struct impact *impact)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char day[DATE_TEXT_SIZE];
	strbuf_printf(&text, "%zu in all: %zu newly fail, %zu newly pass, %zu stay, %zu cannot be told, %zu will fail by %s", impact->count,
	              impact->counts[IMPACT_NEWLY_FAILS], impact->counts[IMPACT_NEWLY_PASSES], impact->counts[IMPACT_STAYS], impact->counts[IMPACT_CANNOT_TELL],
	              impact->counts[IMPACT_WILL_FAIL], date_day_text(date_day(impact->at) + impact->days, day));
	page_wrapped(page, 0, 0, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
write_text(const struct impact *impact, struct strbuf *into)
{
	struct page page = { into, impact->columns < 40 ? 40 : impact->columns, impact->colour };
	for (size_t i = 0; i < impact->count; i++)
		put_item(&page, impact, &impact->items[i]);
	if (impact->counts[IMPACT_STAYS])
		strbuf_putc(into, '\n');
	put_passed_over(&page, impact);
	put_summary(&page, impact);
}

const struct impact_writer impact_text = { .name = "text", .write = write_text };
