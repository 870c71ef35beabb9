/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comment for a merge request: the verdict, what to do, what could not be
 * told.  Whatever an image or a policy chose stands in code spans, where it
 * can mention nobody, link nowhere and show no picture.
 */
#include "report/writer.h"

#define MOST_LINES 50

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
put_if(struct strbuf *into, const char *before, struct slice text)
{
	if (text.n == 0)
		return;
	strbuf_puts(into, before);
	report_code(into, text);
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
	report_code(into, f->title);
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
put_findings(struct strbuf *into, const struct verdict *v, enum action action, const char *title)
{
	size_t n = 0;
	for (size_t i = 0; i < v->finding_count; i++)
		n += v->findings[i].action == action;
	if (n == 0)
		return;
	strbuf_printf(into, "### %s (%zu)\n\n| severity | what | where | mend it |\n| --- | --- | --- | --- |\n", title, n);
	size_t shown = 0;
	for (size_t i = 0; i < v->finding_count && shown < MOST_LINES; i++)
		if (v->findings[i].action == action) {
			put_finding(into, &v->findings[i]);
			shown++;
		}
	strbuf_putc(into, '\n');
	if (shown < n)
		strbuf_printf(into, "%zu more stand in the verdict.\n\n", n - shown);
}

static void
put_unknowns(struct strbuf *into, const struct verdict *v)
{
	if (v->unknown_count)
		strbuf_printf(into, "### Could not be told (%zu)\n\n", v->unknown_count);
	for (size_t i = 0; i < v->unknown_count && i < MOST_LINES; i++) {
		strbuf_printf(into, "- %s, ", area_name(v->unknowns[i].area));
		report_code(into, v->unknowns[i].kind);
		put_if(into, ": ", v->unknowns[i].subject);
		put_if(into, ": ", v->unknowns[i].reason);
		strbuf_putc(into, '\n');
	}
	if (v->unknown_count > MOST_LINES)
		strbuf_printf(into, "- %zu more stand in the verdict.\n", v->unknown_count - MOST_LINES);
	strbuf_puts(into, v->unknown_count ? "\n" : "");
}

static void
put_verdict(struct strbuf *into, const struct verdict *v)
{
	char digest[DIGEST_TEXT_SIZE];
	strbuf_printf(into, "## %s: %s\n\n", v->result == RESULT_PASS ? "PASS" : report_words(v->result), report_headline(v->result));
	AUTO(strbuf) struct strbuf title = { 0 };
	report_title(v, &title);
	report_code(into, strbuf_slice(&title));
	put_if(into, ", policy ", v->policy_name);
	strbuf_printf(into, " (`%s`)\n\n", digest_text(&v->policy_digest, digest));
	put_areas(into, v);
	put_findings(into, v, ACTION_FAIL, "To mend");
	put_unknowns(into, v);
	put_findings(into, v, ACTION_WARN, "Warnings");
	if (v->waived_count)
		strbuf_printf(into, "%zu excepted. ", v->waived_count);
	if (v->expired_count + v->unused_count)
		strbuf_printf(into, "%zu exceptions expired, %zu unused.", v->expired_count, v->unused_count);
	strbuf_puts(into, v->waived_count + v->expired_count + v->unused_count ? "\n\n" : "");
}

static void
write_markdown(const struct report *report, struct strbuf *into)
{
	for (size_t i = 0; i < report->count; i++)
		put_verdict(into, report->verdicts[i]);
}

const struct writer writer_markdown = { .name = "markdown", .write = write_markdown };
