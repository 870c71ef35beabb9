/* SPDX-License-Identifier: Apache-2.0 */
/* The answer: what a report shows and an attestation signs.  Plain data, all of it in one arena, in a defined order. */
#ifndef POLICY_VERDICT_H
#define POLICY_VERDICT_H

#include "advisory/database.h"
#include "advisory/match.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/severity.h"
#include "catalog/inventory.h"
#include "policy/mend.h"

#define VERDICT_SCHEMA 1

enum area {
	AREA_BASE_IMAGE,
	AREA_VULNERABILITIES,
	AREA_COMPONENTS,
	AREA_CONFIGURATION,
	AREA_METADATA,
	AREA_ORIGIN,
	AREA_RULES,
	AREA_COUNT
};
const char *area_name(enum area area);    /* "base_image", ... */

/* Ordered by weight: the larger wins when results are joined. */
enum result { RESULT_NOT_REQUIRED, RESULT_OUT_OF_SCOPE, RESULT_PASS, RESULT_UNKNOWN, RESULT_FAIL };
const char *result_name(enum result result);    /* "not_required", "out_of_scope", "pass", "unknown", "fail" */

enum action { ACTION_WARN, ACTION_UNKNOWN, ACTION_FAIL };
const char *action_name(enum action action);

struct evidence {
	struct slice path;             /* absolute */
	struct slice package, package_version, package_type;
	struct slice setting;          /* "user", "label:org...", "env:PATH", a check's own word */
	struct slice detail;           /* what was found: the row of a query, spelled "column=value, ..." */
	uint32_t layer;                /* UINT32_MAX when none */
	struct digest layer_digest;    /* diff id */
	struct slice instruction;
	enum origin origin;
};

/* What VEX says of a vulnerability in a product; texts absent where nothing is said. */
struct statement_note {
	struct slice status, justification, impact, action;
	struct slice vulnerability, product;    /* as the document spells them */
	struct slice author, document;          /* and the document's id */
	struct slice source;                    /* the file as the policy names it, or where the attestation was found */
	struct slice key;                       /* who signed that; absent: the policy names the file */
	int64_t time;                           /* seconds; DATE_NONE: not told */
};

/* A statement that is about no finding. */
struct statement_unused {
	struct slice status, vulnerability, product, source, reason;
};

struct finding {
	struct slice id;               /* 16 hex digits: SHA-256 over rule, and package, path or setting */
	struct slice rule;             /* "vulnerabilities/CVE-2025-26519", "accounts/uid-zero", "metadata/user" */
	enum area area;
	enum severity severity;
	enum action action;
	struct slice control;          /* of a check: the row of the list of controls that it comes from */
	struct slice title, message;
	struct evidence evidence;
	struct slice fix_version, fix_command;
	const struct slice *references;
	size_t reference_count;
	bool known;                    /* an older verdict had it: it fails no more */
	const struct match *match;     /* of a vulnerability, else NULL */
	struct mend_steps mend;        /* what its check says would mend it; not part of what travels */
	const struct statement_note *statement;    /* of VEX about it: why it is waived, or why not; NULL: none */
};

/* By an exception, or without an end by the finding's statement, whose status, author and source stand in these places. */
struct waived {
	struct finding finding;
	struct slice reason, owner, ticket;
	int64_t until;                 /* day; DATE_NONE: by the statement */
};
/* Fills those places of one without an end; what is waived by neither is PLIM_EFORMAT. */
int waived_complete(struct waived *waived, struct arena *arena, struct plim_error *err);
/* "REASON (OWNER, TICKET, until DAY)", "REASON (AUTHOR, SOURCE)". */
void waived_describe(const struct waived *waived, struct strbuf *into);

struct unknown {
	struct slice kind;             /* "os", "no_data", "data_age", "severity", "fix_date", "unreadable", "limit", "end_of_life", "hidden_database", "base", "signature", "license", "destination", "data_signature" */
	enum area area;
	enum action action;            /* what the policy says it is worth */
	struct slice subject;          /* what it is about: a path, a release, a rule */
	struct slice reason;
	uint32_t layer;                /* UINT32_MAX when none */
	const struct match *match;     /* of a vulnerability that may or may not be denied; not part of what travels */
};

struct exception_note {
	struct slice rule, id, reason, owner, ticket;
	int64_t until;
	struct slice lacking;          /* of an unapproved one: which approvals there are; else absent */
};

struct area_state {
	enum result result;
	struct slice note;             /* "matched debian-12, generation 2026-10-01", "no base image is required", ... ; may be absent */
	size_t evaluated;              /* rules or checks evaluated, 0 where counting means nothing */
	size_t not_applicable;
};

/* What a check of the catalogue or an own rule answered by itself, whatever actions, exceptions and VEX make of its findings. */
enum check_outcome { CHECK_PASS, CHECK_FAIL, CHECK_UNKNOWN, CHECK_NOT_APPLICABLE, CHECK_OUT_OF_SCOPE };
const char *check_outcome_name(enum check_outcome outcome);    /* "pass", "fail", "unknown", "not_applicable", "out_of_scope" */

struct check_result {
	enum area area;                /* AREA_CONFIGURATION or AREA_RULES */
	struct slice id, control, title;    /* no control of an own rule */
	enum severity severity;
	enum check_outcome outcome;
	struct slice reason;           /* why it was not evaluated, or not wholly; absent where it was */
};

struct package_count {
	struct slice type;
	size_t count;
};

/* A directory that a host's walk left out by rule. */
struct left_out {
	struct slice path, type, reason;    /* `type` of what is mounted there; absent: the place is what counts */
};

/* What the final tree has of one layer. */
struct layer_summary {
	struct slice instruction;      /* absent where history does not tell */
	enum origin origin;
	size_t packages, files;        /* everything but directories */
	uint64_t bytes;                /* of regular files */
};

/* What makes a verdict another one by nothing but the passing of days. */
enum passing {
	PASSING_ENFORCEMENT,           /* an entry begins to fail: enforce_from */
	PASSING_GRACE,                 /* a fix has been known for longer than an entry's grace */
	PASSING_AGE,                   /* a vulnerability is older than an entry's age */
	PASSING_EXCEPTION,             /* an exception ends */
	PASSING_STATEMENT,             /* a statement of VEX comes into force */
	PASSING_BASE,                  /* a base's approval ends, or its generation's */
	PASSING_DATA_AGE,              /* the advisory data become too old */
	PASSING_DATA,                  /* data from after the time of the evaluation count */
	PASSING_SUPPORT,               /* the support of the distribution's release ends */
	PASSING_IMAGE_AGE,             /* the image becomes too old, or is no more from the future */
	PASSING_KEY,                   /* a signer's key begins or ends to count, or may */
	PASSING_QUERY,                 /* a query reads the clock, and may answer otherwise on any other day */
	PASSING_COUNT
};

struct verdict {
	struct arena *arena;           /* owns everything here and the struct itself */
	/* subject */
	struct slice target;           /* image_set_name */
	struct slice kind;             /* inventory_kind_name; absent in verdicts of before */
	const struct image *image;     /* borrowed; NULL for a tree */
	struct slice destination;      /* the repository where it will live, as scopes were held against it; absent: not told */
	/* inputs */
	struct slice tool_version;     /* of the plimsoll that judged */
	struct slice policy_name;
	struct digest policy_digest;
	struct digest data_digest;     /* DIGEST_NONE without data */
	bool data_is_sample;
	const struct data_feed *feeds; /* snapshot of each feed, borrowed from the database or copied */
	size_t feed_count;
	int64_t evaluated_at;          /* seconds */
	struct slice level;            /* at which the target was read, "standard" or "full"; absent: a stored inventory or document, read before */
	struct digest since;           /* of the older verdict whose findings are known; DIGEST_NONE: none.  Such a verdict attests nothing */
	size_t known_count;            /* findings that would fail but for it */
	/* answer */
	enum result result;
	struct area_state areas[AREA_COUNT];
	struct finding *findings;      /* sorted: area, action (fail first), severity (worst first), rule, path, package, id */
	size_t finding_count;
	struct waived *waived;
	size_t waived_count;
	struct unknown *unknowns;
	size_t unknown_count;
	struct check_result *checks;   /* each check and rule that the policy selects: area, id */
	size_t check_count;
	struct exception_note *unused, *expired, *unapproved;    /* the last do not count: too few approved them */
	size_t unused_count, expired_count, unapproved_count;
	struct match_reason *explanations;    /* only where somebody asked; no part of the JSON */
	size_t explanation_count;
	/* VEX: what was read, how much of it was about a finding, and at most LIMIT_VEX_UNUSED_COUNT of what was not */
	size_t vex_documents, vex_statements, vex_used;
	struct statement_unused *vex_unused;
	size_t vex_unused_count;
	/* inventory summary */
	struct operating_system os;
	struct package_count *packages;
	size_t package_type_count;
	size_t file_count;
	size_t unaccounted_count;      /* programs, libraries, scripts and Java archives that no package has */
	size_t unsearched_count;       /* text files, of all layers, that were too long to be searched for secrets at that level */
	struct left_out *left_out;     /* in tree order */
	size_t left_out_count;
	struct layer_summary *layers;  /* from the bottom; none of a tree */
	size_t layer_count;
	/* outlook, only of what a judge has just made; no part of the JSON */
	int64_t next_day;              /* the first later day on which the same inputs may give another verdict; DATE_NONE: none ever will */
	unsigned next_passings;        /* bits of enum passing: why, on that day */
};

/* Raises the areas' results to what findings and unknowns are worth, and the verdict's to the worst of theirs. */
void verdict_conclude(struct verdict *verdict);

/* Results of one id, tests of one name or a rule of two profiles, become one, the worst of them: reports are read by id. */
int verdict_merge_checks(struct verdict *verdict, struct plim_error *err);
/* Whether no check that has a finding, waived or not, or could not tell is said to be anything better. */
bool verdict_checks_agree(const struct verdict *verdict);

/* What it would be without the unknowns of one kind, "data_age". */
enum result verdict_result_without(const struct verdict *verdict, const char *kind);

void verdict_free(struct verdict *verdict);
AUTO_DEFINE(verdict, struct verdict, verdict_free)

/*
 * Makes every text one that JSON can carry: in one that is not UTF-8 the bytes beyond ASCII are spelled \xNN, as reports show them.
 * All of it must have been read by verdict_parse: texts of others are not changed.
 */
int verdict_spell(struct verdict *verdict, struct plim_error *err);
/* The same of one text; absent without memory. */
struct slice verdict_text(struct arena *arena, struct slice text);

/* As it travels between processes: everything but target, image and tool, which whoever reads it knows better. */
void verdict_write(const struct verdict *verdict, struct strbuf *into);
int verdict_parse(struct slice bytes, struct verdict **out, struct plim_error *err);

#endif
