/* SPDX-License-Identifier: Apache-2.0 */
/* The forecast for people: target by target, until when it passes and what ends that. */
#include "report/forecast.h"
#include "report/page.h"

#include "base/date.h"

static const struct {
	const char *word;
	enum colour colour;
} heads[] = {
	[FORECAST_PASSES] = { "PASSES", GREEN }, [FORECAST_STOPS] = { "STOPS PASSING", YELLOW },
	[FORECAST_HELD_BACK] = { "DOES NOT PASS", RED }, [FORECAST_ERROR] = { "NOT JUDGED", RED },
};

static void
put_line(const struct page *page, size_t indent, const struct strbuf *text)
{
	strbuf_fill(page->into, ' ', indent);
	page_wrapped(page, indent, indent, strbuf_slice(text));
	strbuf_putc(page->into, '\n');
}

static const char *
becomes(enum result result)
{
	return result == RESULT_FAIL ? "fails" : result == RESULT_PASS ? "passes" : "is unknown";
}

/* "It fails from 2026-12-13 on, in 15 days." */
static void
put_changes(const struct page *page, const struct forecast *forecast, const struct forecast_item *item)
{
	for (size_t i = 1; i < item->day_count; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		char day[DATE_TEXT_SIZE];
		strbuf_printf(&text, "It %s from %s on, ", becomes(item->days[i].result), date_day_text(item->days[i].day, day));
		forecast_put_distance(item->days[i].day - date_day(forecast->at), &text);
		strbuf_putc(&text, '.');
		put_line(page, 4, &text);
	}
}

static void
put_state(const struct page *page, const struct forecast *forecast, const struct forecast_item *item)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char day[DATE_TEXT_SIZE];
	if (item->state == FORECAST_ERROR)
		strbuf_put(&text, item->error);
	if (item->state == FORECAST_HELD_BACK)
		strbuf_printf(&text, "It %s today.", becomes(item->days[0].result));
	if (item->state == FORECAST_PASSES)
		strbuf_printf(&text, "On each day until %s.", date_day_text(date_day(forecast->at) + forecast->days, day));
	if (text.n)
		put_line(page, 4, &text);
	put_changes(page, forecast, item);
}

static void
put_turn(const struct page *page, const struct forecast *forecast, const struct forecast_turn *turn)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char day[DATE_TEXT_SIZE];
	strbuf_printf(&text, "%s, ", date_day_text(turn->day, day));
	forecast_put_distance(turn->day - date_day(forecast->at), &text);
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, turn->turn.action == ACTION_FAIL ? RED : YELLOW, slice_of(action_name(turn->turn.action)), 8);
	page_cell(page, PLAIN, strbuf_slice(&text), 24);
	strbuf_clear(&text);
	strbuf_printf(&text, "%.*s%s%.*s", SLICE_ARG(turn->turn.rule), turn->turn.subject.n ? " " : "", SLICE_ARG(turn->turn.subject));
	page_wrapped(page, 36, 12, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
	page_labelled(page, 12, "because", turn->cause);
	page_labelled(page, 12, "what", turn->turn.reason);
}

static void
put_item(const struct page *page, const struct forecast *forecast, const struct forecast_item *item)
{
	size_t at = page_cell(page, heads[item->state].colour, slice_of(heads[item->state].word), 0);
	page_wrapped(page, at, 4, item->name);
	strbuf_putc(page->into, '\n');
	put_state(page, forecast, item);
	if (item->turn_count)
		strbuf_putc(page->into, '\n');
	for (size_t i = 0; i < item->turn_count; i++)
		put_turn(page, forecast, &item->turns[i]);
	strbuf_putc(page->into, '\n');
}

static void
put_summary(const struct page *page, const struct forecast *forecast)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
	strbuf_printf(&text, "%s to %s: %zu pass%s on each day, %zu stop%s passing, %zu do%s not pass today", date_day_text(date_day(forecast->at), from),
	              date_day_text(date_day(forecast->at) + forecast->days, to), forecast->counts[FORECAST_PASSES],
	              forecast->counts[FORECAST_PASSES] == 1 ? "es" : "", forecast->counts[FORECAST_STOPS], forecast->counts[FORECAST_STOPS] == 1 ? "s" : "",
	              forecast->counts[FORECAST_HELD_BACK], forecast->counts[FORECAST_HELD_BACK] == 1 ? "es" : "");
	if (forecast->counts[FORECAST_ERROR])
		strbuf_printf(&text, ", %zu could not be judged", forecast->counts[FORECAST_ERROR]);
	if (forecast->fresh_data)
		strbuf_puts(&text, "; the age of the advisory data is left aside");
	put_line(page, 0, &text);
}

static void
write_text(const struct forecast *forecast, struct strbuf *into)
{
	struct page page = { into, forecast->columns < 40 ? 40 : forecast->columns, forecast->colour };
	for (size_t i = 0; i < forecast->count; i++)
		put_item(&page, forecast, &forecast->items[i]);
	put_summary(&page, forecast);
}

const struct forecast_writer forecast_text = { .name = "text", .write = write_text };
