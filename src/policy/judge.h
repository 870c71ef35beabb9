/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One evaluation under way.  Each area is a function that looks at the
 * inventory and reports findings and unknowns; what they are worth together,
 * exceptions and order are the business of evaluate.c.
 */
#ifndef POLICY_JUDGE_H
#define POLICY_JUDGE_H

#include "policy/model.h"
#include "policy/policy_tables.h"
#include "policy/scap_scan.h"

struct judging {
	const struct policy *policy;
	struct inventory *inventory;
	const struct database *database;    /* may be NULL */
	struct matching matching;      /* its matches */
	struct policy_tables tables;   /* what `facts` are of */
	int64_t at;                    /* seconds */
	struct slice explain;          /* glob of what is to be explained; absent: nothing */
	struct slice destination;      /* the repository where it will live; absent: not told */
	struct slice tag;              /* under which it was asked for; absent: not told */
	const struct vex_attested *vex;
	const struct scap_scans *scans;    /* what a scanner told; NULL: nothing */
	struct signed_by signed_by, data_signed;
	bool data_doubted[AREA_COUNT]; /* judge_data_signed said so */
	struct verdict *verdict;
	struct arena *arena;           /* the verdict's */
	struct facts *facts;           /* the inventory's tables */
	VEC(struct finding) findings;
	VEC(struct unknown) unknowns;
};

/* Copies it; adds its id, layer digest, instruction and origin from what its evidence says.  Texts must live as long as the verdict. */
int judge_finding(struct judging *judging, const struct finding *finding, struct plim_error *err);
/* `subject` may be absent; `layer` UINT32_MAX where there is none. */
int judge_unknown(struct judging *judging, enum unknown_kind kind, enum area area, struct slice subject, struct slice reason,
                  uint32_t layer, struct plim_error *err);
/* Where data are to decide: whoever the policy asks for has signed them, or that is unknown, once an area. */
int judge_data_signed(struct judging *judging, enum area area, struct plim_error *err);
/* A text in the verdict's arena; absent without memory, which the caller of judge_finding sees then. */
struct slice judge_text(struct judging *judging, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A finding of an entry of the policy, within its scope; an unknown where that cannot be told: its action is what the terms say on the day of the evaluation, its severity theirs, else the finding's own. */
int judge_entry(struct judging *judging, const struct terms *terms, const struct finding *finding, struct plim_error *err);
/* Of an entry whose scope leaves out the whole image, nothing need be asked. */
bool judge_leaves_out(const struct judging *judging, const struct terms *terms);
/* Why a scope cannot be told. */
struct doubt {
	enum unknown_kind kind;
	const char *reason;
};
enum scoped judge_scope(const struct judging *judging, const struct scope *scope, struct evidence evidence, struct doubt *doubt);
/* What a finding is worth on the day of the evaluation: terms may begin to count later. */
enum action judge_action(const struct judging *judging, const struct terms *terms);
/* Notes the days on which looking for this signer's signatures again may find something else. */
void judge_signer(const struct judging *judging, const struct origin_signer *signer);
/* Whether the evaluation is on that day or later.  Whatever depends on the day asks here: that it is not is noted in the verdict as a day on which that may be another. */
bool judge_reached(const struct judging *judging, int64_t day, enum passing passing);
/* What the report says of the area beside its result. */
void judge_note(struct judging *judging, enum area area, struct slice note);

/* No layer: what a finding without one has. */
#define EVIDENCE_NONE ((struct evidence){ .layer = UINT32_MAX })
struct evidence evidence_of_package(const struct package *package);

typedef int judge_fn(struct judging *judging, struct plim_error *err);
judge_fn judge_base_image, judge_vulnerabilities, judge_components, judge_configuration, judge_metadata, judge_origin, judge_rules;

/* exceptions.c, when all areas are judged: waives findings, and notes what has expired or took nothing. */
judge_fn judge_exceptions;
/* vex_judge.c, before exceptions: which statement is about each finding, and whether it waives that (`waives` has room for all). */
int judge_vex(struct judging *judging, bool *waives, struct plim_error *err);
/* check_rows.c: each row of the query is a finding. */
int judge_query(struct judging *judging, const struct selected *selected, enum area area, struct plim_error *err);
/* A query that ran into its limit, or into what was not kept, leaves its check open; only our own trouble ends the evaluation. */
int judge_query_failure(struct judging *judging, const struct check *check, enum area area, int failure, const struct plim_error *why,
                        struct plim_error *err);

/* check_rows.c, of the statements since facts_forget_reads: they need a running machine, which the target is not; `reason` says so. */
bool judge_lacks_machine(struct judging *judging, struct slice *reason);
/* ... and what that did not tell of what they read is unknown. */
int judge_machine_gaps(struct judging *judging, const struct check *check, enum area area, struct plim_error *err);

/* tests.c, a part of the rules: files of other programs' tests. */
judge_fn judge_tests;
/* scap_judge.c, a part of the configuration: the rules of SCAP profiles, of which the checks that answer them are judged; `first`: their first among the results. */
int judge_scap(struct judging *judging, size_t first, struct plim_error *err);
/* scap_scan.c: a rule of an entry of `scap` that no check answers, as a scanner did; `out` is unknown so far. */
int judge_scanned(struct judging *judging, size_t entry, size_t rule, struct check_result *out, struct plim_error *err);

/* area_licenses.c, a part of the components. */
judge_fn judge_licenses;

/* summary.c: what the image has, in numbers; once it is known what is the base's. */
int judge_summary(struct judging *judging, struct plim_error *err);

/* What a path of the image is as its programs see it. */
enum sight { SIGHT_ABSENT, SIGHT_EMPTY, SIGHT_READ, SIGHT_PARTLY, SIGHT_UNREADABLE };
/* `reason` says why, of what could not be read, wholly or in part. */
enum sight judge_sight(const struct judging *judging, struct slice path, struct slice *reason);
/* Some layer could not be read at all: what is missing may be there. */
bool judge_has_hole(const struct judging *judging, struct slice *reason);
/* Some layer or directory could not be read: a query over all files may miss some.  `reason` names it. */
bool judge_misses_files(struct judging *judging, struct slice *reason);
/* A database of the system's packages that could not be read, or not wholly; NULL: there is none. */
const struct inventory_gap *judge_missing_list(const struct judging *judging);
/* What a gap is as an unknown. */
enum unknown_kind judge_gap_kind(const struct inventory_gap *gap);
/* Some packages, or any layer, could not be read: the list of packages may be short. */
bool judge_misses_packages(const struct judging *judging);

#endif
