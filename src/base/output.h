/* SPDX-License-Identifier: Apache-2.0 */
/* Where the answers of the public verbs go: all of a text, or an error. */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

#include <stdio.h>

/* Writes and flushes; PLIM_ENOMEM for a text that could not be made, PLIM_ESYSTEM for one that could not be written. */
int output_text(const struct strbuf *text, FILE *into, struct plim_error *err);

#endif
