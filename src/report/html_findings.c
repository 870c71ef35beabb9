/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, what could not be told, and what is excepted: each an item that the filters know. */
#include "report/html.h"

#include "base/date.h"

struct item {
	enum area area;
	enum action action;
	const char *severity;    /* NULL where there is none */
	const char *origin;      /* the same */
	uint32_t layer;
};

static void
item_begin(struct strbuf *into, const struct item *item)
{
	strbuf_printf(into, "<article class=\"item is-%s\" data-area=\"%s\" data-action=\"%s\"", action_name(item->action), area_name(item->area),
	              action_name(item->action));
	if (item->severity)
		strbuf_printf(into, " data-severity=\"%s\"", item->severity);
	if (item->origin)
		strbuf_printf(into, " data-origin=\"%s\"", item->origin);
	if (item->layer != UINT32_MAX)
		strbuf_printf(into, " data-layer=\"%u\"", item->layer);
	strbuf_puts(into, ">\n<header>");
}

static void
put_action(struct strbuf *into, enum action action)
{
	static const struct { const char *class, *word; } words[] = {
		[ACTION_WARN] = { "quiet", "warning" }, [ACTION_UNKNOWN] = { "unknown", "CANNOT TELL" }, [ACTION_FAIL] = { "fail", "FAIL" },
	};
	html_word(into, words[action].class, words[action].word);
}

static void
put_heading(struct strbuf *into, struct slice text)
{
	strbuf_puts(into, "<h4>");
	report_markup(into, text);
	strbuf_puts(into, "</h4></header>\n<dl>\n");
}

static void
item_end(struct strbuf *into)
{
	strbuf_puts(into, "</dl>\n</article>\n");
}

static void
put_layer(struct strbuf *into, uint32_t layer, const char *origin)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (layer == UINT32_MAX)
		return;
	strbuf_printf(&text, "%u%s%s", layer, origin ? ", brought by " : "", origin ? origin : "");
	html_row(into, "Layer", strbuf_slice(&text));
}

static void
put_references(struct strbuf *into, const struct finding *f)
{
	if (f->reference_count == 0)
		return;
	strbuf_puts(into, "<dt>References</dt><dd><ul>");
	for (size_t i = 0; i < f->reference_count; i++) {
		bool link = report_is_link(f->references[i]);
		strbuf_puts(into, link ? "<li><a rel=\"noopener noreferrer\" href=\"" : "<li>");
		if (link) {
			report_markup(into, f->references[i]);
			strbuf_puts(into, "\">");
		}
		report_markup(into, f->references[i]);
		strbuf_puts(into, link ? "</a></li>" : "</li>");
	}
	strbuf_puts(into, "</ul></dd>\n");
}

static void
put_fix(struct strbuf *into, const struct finding *f)
{
	html_code_row(into, "Fixed in", f->fix_version);
	html_row(into, "Fix", f->fix_command);
}

static void
put_match(struct strbuf *into, const struct match *m)
{
	char day[DATE_TEXT_SIZE];
	AUTO(strbuf) struct strbuf text = { 0 };
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->alias_count; i++) {
		strbuf_puts(&text, i ? ", " : "");
		strbuf_put(&text, m->aliases[i]);
	}
	html_row(into, "Also known as", strbuf_slice(&text));
	strbuf_clear(&text);
	if (m->score >= 0)
		strbuf_printf(&text, "%.1f ", m->score);
	strbuf_put(&text, m->vector);
	html_code_row(into, "CVSS", strbuf_slice(&text));
	strbuf_clear(&text);
	if (m->epss >= 0)
		strbuf_printf(&text, "%.2f %%", m->epss * 100);
	html_row(into, "EPSS", strbuf_slice(&text));
	if (m->kev_added != DATE_NONE)
		html_row(into, "Exploited since", slice_of(date_day_text(date_day(m->kev_added), day)));
	html_row(into, "Source", m->source);
}

static void
put_evidence(struct strbuf *into, const struct evidence *e)
{
	AUTO(strbuf) struct strbuf package = { 0 };
	strbuf_put(&package, e->package);
	if (e->package.n && e->package_version.n)
		strbuf_putc(&package, ' ');
	strbuf_put(&package, e->package_version);
	html_code_row(into, "Package", strbuf_slice(&package));
	html_row(into, "Kind", e->package_type);
	html_code_row(into, "Path", e->path);
	html_code_row(into, "Setting", e->setting);
	html_code_row(into, "Found", e->detail);
	put_layer(into, e->layer, origin_name(e->origin));
	html_code_row(into, "Instruction", e->instruction);
}

static void
put_finding_rows(struct strbuf *into, const struct finding *f)
{
	html_code_row(into, "Rule", f->rule);
	html_row(into, "Control", f->control);
	html_row(into, "Why", f->message);
	put_evidence(into, &f->evidence);
	put_match(into, f->match);
	put_fix(into, f);
	put_references(into, f);
}

static void
put_finding(struct strbuf *into, const struct finding *f)
{
	const char *severity = severity_name(f->severity);
	const struct item item = { f->area, f->action, severity, origin_name(f->evidence.origin), f->evidence.layer };
	item_begin(into, &item);
	put_action(into, f->action);
	html_word(into, f->severity == SEVERITY_UNKNOWN ? "quiet" : severity, f->severity == SEVERITY_UNKNOWN ? "no severity" : severity);
	if (f->known)
		html_word(into, "quiet", "known");
	put_heading(into, f->title.n ? f->title : f->rule);
	put_finding_rows(into, f);
	item_end(into);
}

static void
put_unknown(struct strbuf *into, const struct unknown *u)
{
	const struct item item = { u->area, u->action, NULL, NULL, u->layer };
	item_begin(into, &item);
	put_action(into, u->action);
	html_word(into, "quiet", "could not be told");
	put_heading(into, u->kind);
	html_code_row(into, "About", u->subject);
	html_row(into, "Reason", u->reason);
	put_layer(into, u->layer, NULL);
	item_end(into);
}

static void
put_area(struct strbuf *into, const struct verdict *v, enum area area)
{
	struct report_tally tally = report_tally(v, area);
	if (tally.fail + tally.warn + tally.unknown == 0)
		return;
	strbuf_printf(into, "<div class=\"group\">\n<h3>Found: %s</h3>\n", report_area_title(area));
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].area == area)
			put_finding(into, &v->findings[i]);
	for (size_t i = 0; i < v->unknown_count; i++)
		if (v->unknowns[i].area == area)
			put_unknown(into, &v->unknowns[i]);
	strbuf_puts(into, "</div>\n");
}

void
html_findings(struct strbuf *into, const struct verdict *v)
{
	for (enum area area = 0; area < AREA_COUNT; area++)
		put_area(into, v, area);
}

/* Exceptions. */

static void
put_waived(struct strbuf *into, const struct waived *w)
{
	char day[DATE_TEXT_SIZE];
	const struct finding *f = &w->finding;
	strbuf_puts(into, "<article class=\"item\"");
	strbuf_printf(into, " data-area=\"%s\" data-severity=\"%s\"><header>", area_name(f->area), severity_name(f->severity));
	html_word(into, "quiet", "excepted");
	put_heading(into, f->title.n ? f->title : f->rule);
	html_row(into, "Reason", w->reason);
	html_row(into, w->until == DATE_NONE ? "Author" : "Owner", w->owner);
	html_row(into, w->until == DATE_NONE ? "Statement" : "Ticket", w->ticket);
	if (w->until != DATE_NONE)
		html_row(into, "Until", slice_of(date_day_text(w->until, day)));
	put_finding_rows(into, f);
	item_end(into);
}

static void
put_note(struct strbuf *into, const char *word, const struct exception_note *note)
{
	char day[DATE_TEXT_SIZE];
	strbuf_printf(into, "<tr><td>%s</td><td>", word);
	html_code(into, note->rule);
	strbuf_puts(into, note->id.n ? " " : "");
	if (note->id.n)
		html_code(into, note->id);
	const struct slice cells[] = { note->reason, note->owner, note->ticket, slice_of(date_day_text(note->until, day)) };
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		strbuf_puts(into, "</td><td>");
		report_markup(into, cells[i]);
	}
	strbuf_puts(into, note->lacking.n ? "; " : "");
	report_markup(into, note->lacking);
	strbuf_puts(into, "</td></tr>\n");
}

static void
put_notes(struct strbuf *into, const struct verdict *v)
{
	if (v->expired_count + v->unused_count + v->unapproved_count == 0)
		return;
	strbuf_puts(into, "<h3>Exceptions that excepted nothing</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Exceptions that excepted nothing\"><table><thead><tr><th scope=\"col\">State</th>"
	                  "<th scope=\"col\">For</th><th scope=\"col\">Reason</th><th scope=\"col\">Owner</th><th scope=\"col\">Ticket</th>"
	                  "<th scope=\"col\">Until</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < v->expired_count; i++)
		put_note(into, "expired", &v->expired[i]);
	for (size_t i = 0; i < v->unapproved_count; i++)
		put_note(into, "unapproved", &v->unapproved[i]);
	for (size_t i = 0; i < v->unused_count; i++)
		put_note(into, "unused", &v->unused[i]);
	strbuf_puts(into, "</tbody></table></div>\n");
}

void
html_exceptions(struct strbuf *into, const struct verdict *v)
{
	if (v->waived_count)
		strbuf_puts(into, "<div class=\"group\">\n<h3>Excepted</h3>\n");
	for (size_t i = 0; i < v->waived_count; i++)
		put_waived(into, &v->waived[i]);
	strbuf_puts(into, v->waived_count ? "</div>\n" : "");
	put_notes(into, v);
}
