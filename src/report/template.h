/* SPDX-License-Identifier: Apache-2.0 */
/* A report as a template of the user's says. */
#ifndef REPORT_TEMPLATE_H
#define REPORT_TEMPLATE_H

#include "report/writer.h"

/* The template can be read and is one. */
int template_check(const char *path, struct plim_error *err);

/*
 * Filled with what the verdicts are as JSON, by the names that they have there.  Values are made text of what the file's name promises: HTML and XML, JSON strings, else what
 * a terminal can show.  Errors are those of codec/mustache.h.
 */
int template_write(const struct report *report, const char *path, struct strbuf *into, struct plim_error *err);

#endif
