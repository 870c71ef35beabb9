/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an XCCDF document says (NIST IR 7275r4, SCAP 1.2 and 1.3 source data
 * streams): benchmarks with profiles, rules and values, tailorings, and the
 * results that a scanner wrote.  Read in one pass, of a data stream of many
 * megabytes only what is named here; what checks a rule (OVAL) is not read.
 */
#ifndef SCAP_BENCHMARK_H
#define SCAP_BENCHMARK_H

#include "base/arena.h"
#include "base/map.h"
#include "base/severity.h"
#include "base/vec.h"

#include <plimsoll/error.h>

/* A group, or none, of those of the same benchmark. */
#define SCAP_NO_GROUP SIZE_MAX

/* Of a rule: whether it is checked, and whether what is found counts. */
enum scap_role { SCAP_ROLE_NOT_TOLD, SCAP_ROLE_FULL, SCAP_ROLE_UNSCORED, SCAP_ROLE_UNCHECKED };

struct scap_group {
	struct slice id, cluster;          /* a cluster is a name for several items; absent: it is in none */
	bool selected;
	size_t parent;                     /* index of a group, SCAP_NO_GROUP */
};

struct scap_rule {
	struct slice id, cluster, title;
	enum scap_role role;
	enum severity severity;            /* SEVERITY_UNKNOWN: not told */
	bool selected;
	size_t group;
	VEC(struct slice) values;          /* ids of those that its check takes */
};

/* One of the texts that a value may have. */
struct scap_choice {
	struct slice selector, text;       /* the default's selector is empty */
};

struct scap_value {
	struct slice id;
	VEC(struct scap_choice) choices;
};

enum scap_setting_kind { SCAP_SELECT, SCAP_SET_VALUE, SCAP_REFINE_VALUE, SCAP_REFINE_RULE };

/* What a profile says of one rule, group or value. */
struct scap_setting {
	enum scap_setting_kind kind;
	struct slice idref;
	bool selected;                     /* of SCAP_SELECT */
	struct slice text;                 /* the value; the selector; of SCAP_REFINE_RULE the severity, or empty */
	struct slice selector;             /* of SCAP_REFINE_RULE: which of the rule's checks is meant, absent: not told */
	enum scap_role role;               /* of SCAP_REFINE_RULE */
	uint32_t line;
};

struct scap_profile {
	struct slice id, title;
	struct slice extends;              /* absent: none */
	struct slice benchmark;            /* id of the one that its tailoring is for; absent: not told */
	VEC(struct scap_setting) settings;
	uint32_t line;
};

struct scap_benchmark {
	struct slice id, title;
	VEC(struct slice) platforms;       /* of the benchmark as a whole, "cpe:/o:debian:debian_linux:12"; none: any */
	VEC(struct scap_group) groups;
	VEC(struct scap_rule) rules;
	VEC(struct scap_value) values;
	VEC(struct scap_profile) profiles;
};

/* What a scanner found of one rule. */
enum scap_outcome {
	SCAP_PASS, SCAP_FAIL, SCAP_ERROR, SCAP_UNKNOWN, SCAP_NOT_APPLICABLE, SCAP_NOT_CHECKED, SCAP_NOT_SELECTED, SCAP_INFORMATIONAL, SCAP_FIXED,
	SCAP_OUTCOME_COUNT
};
const char *scap_outcome_name(enum scap_outcome outcome);    /* "pass", "notapplicable", ... */

struct scap_result {
	struct slice idref;
	enum scap_outcome outcome;
};

struct scap_document {
	VEC(struct scap_benchmark) benchmarks;
	VEC(struct scap_profile) tailored; /* profiles of a tailoring */
	VEC(struct scap_result) results;   /* of all TestResults */
	VEC(struct slice) platforms;       /* of all TestResults: those that the scanner found it to be */
	bool is_tailoring, has_results;
};
void scap_document_done(struct scap_document *document);
static inline void
auto_scap_document(struct scap_document *document)
{
	scap_document_done(document);
}

/*
 * A data stream, a benchmark, a tailoring or results.  Texts are in the arena, lists are the document's: the caller's to release, after an error
 * too.  PLIM_EFORMAT with the line, also for what is none of these; PLIM_ELIMIT beyond LIMIT_SCAP_ITEM_COUNT.
 */
int scap_parse(struct slice text, struct arena *arena, struct scap_document *out, struct plim_error *err);

/* "accounts_umask_etc_login_defs" of "xccdf_org.ssgproject.content_rule_accounts_umask_etc_login_defs"; `kind` is "rule", "value" or "profile".  Others as they are. */
struct slice scap_short_id(struct slice id, const char *kind);

#endif
