/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that lay out one part of the database each: compile_*.c. */
#ifndef ADVISORY_COMPILE_H
#define ADVISORY_COMPILE_H

#include "advisory/builder.h"
#include "advisory/writer.h"

#define DROPPED UINT32_MAX

struct sorted_advisory {
	uint32_t number;           /* in the builder */
	uint32_t id;               /* number of a text */
	uint32_t feed;             /* in the file */
	uint32_t ordinal;          /* among those of one feed and id */
};

struct compiler {
	struct builder *from;
	struct writer writer;
	struct strbuf sections[SECTION_COUNT];     /* of those that are small */
	uint64_t counts[SECTION_COUNT];
	uint32_t *feed_index;                      /* of each of the builder's in the file, DROPPED */
	uint32_t *feed_from;                       /* the other way round */
	uint32_t feed_count;
	struct sorted_advisory *advisories;        /* by id, then feed */
	size_t advisory_count;
	uint32_t *rank;                            /* of an advisory among all, by feed, then id; by its number in the builder */
	uint32_t *ordinal;                         /* the same */
	struct strbuf record;
	bool failed;                               /* no memory */
};

/* A sorted table that is complete: the first number of every FORMAT_KEY_STEP-th of its records into `keys`. */
void compile_keys(struct compiler *c, enum section table, enum section keys);
/* The record becomes the next of a stream; every FORMAT_STEP-th is in its index. */
void compile_record(struct compiler *c, enum section stream, enum section index, struct slice id);
/* An entry of an index by ids: where the record is whose id this is. */
void compile_entry(struct compiler *c, enum section index, uint64_t at, struct slice id);
/* The same of a stream that is searched by nobody. */
void compile_plain_record(struct compiler *c, enum section stream);
void compile_text(struct strbuf *into, struct slice text);
void compile_time(struct strbuf *into, int64_t seconds);
void compile_u32(struct strbuf *into, uint32_t number);

/* STATEMENTS, PACKAGES, KEYS and the covers that are counted. */
void compile_statements(struct compiler *c);
/* ADVISORIES, ALIASES, SHARED. */
void compile_advisories(struct compiler *c);

#endif
