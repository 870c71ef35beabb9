/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a feed says, in one shape for all feeds: a vulnerability, and for each
 * package of each ecosystem which versions it concerns.  Feeds make records,
 * the builder compiles them; neither knows the other.
 */
#ifndef ADVISORY_RECORD_H
#define ADVISORY_RECORD_H

#include "advisory/match.h"
#include "base/digest.h"

/*
 * What happens to a package at a version, in the words of the OSV schema; a range is a run of them.  A limit ends what is said of a
 * range without mending anything.  NVD has ranges that begin behind a version.
 */
enum event_kind { EVENT_INTRODUCED, EVENT_FIXED, EVENT_LAST_AFFECTED, EVENT_LIMIT, EVENT_INTRODUCED_AFTER, EVENT_KIND_COUNT };

struct version_event {
	enum event_kind kind;
	struct slice version;      /* "0" of an introduction: from the beginning on */
};

struct affected {
	/*
	 * "ID:RELEASE" with the ID of os-release(5) for a distribution ("debian:12", "alpine:3.20", "alpine:edge",
	 * "almalinux:9", "rocky:8", "ubuntu:22.04"); OSV's own name for any other ("PyPI", "Go").
	 */
	struct slice ecosystem;
	struct slice package;      /* a source package where the distribution's data names those */
	/*
	 * MATCH_FIXED: the events tell; MATCH_NOT_AFFECTED: no version is; the others: every version is, or those of the events where
	 * there are any, and this is what the distribution says about it.
	 */
	enum match_state state;
	const struct version_event *events;    /* ranges one behind the other, each beginning with an introduction */
	size_t event_count;
	const struct slice *versions;    /* affected ones by name; they join the ranges */
	size_t version_count;
	enum severity severity;    /* the distribution's own word, SEVERITY_UNKNOWN without one */
	int64_t fix_known;         /* seconds, DATE_NONE: the feed does not date its fixes */
	struct slice module;       /* "nodejs:18": of this stream of a module of rpm alone; may be absent */
	/*
	 * Where the fix is published beside the release itself, for those who have that: "esm" (Ubuntu Pro, infrastructure and
	 * applications), "fips", "ksplice"; absent: for everybody.
	 */
	struct slice channel;
};

struct advisory {
	struct slice id;           /* "CVE-2025-26519", "ALSA-2024:1234", "GHSA-..." */
	const struct slice *aliases;     /* other names of the same vulnerability, CVEs of an erratum included */
	size_t alias_count;
	const struct slice *related;     /* what it is related to, and is not; shown, never matched */
	size_t related_count;
	struct slice title, url;   /* may be absent; a description does for a title, of which the beginning is kept */
	struct slice vector;       /* CVSS of any version, may be absent */
	enum severity severity;    /* in a word, SEVERITY_UNKNOWN without */
	int64_t published, modified;     /* seconds, DATE_NONE */
	const struct affected *affected;
	size_t affected_count;
};

/* Facts about a CVE that concern no package. */
struct exploited {             /* CISA KEV */
	struct slice id;
	int64_t added;             /* seconds */
};
struct scored {                /* FIRST's EPSS */
	struct slice id;
	double score;              /* 0 to 1 */
};

struct lifetime {              /* of a release of a distribution, or of one line of versions of software */
	struct slice key;          /* "debian:12", "python:3.9" */
	int64_t ends;              /* the first second after the support that everybody has, DATE_NONE: not known */
	int64_t extended_ends;     /* the same of support that is for some (LTS of others, subscriptions), DATE_NONE: there is none */
};

/* Where a feed puts what it reads; everything is copied, nothing of the caller's is kept. */
struct builder;
int builder_advisory(struct builder *builder, const struct advisory *advisory, struct plim_error *err);
int builder_exploited(struct builder *builder, const struct exploited *exploited, struct plim_error *err);
int builder_scored(struct builder *builder, const struct scored *scored, struct plim_error *err);
int builder_lifetime(struct builder *builder, const struct lifetime *lifetime, struct plim_error *err);
/*
 * A release that this feed speaks of as a whole, whatever the number of its records (secdb's file for it; an OSV document that
 * declares it).  `packages`, when not empty, are the only ones covered: then others of the release stay without data.
 */
int builder_covers(struct builder *builder, struct slice ecosystem, const struct slice *packages, size_t n, struct plim_error *err);

#endif
