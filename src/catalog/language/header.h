/* SPDX-License-Identifier: Apache-2.0 */
/* Headers as mail has them, "Name: value" with folded lines: Python's METADATA, R's DESCRIPTION, Debian-like lists of other systems. */
#ifndef CATALOG_LANGUAGE_HEADER_H
#define CATALOG_LANGUAGE_HEADER_H

#include "base/cursor.h"

struct header {
	struct slice name;     /* absent where the line has no colon: then the value is the line */
	struct slice value;    /* trimmed; with its folded lines, as they stand in the file */
	uint32_t line;         /* from 1 */
};

struct header_reader {
	struct cursor in;
	uint32_t line;
};

/* Takes the next header; false at a blank line, which is consumed, and at the end.  Borrows from the input. */
bool header_next(struct header_reader *reader, struct header *out);

#endif
