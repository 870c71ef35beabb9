/* SPDX-License-Identifier: Apache-2.0 */
/* Which tables there are, and their columns: nothing of an image is asked. */
#ifndef GATE_SCHEMA_H
#define GATE_SCHEMA_H

#include "gate/row_format.h"

#include <stdio.h>

/* ".tables", ".tables PART" (of their names), ".schema", ".schema TABLE", as rows.  PLIM_EUSAGE for another command, PLIM_ENOTFOUND for a table that there is not. */
int schema_write(const char *command, const struct row_format *format, FILE *into, struct plim_error *err);

#endif
