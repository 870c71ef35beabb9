/* SPDX-License-Identifier: Apache-2.0 */
/* Which vulnerabilities the packages of an operating system have, as its own distribution tells. */
#ifndef ADVISORY_MATCH_H
#define ADVISORY_MATCH_H

#include "base/arena.h"
#include "base/severity.h"
#include "catalog/inventory.h"

enum match_state {
	MATCH_FIXED,                  /* a fixed version exists and is newer than what is there */
	MATCH_AFFECTED,               /* no fix is known */
	MATCH_WONT_FIX,               /* ignored, unimportant: the distribution does not mean to mend it */
	MATCH_DEFERRED,               /* no-dsa, postponed: later, with something else */
	MATCH_NOT_AFFECTED,           /* never in a match; what a feed may say */
	MATCH_END_OF_LIFE,            /* the distribution no longer mends the package */
	MATCH_UNDER_INVESTIGATION,
	MATCH_STATE_COUNT
};
const char *match_state_name(enum match_state state);    /* "fixed", "affected", "wont_fix", ... */

/* A feed's word for how bad it is in this package, where it has one beside its advisory's. */
struct severity_word {
	struct slice feed;
	enum severity severity;
	const struct severity_word *next;
};

/* One vulnerability of one package; records that are aliases of each other are folded into one match. */
struct match {
	size_t package;               /* index in the packages asked about */
	struct slice id;              /* the CVE where one is known, else the feed's own */
	const struct slice *aliases;  /* sorted, without `id` */
	size_t alias_count;
	enum match_state state;
	struct slice fixed_version;   /* of MATCH_FIXED: the lowest that mends it */
	enum severity severity;       /* the distribution's word, else its vector's, else another source's of the same CVE */
	const struct severity_word *words;    /* not part of a verdict */
	double score;                 /* CVSS base score, negative when none */
	struct slice vector;          /* may be absent */
	struct slice source;          /* name of the feed that says so */
	struct slice title, url;      /* may be absent */
	int64_t published;            /* seconds, DATE_NONE */
	int64_t fix_known;            /* seconds since which the fix is known, DATE_NONE */
	double epss;                  /* negative when none */
	int64_t kev_added;            /* seconds, DATE_NONE: not in the KEV catalogue */
};

struct coverage {
	bool covered;                 /* a feed of the distribution speaks of this release as a whole */
	bool partly;                  /* where not: of some of the packages, which have data with a day */
	struct slice key;             /* "debian:12": what was asked */
	struct slice reason;          /* a sentence where it is not, "sample data covers 2 packages" where only some are */
	/* Seconds: the newest date of the feeds that cover it, of packages judged apart the oldest one; DATE_NONE when they give none. */
	int64_t snapshot;
};

struct database;

/*
 * Matches the operating-system packages among `packages` (deb, apk, rpm) against the data of `os`.  Sorted by package, then id.  Texts live in `arena`
 * or in the database.  Stray records match whether or not the release is covered.  A version that its ecosystem rejects is not
 * compared: the match is made (state as the feed's), for nothing unreadable counts as fixed.
 */
struct matches {
	struct match *at;              /* in the arena, as all that follows */
	size_t n;
	struct coverage system;        /* of the distribution's packages */
	/*
	 * One for each type of packages that are upstream's (package_is_upstream), in the types' order, then one for each vendor beside
	 * the distribution, whose packages its data does not speak of (vendor.h).
	 */
	struct coverage *languages;
	size_t language_count;
};

/* Why an advisory applied to a package, or did not (explain.h). */
struct match_reason {
	struct slice package, version; /* what is installed */
	struct slice id, feed;         /* whose advisory */
	bool applies;
	struct slice reason;           /* a sentence without its end */
};

struct explaining;

/* `packages` are sorted by type.  `explaining` (explain.h) may be NULL. */
int match_packages(const struct database *database, const struct operating_system *os, const struct package *packages, size_t n,
                   struct arena *arena, struct explaining *explaining, struct matches *out, struct plim_error *err);

#endif
