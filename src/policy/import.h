/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries that others wrote for osquery, as the own rules of a policy: packs and configurations of osquery, of which each row is a finding, and
 * Fleet's policies, which pass where their query has a row.  What cannot be asked is told with the reason, and becomes no rule.
 */
#ifndef POLICY_IMPORT_H
#define POLICY_IMPORT_H

#include "base/arena.h"
#include "base/severity.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <plimsoll/error.h>

/* One query as its file tells it; texts in the arena. */
struct imported {
	struct slice group, name;      /* the pack, or "fleet"; absent texts where nothing is said */
	struct slice query;
	struct slice title, fix;
	struct slice platform, pack_platform;    /* words between commas or blanks, which both must hold; absent: all */
	struct slice hosts;            /* labels that hosts must or must not have; absent: none */
	struct slice discovery[4];     /* queries each of which must have a row before the pack is asked */
	size_t discovery_count;
	enum severity severity;        /* SEVERITY_UNKNOWN: not told */
	bool passes_on_row;            /* Fleet's policies */
	struct slice left_out;         /* why it is no rule, where its file alone tells that; absent: it may be one */
};

struct imports {
	struct arena *arena;           /* borrowed */
	struct slice file;             /* whose queries follow, without its folders */
	VEC(struct imported) all;      /* released by vec_done */
};

/* Adds the queries of one file; what is no such file is PLIM_EPOLICY with its place, what is too large PLIM_ELIMIT. */
typedef int import_read_fn(struct imports *into, struct slice text, struct plim_error *err);
import_read_fn import_read_osquery, import_read_fleet;

/* A query that is not asked, by its name, and why. */
int import_leave_out(struct imports *into, struct slice name, struct plim_error *err, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether a query for that platform, as osquery writes it, is asked here; an absent text is for all. */
bool import_is_for_linux(struct slice platform);

struct import_terms {
	struct slice policy;           /* the name of the policy */
	bool warns;                    /* its rules warn, and do not fail */
};

/*
 * A policy of all of them to `policy`; what was left out, or is out of scope on images, is in its comments, and a line each in `notes`.  PLIM_EPOLICY where
 * no query is left.
 */
int import_write(const struct imports *imports, const struct import_terms *terms, struct strbuf *policy, struct strbuf *notes, struct plim_error *err);

#endif
