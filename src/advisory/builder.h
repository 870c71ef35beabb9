/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that feeds said, in memory, until compile.c lays it out. */
#ifndef ADVISORY_BUILDER_H
#define ADVISORY_BUILDER_H

#include "advisory/carry.h"
#include "advisory/database.h"
#include "advisory/intern.h"
#include "advisory/record.h"
#include "base/cursor.h"
#include "base/vec.h"

/* A feed, and how much there was before it: one that is dropped while it is the newest leaves nothing behind. */
struct kept_feed {
	struct data_feed feed;
	bool dropped;              /* malformed, or older than another file of the same feed */
	bool mixed;                /* behind its mark stands what is of feeds before it too */
	struct builder_mark {
		size_t texts, advisories, statements, bodies, pairs, covers, names, exploited, scores, lifetimes;
	} mark;
};

/* Numbers of texts in a list, encoded. */
struct kept_texts {
	struct cursor at;
	uint32_t n;
};

/* Texts are numbers in `texts`; an advisory and what a statement says are themselves kept once, encoded. */
struct kept_advisory {
	uint32_t feed, id, title, url, vector;
	enum severity severity;
	int64_t published, modified;
	struct kept_texts aliases, related;
};

struct kept_body {
	enum match_state state;
	enum severity severity;
	int64_t fix_known;
	uint32_t module, channel;
	struct kept_texts events;  /* each a kind and a version */
	struct kept_texts versions;
};

struct kept_statement {
	uint32_t pair, advisory, body;
};

struct kept_cover {
	uint32_t feed, ecosystem;
	uint32_t first, n;         /* of names: packages; none: all of the release */
};

struct kept_exploited {
	uint32_t feed, key;
	int64_t added;
};

struct kept_lifetime {
	uint32_t feed, key;
	int64_t ends, extended_ends;
};

struct kept_score {
	uint32_t feed, key;
	uint32_t score;            /* millionths */
};

struct builder {
	struct interner texts, advisories, bodies, pairs;
	struct arena *arena;       /* of what is said of feeds */
	struct strbuf scratch;
	struct carrier carrier;    /* set by whoever has a database from before */
	VEC(struct kept_feed) feeds;
	size_t current;            /* whose is what comes */
	VEC(struct kept_statement) statements;
	VEC(struct kept_cover) covers;
	VEC(uint32_t) names;
	VEC(struct kept_exploited) exploited;
	VEC(struct kept_score) scores;
	VEC(struct kept_lifetime) lifetimes;
};

int builder_new(struct builder **out, struct plim_error *err);
void builder_free(struct builder *builder);
AUTO_DEFINE(builder, struct builder, builder_free)

/* What comes now belongs to a new feed. */
int builder_feed(struct builder *builder, struct plim_error *err);
/* What comes now belongs to one that was begun before, again. */
void builder_feed_resume(struct builder *builder, size_t index);
/* The records that the files before told of the feed that is being read. */
uint64_t builder_records(const struct builder *builder);
/* Names the feed begun last. */
int builder_feed_done(struct builder *builder, const struct data_feed *feed, struct plim_error *err);
void builder_feed_drop(struct builder *builder, size_t index);

/* What is kept under a number, decoded. */
struct kept_advisory kept_advisory(const struct builder *builder, uint32_t number);
struct kept_body kept_body(const struct builder *builder, uint32_t number);
/* The ecosystem and the package of a pair, numbers of texts. */
void kept_pair(const struct builder *builder, uint32_t number, uint32_t *ecosystem, uint32_t *package);

/* Writes the file into an empty one that is open, and tells its digest; at the end of the builder's life, for it gives memory back on the way. */
int builder_compile(struct builder *builder, int fd, struct digest *root, struct plim_error *err);

#endif
