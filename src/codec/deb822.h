/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas of "Field: value" lines, deb822(5): dpkg's status, apt's sources. */
#ifndef CODEC_DEB822_H
#define CODEC_DEB822_H

#include "base/cursor.h"

#define STANZA_FIELD_COUNT 64

struct stanza_field {
	struct slice name;
	struct slice value;    /* trimmed; with its folded lines, as they stand in the file */
};

struct stanza {
	struct stanza_field fields[STANZA_FIELD_COUNT];    /* those beyond are counted only */
	size_t n;                /* one above STANZA_FIELD_COUNT: some were dropped */
	size_t bad_lines;        /* lines that are neither field nor continuation */
	uint32_t line;           /* of the first field, from 1 */
};

struct stanza_reader {
	struct cursor in;
	uint32_t line;           /* lines read so far */
};

/*
 * Takes one stanza.  Blank lines end it, and so does the end of the file: a
 * file under status.d may hold one stanza and no blank line.  False at the end.  Values borrow from the input.
 */
bool stanza_next(struct stanza_reader *reader, struct stanza *out);

/* The value of a field, by its name in any case; absent when there is none. */
struct slice stanza_get(const struct stanza *stanza, const char *name);

/* Fields of that name: two of one say that a blank line is missing between stanzas. */
size_t stanza_count(const struct stanza *stanza, const char *name);

#endif
