/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comment for a merge request: the verdict, what to do, what could not be
 * told.  Whatever an image or a policy chose stands in code spans, where it
 * can mention nobody, link nowhere and show no picture.
 */
#include "report/writer.h"

#include "base/date.h"

#define MOST_LINES 50
/* GitHub takes 65,536 characters.  What would lead beyond is only counted, which takes room itself. */
#define MOST_BYTES 60000
#define MOST_TEXT  300

/* A code span whose fence is longer than any run of backticks in it; a table's bar is written as GFM wants it. */
void
report_code(struct strbuf *into, struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	size_t run = 0, longest = 0;
	strbuf_put_printable(&shown, text);
	for (size_t i = 0; i < shown.n; i++) {
		run = shown.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	strbuf_fill(into, '`', longest + 1);
	strbuf_puts(into, longest ? " " : "");
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.p[i] == '|')
			strbuf_putc(into, '\\');
		strbuf_putc(into, shown.p[i]);
	}
	strbuf_puts(into, longest ? " " : "");
	strbuf_fill(into, '`', longest + 1);
}

static void
put_text(struct strbuf *into, struct slice text)
{
	report_code(into, slice_first_text(text, MOST_TEXT));
	strbuf_puts(into, text.n > MOST_TEXT ? " ..." : "");
}

static void
put_if(struct strbuf *into, const char *before, struct slice text)
{
	if (text.n == 0)
		return;
	strbuf_puts(into, before);
	put_text(into, text);
}

/* Unless it leads beyond the limit. */
static bool
put_line(struct strbuf *into, const struct strbuf *line, size_t limit)
{
	if (into->n + line->n > limit)
		return false;
	strbuf_put(into, strbuf_slice(line));
	return true;
}

static void
put_areas(struct strbuf *into, const struct verdict *v)
{
	strbuf_puts(into, "| area | result |\n| --- | --- |\n");
	for (enum area area = 0; area < AREA_COUNT; area++)
		if (v->areas[area].result != RESULT_NOT_REQUIRED)
			strbuf_printf(into, "| %s | %s |\n", area_name(area), result_name(v->areas[area].result));
	strbuf_putc(into, '\n');
}

static void
put_finding(struct strbuf *into, const struct finding *f)
{
	strbuf_printf(into, "| %s | ", severity_name(f->severity));
	put_text(into, f->title);
	put_if(into, "<br>", f->rule);
	strbuf_puts(into, " | ");
	put_if(into, "", f->evidence.package);
	put_if(into, " ", f->evidence.package_version);
	put_if(into, f->evidence.package.n ? "<br>" : "", f->evidence.path);
	put_if(into, " ", f->evidence.setting);
	put_if(into, "<br>made by ", f->evidence.instruction);
	strbuf_puts(into, " | ");
	put_if(into, "", f->fix_command.n ? f->fix_command : f->fix_version);
	strbuf_puts(into, " |\n");
}

static void
put_findings(struct strbuf *into, const struct verdict *v, enum action action, const char *title, size_t limit)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	size_t n = 0, shown = 0;
	for (size_t i = 0; i < v->finding_count; i++)
		n += v->findings[i].action == action;
	if (n == 0)
		return;
	strbuf_printf(into, "### %s (%zu)\n\n| severity | what | where | mend it |\n| --- | --- | --- | --- |\n", title, n);
	for (size_t i = 0; i < v->finding_count && shown < MOST_LINES; i++) {
		if (v->findings[i].action != action)
			continue;
		strbuf_clear(&line);
		put_finding(&line, &v->findings[i]);
		if (!put_line(into, &line, limit))
			break;
		shown++;
	}
	strbuf_putc(into, '\n');
	if (shown < n)
		strbuf_printf(into, "%zu more stand in the verdict.\n\n", n - shown);
}

static void
put_unknown(struct strbuf *into, const struct unknown *u)
{
	strbuf_printf(into, "- %s, ", area_name(u->area));
	put_text(into, u->kind);
	put_if(into, ": ", u->subject);
	put_if(into, ": ", u->reason);
	strbuf_putc(into, '\n');
}

static void
put_unknowns(struct strbuf *into, const struct verdict *v, size_t limit)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	size_t shown = 0;
	if (v->unknown_count == 0)
		return;
	strbuf_printf(into, "### Could not be told (%zu)\n\n", v->unknown_count);
	for (; shown < v->unknown_count && shown < MOST_LINES; shown++) {
		strbuf_clear(&line);
		put_unknown(&line, &v->unknowns[shown]);
		if (!put_line(into, &line, limit))
			break;
	}
	if (shown < v->unknown_count)
		strbuf_printf(into, "- %zu more stand in the verdict.\n", v->unknown_count - shown);
	strbuf_putc(into, '\n');
}

/* What others say of the image is shown: who merges may know better. */
static void
put_statements(struct strbuf *into, const struct verdict *v, size_t limit)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	size_t n = 0, shown = 0;
	for (size_t i = 0; i < v->waived_count; i++)
		n += v->waived[i].until == DATE_NONE;
	if (n == 0)
		return;
	strbuf_printf(into, "### Waived by VEX (%zu)\n\n", n);
	for (size_t i = 0; i < v->waived_count && shown < MOST_LINES; i++) {
		const struct waived *w = &v->waived[i];
		AUTO(strbuf) struct strbuf text = { 0 };
		if (w->until != DATE_NONE)
			continue;
		waived_describe(w, &text);
		strbuf_clear(&line);
		put_if(&line, "- ", w->finding.rule);
		put_if(&line, " ", w->finding.evidence.package);
		put_if(&line, ": ", strbuf_slice(&text));
		strbuf_putc(&line, '\n');
		if (!put_line(into, &line, limit))
			break;
		shown++;
	}
	if (shown < n)
		strbuf_printf(into, "- %zu more stand in the verdict.\n", n - shown);
	strbuf_putc(into, '\n');
}

static void
put_verdict(struct strbuf *into, const struct verdict *v, size_t limit)
{
	char digest[DIGEST_TEXT_SIZE];
	strbuf_printf(into, "## %s: %s\n\n", v->result == RESULT_PASS ? "PASS" : report_words(v->result), report_headline(v->result));
	AUTO(strbuf) struct strbuf title = { 0 };
	report_title(v, &title);
	put_text(into, strbuf_slice(&title));
	put_if(into, ", policy ", v->policy_name);
	strbuf_printf(into, " (`%s`)\n\n", digest_text(&v->policy_digest, digest));
	put_areas(into, v);
	put_findings(into, v, ACTION_FAIL, "To mend", limit);
	put_unknowns(into, v, limit);
	put_findings(into, v, ACTION_WARN, "Warnings", limit);
	put_statements(into, v, limit);
	if (v->waived_count)
		strbuf_printf(into, "%zu excepted. ", v->waived_count);
	if (v->expired_count + v->unused_count)
		strbuf_printf(into, "%zu exceptions expired, %zu unused.", v->expired_count, v->unused_count);
	if (v->unapproved_count)
		strbuf_printf(into, "%s%zu not approved.", v->waived_count + v->expired_count + v->unused_count ? " " : "", v->unapproved_count);
	strbuf_puts(into, v->waived_count + v->expired_count + v->unused_count + v->unapproved_count ? "\n\n" : "");
}

/* Each image has its part of the room: the first cannot hide what is wrong with the next. */
static void
write_markdown(const struct report *report, struct strbuf *into)
{
	size_t shown = 0;
	for (; shown < report->count && into->n < MOST_BYTES; shown++)
		put_verdict(into, report->verdicts[shown], into->n + (MOST_BYTES - into->n) / (report->count - shown));
	if (shown < report->count)
		strbuf_printf(into, "%zu more images stand in the verdict; the worst of all: %s.\n", report->count - shown, report_words(report->result));
}

const struct writer writer_markdown = { .name = "markdown", .write = write_markdown };
