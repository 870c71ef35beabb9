/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of an open database, for matching and for whoever shows them.
 * A getter whose block is damaged, or whose record points outside, answers
 * zeros and remembers it: ask store_check once, at the end of a look-up.
 */
#ifndef ADVISORY_STORE_H
#define ADVISORY_STORE_H

#include "advisory/database.h"
#include "advisory/format.h"
#include "advisory/record.h"

struct store_run {
	uint32_t first, n;
};

struct store_advisory {
	struct slice id, title, url, vector;
	uint32_t feed;
	enum severity severity;
	int64_t published, modified;
	struct store_run aliases, related;
};

struct store_statement {
	struct slice ecosystem, package;
	uint32_t advisory;
	enum match_state state;
	enum severity severity;
	int64_t fix_known;
	struct store_run events, versions;
	struct slice module, channel;
};

struct store_cover {
	struct slice ecosystem;
	uint32_t feed;
	uint32_t named;            /* packages, or COVER_DECLARED */
	struct store_run packages;
};

size_t store_count(const struct database *database, enum section section);
struct store_advisory store_advisory(const struct database *database, size_t at);
struct store_statement store_statement(const struct database *database, size_t at);
struct version_event store_event(const struct database *database, size_t at);
struct slice store_text(const struct database *database, size_t at);
struct store_cover store_cover(const struct database *database, size_t at);

/* The statements about one package of one release, and the advisories of one id or alias: a run of STATEMENTS, of IDS. */
struct store_run store_find_package(const struct database *database, struct slice ecosystem, struct slice package);
struct store_run store_find_id(const struct database *database, struct slice id);
/* The advisory that an entry of IDS names. */
uint32_t store_named_advisory(const struct database *database, size_t at);

/* DATE_NONE where the catalogue does not have it; negative where there is no score. */
int64_t store_exploited(const struct database *database, struct slice id);
double store_score(const struct database *database, struct slice id);

/* What is known of the support of a release or of a line of versions; false where nothing is. */
bool store_lifetime(const struct database *database, struct slice key, struct lifetime *out);

/* 0, or what was wrong with the file. */
int store_check(const struct database *database, struct plim_error *err);
/* As store_check once every block was touched. */
int store_verify(const struct database *database, struct plim_error *err);

#endif
