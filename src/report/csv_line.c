/* SPDX-License-Identifier: Apache-2.0 */
#include "report/csv_line.h"

#include "base/auto.h"

#include <string.h>

/* A spreadsheet would take some beginnings for a formula: an image chooses paths and versions. */
void
csv_field(struct strbuf *into, struct slice text, bool first)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, text);
	strbuf_puts(into, first ? "\"" : ",\"");
	if (shown.n && strchr("=+-@", shown.p[0]))
		strbuf_putc(into, '\'');
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.p[i] == '"')
			strbuf_putc(into, '"');
		strbuf_putc(into, shown.p[i]);
	}
	strbuf_putc(into, '"');
}

void
csv_line(struct strbuf *into, const struct slice *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_field(into, fields[i], i == 0);
	csv_line_end(into);
}

void
csv_line_end(struct strbuf *into)
{
	strbuf_puts(into, "\r\n");
}
