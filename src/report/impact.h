/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of what another policy would change: inventory by inventory; one writer a format. */
#ifndef REPORT_IMPACT_H
#define REPORT_IMPACT_H

#include "base/strbuf.h"
#include "policy/turns.h"

/* In the order in which they are told. */
enum impact_state {
	IMPACT_NEWLY_FAILS,        /* by the new policy, and not by the old one */
	IMPACT_CANNOT_TELL,        /* the new policy cannot, or the inventory could not be read */
	IMPACT_WILL_FAIL,          /* it passes by the new policy, which fails it on a later day, on which the old one does not */
	IMPACT_NEWLY_PASSES,
	IMPACT_STAYS,
	IMPACT_STATE_COUNT
};
extern const char *const impact_state_names[IMPACT_STATE_COUNT];    /* "newly_fails", "cannot_tell", "will_fail", "newly_passes", "stays" */

/* What holds back by one and not, or less, by the other. */
struct impact_rule {
	enum action action;
	enum area area;
	struct slice rule, subject, reason;
	struct slice cause;        /* of what begins later: why then; else absent */
};

struct impact_rules {
	const struct impact_rule *at;
	size_t n;
};

struct impact_item {
	struct slice file;         /* below the directory */
	struct slice name;         /* which image it is of; empty for a tree, absent where it could not be read */
	struct slice error;        /* absent: it was judged */
	enum impact_state state;
	enum result old, new;
	struct impact_rules adds, drops;    /* by the new policy only, by the old one only; today */
	int64_t fails_from;        /* the first later day on which the new policy fails what it does not fail today; DATE_NONE: none */
	enum result old_then;      /* by the old policy on that day */
	struct impact_rules then;  /* what begins on that day */
};

struct impact {
	int64_t at;                /* seconds */
	int64_t days;              /* how far it looks */
	struct slice old, new;     /* the policies as they were named */
	const struct impact_item *items;    /* by state, then by file */
	size_t count;
	size_t counts[IMPACT_STATE_COUNT];
	const struct slice *passed_over;    /* files that are no inventories */
	size_t passed_over_count;
	unsigned columns;
	bool colour;
};

struct impact_writer {
	const char *name;
	void (*write)(const struct impact *impact, struct strbuf *into);
};

extern const struct impact_writer impact_text, impact_json, impact_csv;
extern const struct impact_writer *const impact_writers[];    /* NULL-terminated */

#endif
