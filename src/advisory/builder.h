/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that feeds said, in memory, until compile.c lays it out. */
#ifndef ADVISORY_BUILDER_H
#define ADVISORY_BUILDER_H

#include "advisory/database.h"
#include "advisory/record.h"
#include "base/map.h"
#include "base/vec.h"

/* A run of items in one of the builder's lists. */
struct span {
	uint32_t first, n;
};

struct kept_feed {
	struct data_feed feed;
	bool dropped;              /* malformed, or older than another file of the same feed */
};

struct kept_advisory {
	uint32_t feed;
	struct slice id, title, url, vector;
	enum severity severity;
	int64_t published, modified;
	struct span aliases, related;    /* of texts */
};

struct kept_statement {
	uint32_t feed, advisory;
	struct slice ecosystem, package;
	enum match_state state;
	enum severity severity;
	int64_t fix_known;
	struct span events;
	struct span versions;      /* of texts */
	struct slice module, channel;
};

struct kept_cover {
	uint32_t feed;
	struct slice ecosystem;
	struct span packages;      /* of texts; empty: all of the release */
};

struct kept_exploited {
	uint32_t feed;
	struct slice id;
	int64_t added;
};

struct kept_lifetime {
	uint32_t feed;
	struct lifetime lifetime;
};

struct kept_score {
	uint32_t feed;
	uint32_t key;              /* cve_key */
	uint32_t score;            /* millionths */
};

struct builder {
	struct arena *arena;       /* of every text */
	struct map interned;       /* to struct slice */
	VEC(struct kept_feed) feeds;
	VEC(struct kept_advisory) advisories;
	VEC(struct kept_statement) statements;
	VEC(struct version_event) events;
	VEC(struct slice) texts;
	VEC(struct kept_cover) covers;
	VEC(struct kept_exploited) exploited;
	VEC(struct kept_score) scores;
	VEC(struct kept_lifetime) lifetimes;
};

int builder_new(struct builder **out, struct plim_error *err);
void builder_free(struct builder *builder);
AUTO_DEFINE(builder, struct builder, builder_free)

/* What comes now belongs to a new feed. */
int builder_feed(struct builder *builder, struct plim_error *err);
/* Names the feed begun last. */
int builder_feed_done(struct builder *builder, const struct data_feed *feed, struct plim_error *err);
void builder_feed_drop(struct builder *builder, size_t index);

/* A CVE's year and number in one word, so that scores are searched without texts; 0 for another id. */
uint32_t cve_key(struct slice id);

/* The finished bytes of the file, and its digest. */
int builder_compile(const struct builder *builder, struct strbuf *out, struct digest *root, struct plim_error *err);

#endif
