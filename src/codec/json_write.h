/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A streaming JSON writer.  Commas and indentation are its business; the
 * caller opens, names and closes.  Object keys must be written in bytewise
 * order for canonical output; `json_write_key` asserts that they are.
 * Strings that are not UTF-8 have their bad bytes written as U+FFFD.
 */
#ifndef CODEC_JSON_WRITE_H
#define CODEC_JSON_WRITE_H

#include "base/digest.h"
#include "base/strbuf.h"

#define JSON_WRITE_DEPTH 24

struct json_writer {
	struct strbuf *into;      /* borrowed */
	bool indent;              /* two blanks a level, else no white space at all */
	size_t depth;
	bool started[JSON_WRITE_DEPTH];
	struct slice last_key[JSON_WRITE_DEPTH];    /* borrowed: keys are literals or outlive their object */
	bool after_key;
};

void json_write_object(struct json_writer *w);
void json_write_object_end(struct json_writer *w);
void json_write_array(struct json_writer *w);
void json_write_array_end(struct json_writer *w);
void json_write_key(struct json_writer *w, struct slice key);
void json_write_string(struct json_writer *w, struct slice text);    /* absent is null */
void json_write_i64(struct json_writer *w, int64_t number);
void json_write_u64(struct json_writer *w, uint64_t number);
void json_write_double(struct json_writer *w, double number);    /* shortest form that reads back the same */
void json_write_bool(struct json_writer *w, bool truth);
void json_write_null(struct json_writer *w);
void json_write_json(struct json_writer *w, struct slice text);      /* a value that is JSON already */

/* key and value in one line; an absent text writes nothing at all. */
void json_write_member(struct json_writer *w, const char *key, struct slice text);
void json_write_member_bool(struct json_writer *w, const char *key, bool truth);
void json_write_member_u64(struct json_writer *w, const char *key, uint64_t number);
/* An array, also where it is empty. */
void json_write_member_texts(struct json_writer *w, const char *key, const struct slice *texts, size_t n);
/* Seconds as RFC 3339, a day as a date; DATE_NONE writes nothing at all. */
void json_write_member_time(struct json_writer *w, const char *key, int64_t seconds);
void json_write_member_day(struct json_writer *w, const char *key, int64_t day);
/* DIGEST_NONE writes nothing at all. */
void json_write_member_digest(struct json_writer *w, const char *key, const struct digest *digest);

#endif
