/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be read, as a document says it: "unreadable software, layer 0, /opt/a.jar: why". */
#include "sbom/document.h"
#include "sbom/sbom.h"

#include "base/error.h"

/* What ends a path is part of some. */
static void
put_path(struct strbuf *into, struct slice path)
{
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == ':' || path.p[i] == '\\')
			strbuf_putc(into, '\\');
		strbuf_putc(into, path.p[i]);
	}
}

void
sbom_gap_write(const struct inventory_gap *gap, struct strbuf *into)
{
	strbuf_printf(into, "%s %.*s", gap->kind, SLICE_ARG(gap->subject));
	if (gap->layer != UINT32_MAX)
		strbuf_printf(into, ", layer %u", gap->layer);
	if (gap->path.n) {
		strbuf_puts(into, ", ");
		put_path(into, gap->path);
	}
	strbuf_puts(into, ": ");
	strbuf_put(into, gap->reason);
}

static struct slice
take_path(struct slice *text, struct strbuf *scratch)
{
	size_t i = 0;
	for (; i < text->n && text->p[i] != ':'; i++) {
		i += text->p[i] == '\\' && i + 1 < text->n;
		strbuf_putc(scratch, text->p[i]);
	}
	*text = slice_from(*text, i);
	return strbuf_slice(scratch);
}

int
sbom_gap_read(struct slice text, struct strbuf *scratch, struct sbom_gap *out, struct plim_error *err)
{
	struct slice rest = text;
	size_t n = 0;
	*out = (struct sbom_gap){ .reason = text };
	slice_cut(rest, ' ', &out->kind, &rest);
	while (n < rest.n && rest.p[n] != ',' && rest.p[n] != ':')
		n++;
	out->subject = slice_first(rest, n);
	rest = slice_from(rest, n);
	if (slice_skip(&rest, SLICE(", layer ")))
		while (rest.n && rest.p[0] != ',' && rest.p[0] != ':')
			rest = slice_from(rest, 1);
	strbuf_clear(scratch);
	if (slice_skip(&rest, SLICE(", ")))
		out->path = take_path(&rest, scratch);
	if (slice_skip(&rest, SLICE(": ")))
		out->reason = rest;
	return scratch->failed ? error_nomem(err) : 0;
}
