/* SPDX-License-Identifier: Apache-2.0 */
/* A tailoring that leaves nothing to defaults: each group, rule and value of the benchmark is in it. */
#include "scap/ask.h"

static void
put_text(struct strbuf *into, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		switch (text.p[i]) {
		case '&': strbuf_puts(into, "&amp;"); break;
		case '<': strbuf_puts(into, "&lt;"); break;
		case '>': strbuf_puts(into, "&gt;"); break;
		case '"': strbuf_puts(into, "&quot;"); break;
		default: strbuf_putc(into, text.p[i]);
		}
}

static void
put_select(struct strbuf *into, struct slice id, bool selected)
{
	strbuf_puts(into, "    <select idref=\"");
	put_text(into, id);
	strbuf_printf(into, "\" selected=\"%s\"/>\n", selected ? "true" : "false");
}

static void
put_value(struct strbuf *into, const struct scap_chosen_value *value)
{
	strbuf_puts(into, "    <set-value idref=\"");
	put_text(into, value->id);
	strbuf_puts(into, "\">");
	put_text(into, value->text);
	strbuf_puts(into, "</set-value>\n");
}

void
scap_ask_write(const struct scap_selection *selection, const bool *wanted, struct strbuf *into)
{
	const struct scap_benchmark *b = selection->benchmark;
	size_t at = 0;
	strbuf_puts(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Tailoring xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_org.plimsoll_tailoring_scan\">\n"
	                  "  <version time=\"2026-01-01T00:00:00\">1</version>\n  <Profile id=\"" SCAP_SCAN_PROFILE "\">\n    <title>What is asked</title>\n");
	for (size_t i = 0; i < b->groups.n; i++)
		put_select(into, b->groups.at[i].id, true);
	/* The selection has its rules in the benchmark's order. */
	for (size_t i = 0; i < b->rules.n; i++) {
		bool chosen = at < selection->rules.n && selection->rules.at[at].rule == &b->rules.at[i];
		put_select(into, b->rules.at[i].id, chosen && wanted[at]);
		at += chosen;
	}
	for (size_t i = 0; i < selection->values.n; i++)
		if (selection->values.at[i].text.p)
			put_value(into, &selection->values.at[i]);
	strbuf_puts(into, "  </Profile>\n</Tailoring>\n");
}

bool
scap_rule_lacks_value(const struct scap_selection *selection, const struct scap_rule *rule)
{
	for (size_t i = 0; i < rule->values.n; i++)
		if (scap_selection_value(selection, rule->values.at[i]).p == NULL)
			return true;
	return false;
}
