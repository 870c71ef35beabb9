/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the HTML report share. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/writer.h"

/* Text as a name that an image chose. */
void html_code(struct strbuf *into, struct slice text);
/* "<dt>label</dt><dd>text</dd>"; nothing for no text. */
void html_row(struct strbuf *into, const char *label, struct slice text);
void html_code_row(struct strbuf *into, const char *label, struct slice text);
/* A word in a frame: its class is its colour, never the only thing that tells. */
void html_word(struct strbuf *into, const char *class, const char *word);
/* "76.8 MiB" */
void html_size(struct strbuf *into, uint64_t bytes);

/* How a result is coloured. */
const char *html_result_class(enum result result);
/* Everything before the body, with the style and, where there is one, the digest of the script of html/ that the page may run. */
void html_head(struct strbuf *into, const struct report *report, const char *script);

void html_layers(struct strbuf *into, const struct verdict *verdict);
void html_findings(struct strbuf *into, const struct verdict *verdict);
void html_exceptions(struct strbuf *into, const struct verdict *verdict);

#endif
