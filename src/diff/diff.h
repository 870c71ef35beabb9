/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed from one image to another: a list of changes, each in one of
 * six parts, and for each file the input that explains it.  Plain data, all of
 * it in one arena, in a defined order.
 */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include "policy/policy.h"

#define DIFF_SCHEMA 1

enum diff_part { PART_PACKAGES, PART_FILES, PART_SETTINGS, PART_METADATA, PART_LAYERS, PART_FINDINGS, PART_COUNT };
extern const char *const part_names[PART_COUNT];

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED };
extern const char *const change_names[];

/* What a change comes from. */
enum cause { CAUSE_NONE, CAUSE_PACKAGE, CAUSE_PACKAGE_MANAGER, CAUSE_BASE, CAUSE_INSTRUCTION, CAUSE_SOURCE, CAUSE_GENERATED };
#define CAUSE_COUNT (CAUSE_GENERATED + 1)
extern const char *const cause_names[CAUSE_COUNT];

/* One thing that is not as it was.  A side that has no such thing, or whose value is never shown, is absent. */
struct detail {
	struct slice what, old, new;
};

struct change {
	enum diff_part part;
	enum change_kind kind;
	struct slice group;            /* "deb", "regular", "users", "label", ...: what kind of thing it is */
	struct slice subject;          /* its name; of a file its path */
	struct slice path;             /* of a file, and the one that a setting or finding is about; absent if none */
	const struct detail *details;
	size_t detail_count;
	enum cause cause;              /* of files and settings */
	struct slice input;            /* what that is: "libssl3 3.0.11-1 -> 3.0.13-1"; absent for CAUSE_NONE */
	uint32_t layer;                /* of a file: that has it, of a removed one that had it; UINT32_MAX if none */
	struct slice instruction;      /* of that layer, in short; absent if not known */
};

struct part_count {
	size_t added, removed, changed, unexplained;
	struct slice not_compared;     /* why, where it was not; absent where it was */
};

/* What keeps a part of the answer from being given. */
struct diff_gap {
	bool of_new;                   /* the new image has it, else the old one */
	struct slice kind, path, reason;
	uint32_t layer;
};

struct diff {
	struct arena *arena;           /* owns everything here and the struct itself */
	struct change *changes;        /* by part, then subject */
	size_t change_count;
	struct part_count *counts;     /* PART_COUNT of them; changes beyond limit CHANGE_COUNT are counted too */
	size_t count_count;
	struct diff_gap *gaps;
	size_t gap_count;
	enum result old_result, new_result;    /* by the policy */
	struct slice policy_name;
	struct digest policy_digest, data_digest;
	bool gated;                    /* the policy says what something unexplained is worth */
	enum action gate;
};

/* Both sides as the policy judged them; inventories and verdicts outlive the diff. */
struct diff_side {
	struct inventory *inventory;
	const struct verdict *verdict;
};

int diff_make(const struct diff_side *old, const struct diff_side *new, const struct policy *policy, int64_t at, struct diff **out,
              struct plim_error *err);
/* Files alone, and nobody asks why: changes of that part, and files that could not be read. */
int diff_files(const struct inventory *old, const struct inventory *new, struct diff **out, struct plim_error *err);
void diff_free(struct diff *diff);
AUTO_DEFINE(diff, struct diff, diff_free)

/* Changes of files that nothing explains. */
size_t diff_unexplained(const struct diff *diff);

/* As it travels between processes. */
void diff_write(const struct diff *diff, struct strbuf *into);
int diff_parse(struct slice bytes, struct diff **out, struct plim_error *err);

#endif
