/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules a profile selects, and with which values: its own and its
 * ancestors' settings, those of a tailoring among them, laid over what the
 * benchmark says of itself.  A rule counts when it and all its groups are
 * selected.  `requires` and `conflicts` of rules are not looked at: nothing is
 * left out for them.
 */
#ifndef SCAP_SELECTION_H
#define SCAP_SELECTION_H

#include "catalog/inventory.h"
#include "scap/benchmark.h"

struct scap_chosen_rule {
	const struct scap_rule *rule;
	enum severity severity;            /* as the profile refines it, and what follows */
	enum scap_role role;
	struct slice selector;             /* of the check that is meant; absent or empty: the rule's default */
};

/* Why the profile has nobody decide by it, although it selects it; absent: it has. */
struct slice scap_why_unasked(const struct scap_chosen_rule *chosen);

struct scap_chosen_value {
	struct slice id, text;             /* absent text: the profile picks a selector that the value does not have */
};

struct scap_selection {
	const struct scap_benchmark *benchmark;
	const struct scap_profile *profile;
	VEC(struct scap_chosen_rule) rules;    /* in the benchmark's order */
	VEC(struct scap_chosen_value) values;  /* all of the benchmark */
	VEC(struct slice) missing;         /* what the profile selects and the benchmark does not have */
};
void scap_selection_done(struct scap_selection *selection);

/*
 * `profile` is an id, or what stands behind "_profile_" in it.  `tailoring` may be NULL; its profiles come first.  What it answers is borrowed
 * from both documents.  PLIM_ENOTFOUND names the profiles that there are; PLIM_EFORMAT for ancestors in a circle, a value that is not there, a tailoring for another benchmark; PLIM_ELIMIT beyond LIMIT_SCAP_ITEM_COUNT.
 */
int scap_select(const struct scap_document *content, const struct scap_document *tailoring, struct slice profile, struct scap_selection *out,
                struct plim_error *err);

/* By id, or what stands behind "_value_"; absent where it is not known. */
struct slice scap_selection_value(const struct scap_selection *selection, struct slice id);

/* Whether a benchmark was written for this release. */
enum scap_fit { SCAP_FITS, SCAP_FITS_NOT, SCAP_FIT_UNKNOWN };
/* `why` says what it is for, and what the system is, unless it fits. */
enum scap_fit scap_benchmark_fit(const struct scap_benchmark *benchmark, const struct operating_system *os, struct strbuf *why);

#endif
