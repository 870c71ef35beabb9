/* SPDX-License-Identifier: Apache-2.0 */
/* Drift for people: of each container what it comes to, then what changed, the worst first. */
#include "enforce/drift/drift.h"
#include "report/page.h"

/* Of each class so many are named; JSON has all. */
#define CHANGES_SHOWN 50

static const struct mark {
	const char *text;
	enum colour colour;
} marks[] = {
	[DRIFT_ADDED] = { "+", GREEN }, [DRIFT_CHANGED] = { "~", YELLOW }, [DRIFT_REMOVED] = { "-", RED }, [DRIFT_RENAMED] = { ">", YELLOW },
	[DRIFT_RUNS] = { "!", RED }, [DRIFT_OUTSIDE] = { "o", PLAIN },
};

static enum colour
severity_colour(enum severity severity)
{
	return severity >= SEVERITY_HIGH ? RED : severity == SEVERITY_MEDIUM ? YELLOW : DIM;
}

/* What is in the way of a line is a label each; of what was added only what nobody sees from its path. */
static bool
is_shown(const struct drift_change *change, const struct detail *detail)
{
	bool compared = change->kind == DRIFT_CHANGED || change->kind == DRIFT_RENAMED;
	return compared || (change->kind == DRIFT_ADDED && (slice_is(detail->what, "mode") || slice_is(detail->what, "owner") || slice_is(detail->what, "link")));
}

static void
add_detail(struct strbuf *text, const struct detail *detail)
{
	strbuf_puts(text, text->n ? ", " : "");
	strbuf_put_printable(text, detail->what);
	if (slice_is(detail->what, "content"))
		return;
	strbuf_putc(text, ' ');
	strbuf_put_printable(text, slice_first(detail->old, 160));
	strbuf_puts(text, detail->old.p && detail->new.p ? " -> " : "");
	strbuf_put_printable(text, slice_first(detail->new, 160));
}

static void
put_details(const struct page *page, const struct drift_change *change)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < change->detail_count; i++)
		if (is_shown(change, &change->details[i]))
			add_detail(&text, &change->details[i]);
	page_labelled(page, 6, change->kind == DRIFT_ADDED ? "has" : "changed", strbuf_slice(&text));
}

static void
put_origin(const struct page *page, const struct drift_change *change)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	page_labelled(page, 6, "was", change->from);
	page_labelled(page, 6, "copy of", change->same_as);
	if (change->package.n)
		strbuf_printf(&text, "%.*s (%.*s)", SLICE_ARG(change->package), SLICE_ARG(change->package_type));
	page_labelled(page, 6, "of", strbuf_slice(&text));
}

static void
put_processes(const struct page *page, const struct drift_change *change)
{
	static const struct { const char *via, *words; } words[] = { { "run", "run by" }, { "mapped", "loaded by" }, { "argument", "named by" } };
	for (size_t k = 0; k < 3; k++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		for (size_t i = 0; i < change->process_count; i++)
			if (slice_is(change->processes[i].via, words[k].via))
				strbuf_printf(&text, "%s%ju (%.*s)", text.n ? ", " : "", (uintmax_t)change->processes[i].pid, SLICE_ARG(change->processes[i].name));
		page_labelled(page, 6, words[k].words, strbuf_slice(&text));
	}
}

static void
put_change(const struct page *page, const struct drift_change *change)
{
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, marks[change->kind].colour, slice_of(marks[change->kind].text), 2);
	page_cell(page, severity_colour(change->severity), slice_of(severity_name(change->severity)), 9);
	page_cell(page, PLAIN, slice_of(drift_class_name(change->class)), 14);
	page_wrapped(page, 27, 6, change->path);
	strbuf_putc(page->into, '\n');
	put_details(page, change);
	put_origin(page, change);
	put_processes(page, change);
}

static void
put_changes(const struct page *page, const struct drift *drift)
{
	size_t shown = 0, more = 0;
	for (size_t i = 0; i < drift->change_count; i++) {
		bool other = i > 0 && drift->changes[i].class != drift->changes[i - 1].class;
		shown = other ? 0 : shown;
		if (shown++ < CHANGES_SHOWN)
			put_change(page, &drift->changes[i]);
		else
			more++;
	}
	if (more)
		strbuf_printf(page->into, "      and %zu more (--output json names all)\n", more);
}

static void
put_gap(const struct page *page, const struct drift_gap *gap)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (gap->path.n)
		strbuf_printf(&text, "%.*s: ", SLICE_ARG(gap->path));
	strbuf_put(&text, gap->reason);
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, YELLOW, SLICE("?"), 2);
	page_wrapped(page, 4, 6, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_outside(const struct page *page, const struct outside_mount *mount)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%.*s (%.*s): %zu program%s", SLICE_ARG(mount->place), SLICE_ARG(mount->kind), mount->programs, mount->programs == 1 ? "" : "s");
	strbuf_fill(page->into, ' ', 4);
	page_wrapped(page, 4, 6, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
describe(const struct drifted *one, struct strbuf *into)
{
	size_t changes = one->drift ? one->drift->change_count : 0, gaps = one->gaps.n + (one->drift ? one->drift->gap_count : 0);
	if (one->drift == NULL)
		strbuf_puts(into, "nothing can be told");
	else if (changes == 0)
		strbuf_puts(into, gaps ? "nothing is known to have changed" : "nothing has changed");
	else
		strbuf_printf(into, "%zu change%s, %zu of them at or above the severity", changes, changes == 1 ? "" : "s", one->failing);
	if (one->drift && one->baseline == BASELINE_LAYERS)
		strbuf_puts(into, ", against the layers below as they lie on this disk");
	if (gaps)
		strbuf_printf(into, "; %zu thing%s could not be told", gaps, gaps == 1 ? "" : "s");
	if (!one->running)
		strbuf_puts(into, "; it does not run");
}

static void
put_headline(const struct page *page, const struct drifted *one)
{
	static const struct { const char *word; enum colour colour; } words[] = {
		[RESULT_PASS] = { "PASS", GREEN }, [RESULT_UNKNOWN] = { "UNKNOWN", YELLOW }, [RESULT_FAIL] = { "DRIFT", RED },
	};
	const struct container *c = one->container;
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%s:%.*s", c->engine->name, SLICE_ARG(slice_first(c->id, 12)));
	if (c->name.n)
		strbuf_printf(&text, " %.*s", SLICE_ARG(c->name));
	if (c->image_name.n)
		strbuf_printf(&text, " (%.*s)", SLICE_ARG(c->image_name));
	strbuf_puts(&text, ": ");
	describe(one, &text);
	page_cell(page, words[one->result].colour, slice_of(words[one->result].word), 0);
	page_wrapped(page, strlen(words[one->result].word) + 1, 2, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_container(const struct page *page, const struct drifted *one)
{
	put_headline(page, one);
	if (one->drift)
		put_changes(page, one->drift);
	if (one->outside.n) {
		strbuf_puts(page->into, "  outside of the image\n");
		for (size_t i = 0; i < one->outside.n; i++)
			put_outside(page, &one->outside.at[i]);
	}
	for (size_t i = 0; i < one->gaps.n; i++)
		put_gap(page, &one->gaps.at[i]);
	for (size_t i = 0; one->drift && i < one->drift->gap_count; i++)
		put_gap(page, &one->drift->gaps[i]);
}

static void
write_text(const struct plim_drift *drift, const struct plim_report_options *options, struct strbuf *into)
{
	const struct page page = { into, options && options->columns ? options->columns : 80, options && options->colour };
	if (drift->n == 0)
		strbuf_puts(into, "There are no containers.\n");
	for (size_t i = 0; i < drift->n; i++) {
		strbuf_puts(into, i ? "\n" : "");
		put_container(&page, &drift->at[i]);
	}
}

const struct drift_writer drift_text = { .name = "text", .write = write_text };
