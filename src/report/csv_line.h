/* SPDX-License-Identifier: Apache-2.0 */
/* One line of CSV (RFC 4180), every field in quotes, printable, and no formula to a spreadsheet. */
#ifndef REPORT_CSV_LINE_H
#define REPORT_CSV_LINE_H

#include "base/strbuf.h"

void csv_line(struct strbuf *into, const struct slice *fields, size_t n);
/* The same one by one, for lines of any length. */
void csv_field(struct strbuf *into, struct slice text, bool first);
void csv_line_end(struct strbuf *into);

#endif
