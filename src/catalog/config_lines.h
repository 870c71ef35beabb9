/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of configuration files: comments and blank lines left out, continuations joined, secrets kept out. */
#ifndef CATALOG_CONFIG_LINES_H
#define CATALOG_CONFIG_LINES_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

/* One line that is neither blank nor a comment (# first), trimmed, valid during the call; `number` where it begins, from 1. */
typedef int config_line_fn(void *context, struct slice line, uint32_t number, struct plim_error *err);

/*
 * Calls `each` for the lines of `body` until it answers an error.  `folds`: a backslash at the end joins the next line.
 * Refuses a body with a NUL byte: the programs that read such files end there, each in its own way.
 */
int config_each_line(struct slice body, bool folds, config_line_fn *each, void *context, struct plim_error *err);

/* Without what isspace(3) takes for blanks at both ends: form feeds and vertical tabs too. */
struct slice config_trim(struct slice text);

/* Adds `text`, leaving out what stands between "://" and "@": user and password. */
void config_put_uri(struct strbuf *into, struct slice text);

/* Adds `text`, ASCII letters in lower case. */
void config_put_lower(struct strbuf *into, struct slice text);

/* One pair of quotes around the whole, taken off. */
struct slice config_unquoted(struct slice value);

/* "1" for yes, true, on, 1, with, enable; "0" for no, false, off, 0, without, disable, in any case; else absent. */
struct slice config_truth(struct slice word);

#endif
