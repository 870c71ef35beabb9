/* SPDX-License-Identifier: Apache-2.0 */
/* A page of a terminal: columns, colours, lines that are broken at blanks.  What is put on it is made printable. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/strbuf.h"

enum colour { PLAIN, BOLD, RED, GREEN, YELLOW, DIM };

struct page {
	struct strbuf *into;
	size_t columns;
	bool colour;
};

/* Text in a column: padded to `width` on the screen, at least one blank after it.  Answers how wide it became. */
size_t page_cell(const struct page *page, enum colour colour, struct slice text, size_t width);
/*
 * Words from column `at` on, broken at blanks to stay within the page, later
 * lines indented by `indent`.  A word longer than the line stays whole: paths are copied.
 */
void page_wrapped(const struct page *page, size_t at, size_t indent, struct slice text);
/* "      from: text", wrapped behind its label; nothing for an empty text. */
void page_labelled(const struct page *page, size_t indent, const char *label, struct slice text);
/* A line of its own in bold. */
void page_title(const struct page *page, struct slice text);

#endif
