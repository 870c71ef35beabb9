/* SPDX-License-Identifier: Apache-2.0 */
/* The comparison for people: what it comes to, what nothing explains, then part by part what changed; files by what explains them. */
#include "report/comparison.h"
#include "report/page.h"

#include "base/auto.h"

/* Of the files that one input explains so many are named; JSON has all. */
#define FILES_SHOWN 10

static const struct mark {
	const char *text;
	enum colour colour;
} marks[] = { [CHANGE_ADDED] = { "+", GREEN }, [CHANGE_REMOVED] = { "-", RED }, [CHANGE_CHANGED] = { "~", YELLOW } };

static void
put_mark(const struct page *page, enum change_kind kind)
{
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, marks[kind].colour, slice_of(marks[kind].text), 2);
}

/* "libssl3 3.0.11-1 -> 3.0.13-1", "mode 0644 -> 0755": a digest is only told to differ. */
static void
add_detail(struct strbuf *text, const struct detail *detail)
{
	struct slice old = slice_first(detail->old, 160), new = slice_first(detail->new, 160);
	strbuf_puts(text, text->n ? ", " : "");
	strbuf_put_printable(text, detail->what);
	if (slice_is(detail->what, "content") || slice_is(detail->what, "digest"))
		return;
	strbuf_putc(text, ' ');
	if (detail->old.p)
		strbuf_put_printable(text, old.n ? old : SLICE("\"\""));
	if (detail->old.p && detail->new.p)
		strbuf_puts(text, " -> ");
	if (detail->new.p)
		strbuf_put_printable(text, new.n ? new : SLICE("\"\""));
}

static void
add_details(struct strbuf *text, const struct change *change)
{
	for (size_t i = 0; i < change->detail_count; i++)
		if (change->kind == CHANGE_CHANGED || change->part != PART_FILES || !slice_is(change->details[i].what, "content"))
			add_detail(text, &change->details[i]);
	if (change->part == PART_METADATA && change->kind == CHANGE_CHANGED && change->detail_count == 0)
		strbuf_puts(text, "its value, which is never shown");
}

/* Its digest says nothing to people: what made it does. */
static void
put_layer(const struct page *page, const struct change *change)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	strbuf_printf(&line, "layer %u: ", change->layer);
	strbuf_put_printable(&line, change->instruction.n ? change->instruction : SLICE("what made it is not known"));
	put_mark(page, change->kind);
	page_wrapped(page, 4, 6, strbuf_slice(&line));
	strbuf_putc(page->into, '\n');
}

static void
put_change(const struct page *page, const struct change *change)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	AUTO(strbuf) struct strbuf details = { 0 };
	if (change->part == PART_LAYERS && slice_is(change->group, "layer")) {
		put_layer(page, change);
		return;
	}
	put_mark(page, change->kind);
	if (change->part != PART_FILES && change->part != PART_LAYERS)
		strbuf_printf(&line, "%.*s ", SLICE_ARG(change->group));
	strbuf_put_printable(&line, change->subject);
	add_details(&details, change);
	if (details.n)
		strbuf_printf(&line, ": %.*s", SLICE_ARG(strbuf_slice(&details)));
	page_wrapped(page, 4, 6, strbuf_slice(&line));
	strbuf_putc(page->into, '\n');
}

static void
put_count(struct strbuf *text, size_t n, const char *word)
{
	if (n)
		strbuf_printf(text, "%s%zu %s", text->n ? ", " : "", n, word);
}

static void
put_part_line(const struct page *page, const struct diff *diff, enum diff_part part)
{
	const struct part_count *counts = &diff->counts[part];
	AUTO(strbuf) struct strbuf text = { 0 };
	put_count(&text, counts->added, part == PART_FINDINGS ? "new" : "added");
	put_count(&text, counts->removed, part == PART_FINDINGS ? "gone" : "removed");
	put_count(&text, counts->changed, "changed");
	if (counts->unexplained)
		strbuf_printf(&text, "; %zu unexplained", counts->unexplained);
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, PLAIN, slice_of(part_names[part]), 10);
	if (counts->not_compared.n)
		strbuf_printf(&text, "not compared: %.*s", SLICE_ARG(counts->not_compared));
	if (text.n == 0)
		strbuf_puts(&text, diff->gap_count ? "nothing is known to differ" : "the same");
	page_wrapped(page, 12, 12, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_origin(const struct page *page, const struct change *change)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (change->layer == UINT32_MAX)
		return;
	strbuf_printf(&text, "layer %u", change->layer);
	if (change->instruction.n)
		strbuf_printf(&text, ": %.*s", SLICE_ARG(change->instruction));
	page_labelled(page, 6, "from", strbuf_slice(&text));
}

static void
put_unexplained(const struct page *page, const struct diff *diff)
{
	if (diff_unexplained(diff) == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, SLICE("nothing explains"));
	for (size_t i = 0; i < diff->change_count; i++) {
		const struct change *change = &diff->changes[i];
		if (change->part != PART_FILES || change->cause != CAUSE_NONE)
			continue;
		put_change(page, change);
		put_origin(page, change);
	}
}

static void
put_gap(const struct page *page, const struct diff_gap *gap)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, gap->of_new ? "new" : "old");
	if (gap->layer != UINT32_MAX)
		strbuf_printf(&text, ", layer %u", gap->layer);
	if (gap->path.n)
		strbuf_printf(&text, ", %.*s", SLICE_ARG(gap->path));
	strbuf_printf(&text, ": %.*s", SLICE_ARG(gap->reason));
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, YELLOW, SLICE("?"), 2);
	page_cell(page, PLAIN, gap->kind, 12);
	page_wrapped(page, 16, 16, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_gaps(const struct page *page, const struct diff *diff)
{
	if (diff->gap_count == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, SLICE("could not be read"));
	for (size_t i = 0; i < diff->gap_count; i++)
		put_gap(page, &diff->gaps[i]);
}

static void
put_part(const struct page *page, const struct diff *diff, enum diff_part part)
{
	const struct part_count *counts = &diff->counts[part];
	if (counts->added + counts->removed + counts->changed == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, slice_of(part_names[part]));
	for (size_t i = 0; i < diff->change_count; i++)
		if (diff->changes[i].part == part)
			put_change(page, &diff->changes[i]);
}

/* Files that are explained, by cause and input: as many runs as there are inputs. */

static int
order_explained(const void *left, const void *right)
{
	const struct change *a = *(const struct change *const *)left, *b = *(const struct change *const *)right;
	int order = ((int)a->cause > (int)b->cause) - ((int)a->cause < (int)b->cause);
	order = order ? order : slice_cmp(a->input, b->input);
	return order ? order : slice_cmp(a->subject, b->subject);
}

static void
put_input(const struct page *page, const struct change *first, size_t n)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_put(&text, first->input);
	strbuf_printf(&text, ": %zu file%s", n, n == 1 ? "" : "s");
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, DIM, slice_of(cause_names[first->cause]), 0);
	page_wrapped(page, 3 + strlen(cause_names[first->cause]), 6, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_run(const struct page *page, const struct change *const *run, size_t n)
{
	put_input(page, run[0], n);
	for (size_t i = 0; i < n && i < FILES_SHOWN; i++) {
		strbuf_fill(page->into, ' ', 2);
		put_change(page, run[i]);
	}
	if (n > FILES_SHOWN)
		strbuf_printf(page->into, "      and %zu more (--output json names all)\n", n - FILES_SHOWN);
}

static void
put_explained(const struct page *page, const struct diff *diff)
{
	AUTO(free) const struct change **explained = calloc(diff->change_count + 1, sizeof *explained);
	size_t n = 0;
	for (size_t i = 0; explained && i < diff->change_count; i++)
		if (diff->changes[i].part == PART_FILES && diff->changes[i].cause != CAUSE_NONE)
			explained[n++] = &diff->changes[i];
	page->into->failed |= explained == NULL;
	if (n == 0)
		return;
	qsort(explained, n, sizeof *explained, order_explained);
	strbuf_putc(page->into, '\n');
	page_title(page, SLICE("files that are explained"));
	for (size_t i = 0, run = 1; i < n; i += run, run = 1) {
		while (i + run < n && explained[i + run]->cause == explained[i]->cause && slice_eq(explained[i + run]->input, explained[i]->input))
			run++;
		put_run(page, explained + i, run);
	}
}

/* What the comparison comes to. */

static enum colour
headline_colour(const struct comparison *comparison)
{
	if (comparison->result == RESULT_FAIL)
		return RED;
	return comparison->result == RESULT_UNKNOWN || comparison_unexplained(comparison) ? YELLOW : GREEN;
}

static void
describe(const struct comparison *comparison, struct strbuf *into)
{
	size_t unexplained = comparison_unexplained(comparison), changes = 0, gaps = 0;
	for (size_t i = 0; i < comparison->count; i++) {
		const struct diff *diff = comparison->pairs[i].diff;
		for (size_t part = 0; diff && part < PART_COUNT; part++)
			changes += diff->counts[part].added + diff->counts[part].removed + diff->counts[part].changed;
		changes += diff == NULL;
		gaps += diff ? diff->gap_count : 0;
	}
	if (changes == 0)
		strbuf_puts(into, gaps ? "Nothing is known to have changed" : "Nothing has changed");
	else if (unexplained == 0)
		strbuf_puts(into, "Every change of a file is explained");
	else
		strbuf_printf(into, "%zu change%s that nothing explains", unexplained, unexplained == 1 ? "" : "s");
	strbuf_puts(into, gaps ? ", but not all could be read." : ".");
}

static void
put_headline(const struct page *page, const struct comparison *comparison)
{
	static const char *const words[] = { [RESULT_FAIL] = "FAIL", [RESULT_UNKNOWN] = "CANNOT TELL", [RESULT_PASS] = "COMPARED" };
	AUTO(strbuf) struct strbuf text = { 0 };
	size_t at = page_cell(page, headline_colour(comparison), slice_of(words[comparison->result]), 0);
	strbuf_put(&text, comparison->old_target);
	strbuf_puts(&text, " -> ");
	strbuf_put(&text, comparison->new_target);
	page_wrapped(page, at, 4, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
	strbuf_clear(&text);
	describe(comparison, &text);
	strbuf_fill(page->into, ' ', 4);
	page_wrapped(page, 4, 4, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_verdict(const struct page *page, const struct diff *diff)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%s -> %s, by %.*s", result_name(diff->old_result), result_name(diff->new_result), SLICE_ARG(diff->policy_name));
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, PLAIN, SLICE("verdict"), 10);
	page_wrapped(page, 12, 12, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_diff(const struct page *page, const struct diff *diff)
{
	strbuf_putc(page->into, '\n');
	for (enum diff_part part = 0; part < PART_COUNT; part++)
		put_part_line(page, diff, part);
	put_verdict(page, diff);
	put_unexplained(page, diff);
	put_gaps(page, diff);
	for (enum diff_part part = 0; part < PART_COUNT; part++)
		if (part != PART_FILES)
			put_part(page, diff, part);
	put_explained(page, diff);
}

static void
put_pair(const struct page *page, const struct comparison *comparison, const struct compared *pair)
{
	if (comparison->count > 1 && pair->platform.n) {
		strbuf_putc(page->into, '\n');
		page_title(page, pair->platform);
	}
	if (pair->diff) {
		put_diff(page, pair->diff);
		return;
	}
	put_mark(page, pair->of_new ? CHANGE_ADDED : CHANGE_REMOVED);
	page_wrapped(page, 4, 4, pair->of_new ? SLICE("an image for a platform that the old target has not") : SLICE("the new target has no image for it"));
	strbuf_putc(page->into, '\n');
}

static void
write_text(const struct comparison *comparison, struct strbuf *into)
{
	struct page page = { into, comparison->columns < 40 ? 40 : comparison->columns, comparison->colour };
	put_headline(&page, comparison);
	for (size_t i = 0; i < comparison->count; i++)
		put_pair(&page, comparison, &comparison->pairs[i]);
}

const struct comparison_writer comparison_text = { .name = "text", .write = write_text };
