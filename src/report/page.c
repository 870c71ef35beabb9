/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include "base/auto.h"

static const char *const escapes[] = {
	[PLAIN] = "\033[0m", [BOLD] = "\033[1m", [RED] = "\033[1;31m", [GREEN] = "\033[1;32m", [YELLOW] = "\033[1;33m", [DIM] = "\033[2m",
};

static void
paint(const struct page *page, enum colour colour)
{
	if (page->colour)
		strbuf_puts(page->into, escapes[colour]);
}

/* How wide it is on a terminal, or less: what may be two columns wide, from Hangul on, counts as two. */
static size_t
width_of(struct slice text)
{
	size_t width = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];
		bool wide = c > 0xe1 || (c == 0xe1 && i + 1 < text.n && (uint8_t)text.p[i + 1] >= 0x84);
		width += (c & 0xc0) == 0x80 ? 0 : wide ? 2 : 1;
	}
	return width;
}

size_t
page_cell(const struct page *page, enum colour colour, struct slice text, size_t width)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, text);
	if (colour != PLAIN)
		paint(page, colour);
	strbuf_put(page->into, strbuf_slice(&shown));
	if (colour != PLAIN)
		paint(page, PLAIN);
	size_t taken = width_of(strbuf_slice(&shown));
	size_t blanks = taken < width ? width - taken : 1;
	strbuf_fill(page->into, ' ', blanks);
	return taken + blanks;
}

static void
new_line(const struct page *page, size_t indent)
{
	strbuf_putc(page->into, '\n');
	strbuf_fill(page->into, ' ', indent);
}

void
page_wrapped(const struct page *page, size_t at, size_t indent, struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	/* Line breaks of an instruction or a fix separate words here. */
	for (struct slice piece; slice_next(&text, '\n', &piece);) {
		strbuf_put_printable(&shown, slice_trim(piece));
		strbuf_putc(&shown, ' ');
	}
	struct slice rest = strbuf_slice(&shown), word;
	for (bool first = true; slice_word(&rest, &word); first = false) {
		if (!first && at + 1 + width_of(word) > page->columns) {
			new_line(page, indent);
			at = indent;
		} else if (!first) {
			strbuf_putc(page->into, ' ');
			at++;
		}
		strbuf_put(page->into, word);
		at += width_of(word);
	}
}

void
page_labelled(const struct page *page, size_t indent, const char *label, struct slice text)
{
	size_t inside = indent + 7;
	if (text.p == NULL || text.n == 0)
		return;
	strbuf_fill(page->into, ' ', indent);
	page_cell(page, DIM, slice_of(label), 7);
	page_wrapped(page, inside, inside, text);
	strbuf_putc(page->into, '\n');
}

void
page_title(const struct page *page, struct slice text)
{
	page_cell(page, BOLD, text, 0);
	page->into->p[page->into->n - 1] = '\n';
}
