/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of the log: canonical JSON (RFC 8259, keys sorted, no white space)
 * with a newline behind it.  Its members:
 *
 *   fields    texts, numbers and lists of texts under lower-case keys
 *   kind      "verdict", "exception", ...
 *   previous  "sha256:HEX" of all bytes from the beginning of the entry before it up to its own; null where there is none before it
 *   schema    1
 *   sequence  1, 2, 3, ...
 *   time      of the writing, RFC 3339 in UTC
 *
 * An entry's own hash is the SHA-256 of its line, newline included.
 */
#ifndef STORE_LOG_ENTRY_H
#define STORE_LOG_ENTRY_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

#define LOG_SCHEMA 1
#define LOG_FIELD_MOST 32
#define LOG_SEQUENCE_MOST 9007199254740991    /* the largest number that all readers of JSON have exactly */

enum log_type { LOG_TEXT, LOG_NUMBER, LOG_TEXTS };

struct log_field {
	struct slice key;             /* letters a-z, digits, "_"; no two are the same */
	enum log_type type;
	struct slice text;            /* absent: the field is left out */
	uint64_t number;              /* at most LOG_SEQUENCE_MOST */
	const struct slice *texts;
	size_t text_count;
};

#define LOG_FIELD_TEXT(name, value)         { .key = SLICE(name), .type = LOG_TEXT, .text = (value) }
#define LOG_FIELD_NUMBER(name, value)       { .key = SLICE(name), .type = LOG_NUMBER, .number = (value) }
#define LOG_FIELD_TEXTS(name, values, count) { .key = SLICE(name), .type = LOG_TEXTS, .texts = (values), .text_count = (count) }

/* What is told; everything is borrowed. */
struct log_entry {
	struct slice kind;            /* spelled as a key */
	const struct log_field *fields;    /* at most LOG_FIELD_MOST, in any order; in that of their keys where they were read */
	size_t field_count;
};

struct log_line {
	uint64_t sequence;
	int64_t time;                 /* seconds */
	struct digest previous;       /* DIGEST_NONE: nothing is before it */
	struct log_entry entry;
};

/* Appends the line.  PLIM_EUSAGE for fields that cannot be written: it is a mistake of the caller. */
int log_line_write(const struct log_line *line, struct strbuf *into, struct plim_error *err);
/* Texts and fields go into the arena; PLIM_EFORMAT for whatever log_line_write would not have written, byte for byte. */
int log_line_parse(struct slice bytes, struct arena *arena, struct log_line *out, struct plim_error *err);

#endif
