/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page that needs nothing else: style and script are in it, named by
 * their digests in its policy, so that nothing which an image says could ever
 * run.  It is read without the script, in both colour schemes, and on paper.
 */
#include "report/html.h"

#include "base/date.h"
#include "codec/base64.h"
#include "policy/embedded.h"

extern const struct embedded_file embedded_html[];    /* of html/ */

/* Text. */

void
html_code(struct strbuf *into, struct slice text)
{
	strbuf_puts(into, "<code>");
	report_markup(into, text);
	strbuf_puts(into, "</code>");
}

static void
put_row(struct strbuf *into, const char *label, struct slice text, void put(struct strbuf *into, struct slice text))
{
	if (text.n == 0)
		return;
	strbuf_printf(into, "<dt>%s</dt><dd>", label);
	put(into, text);
	strbuf_puts(into, "</dd>\n");
}

void
html_row(struct strbuf *into, const char *label, struct slice text)
{
	put_row(into, label, text, report_markup);
}

void
html_code_row(struct strbuf *into, const char *label, struct slice text)
{
	put_row(into, label, text, html_code);
}

void
html_word(struct strbuf *into, const char *class, const char *word)
{
	strbuf_printf(into, "<span class=\"word %s\">%s</span>", class, word);
}

void
html_size(struct strbuf *into, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes / 1024;
	size_t unit = 0;
	if (bytes < 1024) {
		strbuf_printf(into, "%u B", (unsigned)bytes);
		return;
	}
	for (; size >= 1023.95 && unit + 1 < sizeof units / sizeof *units; unit++)
		size /= 1024;
	strbuf_printf(into, "%.1f %s", size, units[unit]);
}

/* The head. */

static struct slice
part(const char *name)
{
	const struct embedded_file *file = embedded_html;
	while (file->name && strcmp(file->name, name) != 0)
		file++;
	return file->name ? embedded_text(file) : SLICE("");
}

static void
put_source(struct strbuf *into, const char *directive, const char *name)
{
	struct digest digest = digest_of(part(name));
	strbuf_printf(into, "; %s 'sha256-", directive);
	base64_put(BASE64_STANDARD, (struct slice){ (const char *)digest.bytes, 32 }, into);
	strbuf_putc(into, '\'');
}

static void
put_title(struct strbuf *into, const struct report *report)
{
	AUTO(strbuf) struct strbuf title = { 0 };
	if (report->count == 1)
		report_title(report->verdicts[0], &title);
	else
		strbuf_put(&title, report->target);
	strbuf_printf(into, "<title>%s: ", report_words(report->result));
	report_markup(into, strbuf_slice(&title));
	strbuf_puts(into, "</title>\n");
}

void
html_head(struct strbuf *into, const struct report *report, const char *script)
{
	strbuf_puts(into, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'");
	put_source(into, "style-src", "style");
	if (script)
		put_source(into, "script-src", script);
	strbuf_puts(into, "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	put_title(into, report);
	strbuf_puts(into, "<style>");
	strbuf_put(into, part("style"));
	strbuf_puts(into, "</style>\n</head>\n");
}

/* The filters. */

static void
put_option(struct strbuf *into, const char *value, const char *shown)
{
	strbuf_printf(into, "<option value=\"%s\">%s</option>", value, shown);
}

static void
select_begin(struct strbuf *into, const char *label, const char *name)
{
	strbuf_printf(into, "<label>%s<select name=\"%s\">", label, name);
	put_option(into, "", "all");
}

static void
select_end(struct strbuf *into)
{
	strbuf_puts(into, "</select></label>\n");
}

static void
put_layer_select(struct strbuf *into, const struct report *report)
{
	size_t most = 0;
	for (size_t i = 0; i < report->count; i++)
		most = report->verdicts[i]->layer_count > most ? report->verdicts[i]->layer_count : most;
	select_begin(into, "Layer", "layer");
	for (size_t i = 0; i < most; i++)
		strbuf_printf(into, "<option value=\"%zu\">%zu</option>", i, i);
	select_end(into);
}

static void
put_filters(struct strbuf *into, const struct report *report)
{
	strbuf_puts(into, "<form id=\"filters\" hidden aria-label=\"Filter what was found\">\n");
	select_begin(into, "Area", "area");
	for (enum area area = 0; area < AREA_COUNT; area++)
		put_option(into, area_name(area), report_area_title(area));
	select_end(into);
	select_begin(into, "Severity", "severity");
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_UNKNOWN; severity--)
		put_option(into, severity_name((enum severity)severity), severity_name((enum severity)severity));
	select_end(into);
	select_begin(into, "Action", "action");
	put_option(into, action_name(ACTION_FAIL), "fails");
	put_option(into, action_name(ACTION_UNKNOWN), "cannot tell");
	put_option(into, action_name(ACTION_WARN), "warns");
	select_end(into);
	put_layer_select(into, report);
	select_begin(into, "Brought by", "origin");
	put_option(into, origin_name(ORIGIN_BASE), origin_name(ORIGIN_BASE));
	put_option(into, origin_name(ORIGIN_APPLICATION), origin_name(ORIGIN_APPLICATION));
	select_end(into);
	strbuf_puts(into, "<label>Text<input type=\"search\" name=\"text\"></label>\n<button type=\"reset\">Show all</button>\n"
	                  "<output aria-live=\"polite\"></output>\n</form>\n");
}

/* One image. */

const char *
html_result_class(enum result result)
{
	return result >= RESULT_PASS ? result_name(result) : "quiet";
}

static const char *
result_words(enum result result)
{
	return result == RESULT_PASS ? "PASS" : report_words(result);
}

static void
put_digest_row(struct strbuf *into, const char *label, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	html_code_row(into, label, slice_of(digest_text(digest, text)));
}

static void
put_content(struct strbuf *into, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < v->package_type_count; i++)
		strbuf_printf(&text, "%zu %.*s packages, ", v->packages[i].count, SLICE_ARG(v->packages[i].type));
	strbuf_printf(&text, "%s%zu file%s", v->package_type_count ? "" : "no packages, ", v->file_count, v->file_count == 1 ? "" : "s");
	html_row(into, "Content", strbuf_slice(&text));
}

static void
put_data(struct strbuf *into, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (v->data_digest.algorithm == DIGEST_NONE)
		strbuf_puts(&text, "none");
	else
		strbuf_printf(&text, "%zu feed%s%s", v->feed_count, v->feed_count == 1 ? "" : "s", v->data_is_sample ? ", sample data, not for judging" : "");
	html_row(into, "Advisories", strbuf_slice(&text));
}

static void
put_facts(struct strbuf *into, const struct verdict *v)
{
	char text[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf os = { 0 };
	report_os(&v->os, &os);
	strbuf_puts(into, "<dl>\n");
	html_row(into, "System", strbuf_slice(&os));
	put_content(into, v);
	html_code_row(into, "Policy", v->policy_name);
	html_code_row(into, "Goes to", v->destination);
	put_data(into, v);
	html_row(into, "Evaluated at", slice_of(date_text(v->evaluated_at, text)));
	strbuf_puts(into, "</dl>\n");
}

static void
put_feeds(struct strbuf *into, const struct verdict *v)
{
	char day[DATE_TEXT_SIZE];
	if (v->feed_count == 0)
		return;
	strbuf_puts(into, "<dt>Feeds</dt><dd><ul class=\"feeds\">");
	for (size_t i = 0; i < v->feed_count; i++) {
		strbuf_puts(into, "<li>");
		report_markup(into, v->feeds[i].name);
		strbuf_printf(into, ", %s</li>", v->feeds[i].snapshot == DATE_NONE ? "no date" : date_day_text(date_day(v->feeds[i].snapshot), day));
	}
	strbuf_puts(into, "</ul></dd>\n");
}

/* What the verdict is about and was made from: with these it can be made again. */
static void
put_inputs(struct strbuf *into, const struct verdict *v)
{
	strbuf_puts(into, "<h3>Inputs</h3>\n<dl>\n");
	for (size_t i = 0; v->image && i < v->image->name_count; i++)
		html_code_row(into, "Name", v->image->names[i]);
	if (v->image) {
		put_digest_row(into, "Index", &v->image->index_digest);
		put_digest_row(into, "Manifest", &v->image->manifest_digest);
		put_digest_row(into, "Configuration", &v->image->config_digest);
	}
	put_digest_row(into, "Policy", &v->policy_digest);
	put_digest_row(into, "Advisories", &v->data_digest);
	put_feeds(into, v);
	put_digest_row(into, "Older verdict", &v->since);
	AUTO(strbuf) struct strbuf tool = { 0 };
	strbuf_puts(&tool, "plimsoll ");
	strbuf_put(&tool, v->tool_version);
	html_row(into, "Judged by", strbuf_slice(&tool));
	strbuf_puts(into, "</dl>\n");
}

static void
put_areas(struct strbuf *into, const struct verdict *v)
{
	strbuf_puts(into, "<h3>Areas</h3>\n<div class=\"scroll areas\" tabindex=\"0\" role=\"region\" aria-label=\"Areas\"><table><thead><tr><th scope=\"col\">Area</th><th scope=\"col\">Result</th>"
	                  "<th scope=\"col\" class=\"number\">Failures</th><th scope=\"col\" class=\"number\">Warnings</th>"
	                  "<th scope=\"col\" class=\"number\">Unknown</th><th scope=\"col\">Note</th></tr></thead><tbody>\n");
	for (enum area area = 0; area < AREA_COUNT; area++) {
		const struct area_state *state = &v->areas[area];
		struct report_tally tally = report_tally(v, area);
		if (area == AREA_ORIGIN && state->result == RESULT_NOT_REQUIRED)
			continue;
		strbuf_printf(into, "<tr><th scope=\"row\">%s</th><td>", report_area_title(area));
		html_word(into, html_result_class(state->result), report_words(state->result));
		strbuf_printf(into, "</td><td class=\"number\">%zu</td><td class=\"number\">%zu</td><td class=\"number\">%zu</td><td>", tally.fail, tally.warn,
		              tally.unknown);
		report_markup(into, state->note);
		strbuf_puts(into, "</td></tr>\n");
	}
	strbuf_puts(into, "</tbody></table></div>\n");
}

static void
put_verdict(struct strbuf *into, const struct verdict *v, size_t number)
{
	AUTO(strbuf) struct strbuf title = { 0 };
	report_title(v, &title);
	strbuf_printf(into, "<section class=\"image\" id=\"image-%zu\" aria-labelledby=\"title-%zu\">\n<h2 id=\"title-%zu\">", number, number, number);
	html_word(into, html_result_class(v->result), result_words(v->result));
	strbuf_putc(into, ' ');
	html_code(into, strbuf_slice(&title));
	strbuf_printf(into, "</h2>\n<p>%s</p>\n", report_headline(v->result));
	put_facts(into, v);
	put_areas(into, v);
	html_layers(into, v);
	html_findings(into, v);
	html_exceptions(into, v);
	put_inputs(into, v);
	strbuf_puts(into, "</section>\n");
}

/* Several images: the worst of all, and the way to each. */
static void
put_overview(struct strbuf *into, const struct report *report)
{
	strbuf_puts(into, "<nav aria-label=\"Images\"><p>");
	html_word(into, html_result_class(report->result), result_words(report->result));
	strbuf_printf(into, " over all %zu images</p>\n<ul>\n", report->count);
	for (size_t i = 0; i < report->count; i++) {
		AUTO(strbuf) struct strbuf title = { 0 };
		report_title(report->verdicts[i], &title);
		strbuf_puts(into, "<li>");
		html_word(into, html_result_class(report->verdicts[i]->result), result_words(report->verdicts[i]->result));
		strbuf_printf(into, " <a href=\"#image-%zu\">", i);
		html_code(into, strbuf_slice(&title));
		strbuf_puts(into, "</a></li>\n");
	}
	strbuf_puts(into, "</ul></nav>\n");
}

static void
write_html(const struct report *report, struct strbuf *into)
{
	html_head(into, report, "filter");
	strbuf_puts(into, "<body>\n<a class=\"skip\" href=\"#main\">To the verdict</a>\n<header><h1>plimsoll: may it ship?</h1>\n");
	if (report->count > 1)
		put_overview(into, report);
	strbuf_puts(into, "</header>\n");
	put_filters(into, report);
	strbuf_puts(into, "<main id=\"main\">\n");
	for (size_t i = 0; i < report->count; i++)
		put_verdict(into, report->verdicts[i], i);
	strbuf_puts(into, "</main>\n<script>");
	strbuf_put(into, part("filter"));
	strbuf_puts(into, "</script>\n</body>\n</html>\n");
}

const struct writer writer_html = { .name = "html", .write = write_html };
