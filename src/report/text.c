/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people: the verdict first, then area by area what fails, why, where it came from, how to mend it. */
#include "report/page.h"
#include "report/writer.h"

#include "base/date.h"

#include <stdio.h>

static enum colour
result_colour(enum result result)
{
	static const enum colour colours[] = {
		[RESULT_PASS] = GREEN, [RESULT_UNKNOWN] = YELLOW, [RESULT_FAIL] = RED, [RESULT_OUT_OF_SCOPE] = DIM, [RESULT_NOT_REQUIRED] = DIM,
	};
	return colours[result];
}

static void
put_headline(const struct page *page, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	report_title(v, &name);
	size_t at = page_cell(page, result_colour(v->result), slice_of(v->result == RESULT_PASS ? "PASS" : report_words(v->result)), 0);
	page_wrapped(page, at, 4, strbuf_slice(&name));
	strbuf_putc(page->into, '\n');
	strbuf_fill(page->into, ' ', 4);
	page_wrapped(page, 4, 4, slice_of(report_headline(v->result)));
	strbuf_puts(page->into, "\n\n");
}

static void
put_fact(const struct page *page, const char *label, const struct strbuf *text)
{
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, DIM, slice_of(label), 11);
	page_wrapped(page, 13, 13, strbuf_slice(text));
	strbuf_putc(page->into, '\n');
}

/* What is mounted in a host's root is not judged: that it is not must be seen. */
static void
put_left_out(const struct page *page, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (v->left_out_count == 0)
		return;
	for (size_t i = 0; i < v->left_out_count; i++) {
		strbuf_puts(&text, i ? ", " : "");
		strbuf_put(&text, v->left_out[i].path);
		if (v->left_out[i].type.n)
			strbuf_printf(&text, " (%.*s)", SLICE_ARG(v->left_out[i].type));
	}
	put_fact(page, "left out", &text);
}

static void
put_os(const struct page *page, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	report_os(&v->os, &text);
	put_fact(page, "system", &text);
	strbuf_clear(&text);
	for (size_t i = 0; i < v->package_type_count; i++)
		strbuf_printf(&text, "%zu %.*s packages, ", v->packages[i].count, SLICE_ARG(v->packages[i].type));
	if (v->package_type_count == 0)
		strbuf_puts(&text, "no packages, ");
	strbuf_printf(&text, "%zu file%s", v->file_count, v->file_count == 1 ? "" : "s");
	if (v->image)
		strbuf_printf(&text, " in %zu layer%s", v->image->layer_count, v->image->layer_count == 1 ? "" : "s");
	if (v->unaccounted_count)
		strbuf_printf(&text, ", %zu that start%s or are loaded and belong%s to no package", v->unaccounted_count, v->unaccounted_count == 1 ? "s" : "",
		              v->unaccounted_count == 1 ? "s" : "");
	if (v->unsearched_count)
		strbuf_printf(&text, ", %zu text%s too long to be searched for secrets at level standard", v->unsearched_count, v->unsearched_count == 1 ? "" : "s");
	put_fact(page, "content", &text);
	put_left_out(page, v);
}

static void
put_inputs(const struct page *page, const struct verdict *v)
{
	char when[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%.*s, evaluated at %s", SLICE_ARG(v->policy_name), date_text(v->evaluated_at, when));
	put_fact(page, "policy", &text);
	strbuf_clear(&text);
	if (v->destination.n) {
		strbuf_put(&text, v->destination);
		put_fact(page, "goes to", &text);
		strbuf_clear(&text);
	}
	int64_t newest = DATE_NONE;
	for (size_t i = 0; i < v->feed_count; i++)
		if (v->feeds[i].snapshot > newest)
			newest = v->feeds[i].snapshot;
	if (v->data_digest.algorithm == DIGEST_NONE)
		strbuf_puts(&text, "none; `plimsoll db update` fetches it");
	else
		strbuf_printf(&text, "%zu feed%s, newest of %s%s", v->feed_count, v->feed_count == 1 ? "" : "s",
		              newest == DATE_NONE ? "unknown date" : date_day_text(date_day(newest), when),
		              v->data_is_sample ? " (sample data, not for judging)" : "");
	put_fact(page, "advisories", &text);
	if (v->since.algorithm == DIGEST_NONE)
		return;
	strbuf_clear(&text);
	strbuf_printf(&text, "an older verdict, which had %zu finding%s that would fail", v->known_count, v->known_count == 1 ? "" : "s");
	put_fact(page, "since", &text);
}

static void
add_count(struct strbuf *text, size_t count, const char *words)
{
	if (count)
		strbuf_printf(text, "%s%zu %s", text->n ? ", " : "", count, words);
}

static void
put_area_line(const struct page *page, const struct verdict *v, enum area area)
{
	const struct area_state *state = &v->areas[area];
	struct report_tally tally = report_tally(v, area);
	AUTO(strbuf) struct strbuf text = { 0 };
	add_count(&text, tally.fail, tally.fail == 1 ? "failure" : "failures");
	add_count(&text, tally.warn, tally.warn == 1 ? "warning" : "warnings");
	add_count(&text, tally.unknown, "unknown");
	if (state->note.n)
		strbuf_printf(&text, "%s%.*s", text.n ? "; " : "", SLICE_ARG(state->note));
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, PLAIN, slice_of(report_area_title(area)), 17);
	if (text.n == 0) {
		page_cell(page, result_colour(state->result), slice_of(report_words(state->result)), 0);
		page->into->n -= page->into->p[page->into->n - 1] == ' ';
		page->into->p[page->into->n] = '\0';
	} else {
		page_cell(page, result_colour(state->result), slice_of(report_words(state->result)), 13);
		page_wrapped(page, 32, 32, strbuf_slice(&text));
	}
	strbuf_putc(page->into, '\n');
}

static enum colour
severity_colour(enum severity severity)
{
	if (severity >= SEVERITY_HIGH)
		return RED;
	return severity == SEVERITY_MEDIUM ? YELLOW : PLAIN;
}

/* Of an instruction: the verdict has all of it. */
#define INSTRUCTION_MOST 300

/* Where it came from: package, path, layer, instruction, base or application. */
static void
put_origin(const struct page *page, const struct evidence *e)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (e->path.n)
		strbuf_put(&text, e->path);
	if (e->layer != UINT32_MAX)
		strbuf_printf(&text, "%slayer %u", text.n ? ", " : "", e->layer);
	if (origin_name(e->origin))
		strbuf_printf(&text, " (%s)", origin_name(e->origin));
	struct slice made = slice_first_text(e->instruction, INSTRUCTION_MOST);
	if (made.n)
		strbuf_printf(&text, ": %.*s%s", SLICE_ARG(made), made.n < e->instruction.n ? " ..." : "");
	page_labelled(page, 6, "from", text.n ? strbuf_slice(&text) : SLICE_NONE);
}

static void
put_mending(const struct page *page, const struct finding *f)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (f->fix_version.n)
		strbuf_printf(&text, "%.*s %.*s", SLICE_ARG(f->evidence.package), SLICE_ARG(f->fix_version));
	if (f->fix_command.n)
		strbuf_printf(&text, "%s%.*s", text.n ? ": " : "", SLICE_ARG(f->fix_command));
	page_labelled(page, 6, "fix", text.n ? strbuf_slice(&text) : SLICE_NONE);
}

/* What a setting of the image is called, its title says. */
static void
put_found(const struct page *page, const struct finding *f)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (f->area != AREA_METADATA)
		strbuf_put(&text, f->evidence.setting);
	if (f->evidence.detail.n)
		strbuf_printf(&text, "%s%.*s%s", text.n ? " (" : "", SLICE_ARG(f->evidence.detail), text.n ? ")" : "");
	page_labelled(page, 6, "found", text.n ? strbuf_slice(&text) : SLICE_NONE);
}

static void
put_finding(const struct page *page, const struct finding *f)
{
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, f->action == ACTION_FAIL ? RED : YELLOW, slice_of(f->action == ACTION_FAIL ? "FAIL" : "warn"), 5);
	page_cell(page, severity_colour(f->severity), slice_of(severity_name(f->severity)), 11);
	page_wrapped(page, 18, 18, f->title.n ? f->title : f->rule);
	strbuf_putc(page->into, '\n');
	page_labelled(page, 6, "rule", f->rule);
	page_labelled(page, 6, "why", f->message);
	put_found(page, f);
	put_origin(page, &f->evidence);
	put_mending(page, f);
}

static void
put_unknown(const struct page *page, const struct unknown *u)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%.*s%s%.*s", SLICE_ARG(u->subject), u->subject.n ? ": " : "", SLICE_ARG(u->reason));
	if (u->layer != UINT32_MAX)
		strbuf_printf(&text, " (layer %u)", u->layer);
	strbuf_fill(page->into, ' ', 2);
	/* What the policy takes for a failure is shown as one. */
	const char *words[] = { [ACTION_WARN] = "warn", [ACTION_UNKNOWN] = "?", [ACTION_FAIL] = "FAIL" };
	size_t at = 2 + page_cell(page, u->action == ACTION_FAIL ? RED : YELLOW, slice_of(words[u->action]), 5);
	at += page_cell(page, PLAIN, u->kind, 16);
	page_wrapped(page, at, 23, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

static void
put_area(const struct page *page, const struct verdict *v, enum area area)
{
	struct report_tally tally = report_tally(v, area);
	if (tally.fail + tally.warn + tally.unknown == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, slice_of(report_area_title(area)));
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].area == area)
			put_finding(page, &v->findings[i]);
	for (size_t i = 0; i < v->unknown_count; i++)
		if (v->unknowns[i].area == area)
			put_unknown(page, &v->unknowns[i]);
}

static void
put_exception(const struct page *page, const char *word, const struct exception_note *note)
{
	char day[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_printf(&text, "%.*s%s%.*s: %.*s (%.*s%s%.*s", SLICE_ARG(note->rule), note->rule.n && note->id.n ? " " : "",
	              SLICE_ARG(note->id), SLICE_ARG(note->reason), SLICE_ARG(note->owner), note->ticket.n ? ", " : "", SLICE_ARG(note->ticket));
	strbuf_printf(&text, "%s%s)", note->until == DATE_NONE ? "" : ", until ", date_day_text(note->until, day));
	if (note->lacking.n)
		strbuf_printf(&text, ": %.*s", SLICE_ARG(note->lacking));
	strbuf_fill(page->into, ' ', 2);
	page_cell(page, YELLOW, slice_of(word), 9);
	page_wrapped(page, 11, 18, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
}

/* A few of them; the JSON has more. */
#define STATEMENTS_SHOWN 10

static void
put_statements(const struct page *page, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (v->vex_documents == 0)
		return;
	strbuf_printf(&text, "%zu of %zu statements of VEX, in %zu documents, are about what was found", v->vex_used, v->vex_statements, v->vex_documents);
	strbuf_fill(page->into, ' ', 2);
	page_wrapped(page, 2, 2, strbuf_slice(&text));
	strbuf_putc(page->into, '\n');
	for (size_t i = 0; i < v->vex_unused_count && i < STATEMENTS_SHOWN; i++) {
		const struct statement_unused *u = &v->vex_unused[i];
		const struct exception_note note = { u->vulnerability, u->product, u->reason, u->status, u->source, DATE_NONE };
		put_exception(page, "unused", &note);
	}
}

static void
put_exceptions(const struct page *page, const struct verdict *v)
{
	if (v->waived_count + v->unused_count + v->expired_count + v->unapproved_count + v->vex_documents == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, SLICE("exceptions"));
	for (size_t i = 0; i < v->waived_count; i++) {
		const struct waived *w = &v->waived[i];
		const struct evidence *e = &w->finding.evidence;
		struct slice subject = e->package.n ? e->package : e->path.n ? e->path : e->setting;
		struct exception_note note = { w->finding.rule, subject, w->reason, w->owner, w->ticket, w->until };
		put_exception(page, "waived", &note);
	}
	for (size_t i = 0; i < v->expired_count; i++)
		put_exception(page, "expired", &v->expired[i]);
	for (size_t i = 0; i < v->unapproved_count; i++)
		put_exception(page, "unapproved", &v->unapproved[i]);
	for (size_t i = 0; i < v->unused_count; i++)
		put_exception(page, "unused", &v->unused[i]);
	put_statements(page, v);
}

static void
put_explanations(const struct page *page, const struct verdict *v)
{
	if (v->explanation_count == 0)
		return;
	strbuf_putc(page->into, '\n');
	page_title(page, SLICE("explained"));
	for (size_t i = 0; i < v->explanation_count; i++) {
		const struct match_reason *e = &v->explanations[i];
		AUTO(strbuf) struct strbuf text = { 0 };
		strbuf_printf(&text, "%.*s %.*s: %.*s: %.*s (%.*s)", SLICE_ARG(e->package), SLICE_ARG(e->version), SLICE_ARG(e->id), SLICE_ARG(e->reason),
		              SLICE_ARG(e->feed));
		strbuf_fill(page->into, ' ', 2);
		page_cell(page, e->applies ? RED : GREEN, slice_of(e->applies ? "applies" : "does not"), 9);
		page_wrapped(page, 11, 18, strbuf_slice(&text));
		strbuf_putc(page->into, '\n');
	}
}

static void
put_verdict(const struct page *page, const struct verdict *v)
{
	put_headline(page, v);
	put_os(page, v);
	put_inputs(page, v);
	strbuf_putc(page->into, '\n');
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (area != AREA_ORIGIN || v->areas[area].result != RESULT_NOT_REQUIRED)
			put_area_line(page, v, area);
	for (enum area area = 0; area < AREA_COUNT; area++)
		put_area(page, v, area);
	put_exceptions(page, v);
	put_explanations(page, v);
}

static void
write_text(const struct report *report, struct strbuf *into)
{
	struct page page = { into, report->columns < 40 ? 40 : report->columns, report->colour };
	for (size_t i = 0; i < report->count; i++) {
		if (i > 0)
			strbuf_putc(into, '\n');
		put_verdict(&page, report->verdicts[i]);
	}
	if (report->count > 1) {
		strbuf_putc(into, '\n');
		page_cell(&page, result_colour(report->result), slice_of(report_words(report->result)), 0);
		strbuf_printf(into, "over all %zu images\n", report->count);
	}
}

const struct writer writer_text = { .name = "text", .write = write_text };
