/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of an open database, for matching and for whoever shows them.
 * Texts point into the file.  A getter whose block is damaged, or whose
 * record points outside, answers nothing and remembers it: ask store_check
 * once, at the end of a look-up.
 */
#ifndef ADVISORY_STORE_H
#define ADVISORY_STORE_H

#include "advisory/database.h"
#include "advisory/format.h"
#include "advisory/record.h"
#include "base/cursor.h"

/* What follows in a record: a copy of it can be walked again. */
struct store_list {
	struct cursor at;
	uint32_t left;
	struct slice fixed;        /* of events that are an introduction at 0 and a fix in this */
};

struct store_advisory {
	struct slice id, title, vector;
	struct slice url;          /* as it is in the file: store_url */
	uint32_t feed, ordinal;
	enum severity severity;
	int64_t published, modified;
	struct store_list aliases, related;    /* store_next_text */
};

/* An id as the file has it; two are the same where all of it is. */
struct store_id {
	uint32_t cve;              /* its key, and nothing else; 0: */
	struct slice text;         /* what comes before its last digits */
	uint32_t digits, number;   /* how many, 0 for none, and what they say */
};
/* How the file has such an id. */
struct store_id store_id_of(struct slice text);
bool store_id_eq(const struct store_id *a, const struct store_id *b);
/* Spelled into a buffer that is cleared first. */
struct slice store_id_text(const struct store_id *id, struct strbuf *into);

struct store_statement {
	uint32_t feed;
	struct store_id id;        /* of its advisory */
	uint32_t ordinal;
	enum match_state state;
	enum severity severity;
	int64_t fix_known;
	struct slice module, channel;
	struct store_list events, versions;    /* store_next_event, store_next_version */
};

struct store_cover {
	struct slice ecosystem;
	uint32_t feed;
	uint32_t named;            /* packages, or COVER_DECLARED */
	struct store_list packages;
};

bool store_next_text(struct store_list *list, struct slice *out);
bool store_next_version(struct store_list *list, struct slice *out);
bool store_next_event(struct store_list *list, struct version_event *out);
/* Both at once, the introduction at 0 and the fix, of events that are no more than these; false of others. */
bool store_take_fix(struct store_list *list, struct slice *fixed);

/* The statements about one package, by feed, then id; those of none where it is not there. */
struct store_group {
	const struct database *db;
	struct slice ecosystem, package;
	struct cursor at;
	uint32_t feed, left;       /* of the run at hand */
	uint32_t last;             /* CVE key before */
};
struct store_group store_package(const struct database *database, struct slice ecosystem, struct slice package);
bool store_next_statement(struct store_group *group, struct store_statement *out);

/* All packages, in the order of ecosystem and name. */
struct store_packages {
	const struct database *db;
	uint64_t at, group_at;
};
struct store_packages store_packages(const struct database *database);
bool store_next_package(struct store_packages *walk, struct store_group *out);

/* The advisory that a statement is of. */
struct store_advisory store_advisory_of(const struct database *database, const struct store_statement *statement);
/* Its address; in the arena where it is spelled with the id.  Absent without one, and without memory. */
struct slice store_url(const struct store_advisory *advisory, struct arena *arena);

/* The advisories of an id: those that have it, then those that have it among their aliases. */
struct store_named {
	const struct database *db;
	struct slice id, own;      /* `own`: the id of those at hand */
	uint64_t at;               /* the next of ADVISORIES */
	uint64_t alias_at;         /* the next of ALIASES */
	struct slice last_title;
	bool aliases;              /* through those that have it themselves */
};
struct store_named store_named(const struct database *database, struct slice id);
bool store_next_named(struct store_named *walk, struct store_advisory *out);

/* Which releases and registries are covered; `*at` begins at 0. */
bool store_next_cover(const struct database *database, uint64_t *at, struct store_cover *out);

/* DATE_NONE where the catalogue does not have it; negative where there is no score. */
int64_t store_exploited(const struct database *database, struct slice id);
double store_score(const struct database *database, struct slice id);
/* What all feeds together say of a CVE, as rating.h puts it; false where none says anything. */
bool store_rating(const struct database *database, struct slice id, enum severity *severity, double *score, struct slice *vector);
/* What is known of the support of a release or of a line of versions; false where nothing is. */
bool store_lifetime(const struct database *database, struct slice key, struct lifetime *out);

/* How many records a section has. */
size_t store_count(const struct database *database, enum section section);

/* 0, or what was wrong with the file. */
int store_check(const struct database *database, struct plim_error *err);
/* As store_check once every block was touched. */
int store_verify(const struct database *database, struct plim_error *err);

#endif
