/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of configuration checks: checks/THEME.yaml, read when the program
 * is built.  A check is one SQL query; each row that it answers is one violation.
 */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include "base/arena.h"
#include "base/severity.h"
#include "codec/yaml.h"
#include "facts/facts.h"
#include "policy/fields.h"
#include "policy/mend.h"

/*
 * A file whose content the query depends on: what could not be read must not look like what is clean.  Unreadable is always
 * unknown.  Where one is missing or empty, an answer without a row does not count as passed: the check is not applicable then.
 */
struct check_need {
	struct slice path;      /* absolute, a glob where it has a wildcard */
	enum need {
		NEED_ANSWER,        /* "PATH" */
		NEED_MUST,          /* "PATH!": missing or empty is unknown */
		NEED_MAY,           /* "PATH?", and every glob: missing is as good as clean */
	} need;
};

struct check_parameters {
	const struct fact_parameter *at;
	size_t n;
};

/* Of what a check is: elsewhere it is out of scope.  A tree counts as an image whose configuration is not known. */
enum check_scope { CHECK_OF_BOTH, CHECK_OF_IMAGES, CHECK_OF_HOSTS };

struct check {
	struct slice id;                /* "THEME/NAME" */
	struct slice title;
	enum severity severity;
	struct slice control;           /* row of the list of controls that it comes from */
	struct slice rationale;
	const struct slice *references;
	size_t reference_count;
	struct slice applies;           /* SQL: without a row the check is not applicable; absent: always is */
	struct slice not_applicable;    /* the reason then; may be absent */
	const struct check_need *needs;
	size_t need_count;
	enum check_scope scope;
	struct check_parameters parameters;    /* with their defaults */
	struct slice query;
	struct slice fix;               /* may be absent */
	struct mend_steps mend;         /* the same for a program, columns not filled in; none: it takes a person */
};

struct catalogue {
	const struct check *checks;     /* sorted by id */
	size_t n;
};

/* Appends the checks of one file; PLIM_EPOLICY with place, line and caret.  All in the arena. */
int check_parse(struct slice name, struct slice text, struct arena *arena, const struct check **out, size_t *out_count,
                struct plim_error *err);

/* The value of `mend`: struct mend_steps. */
field_fn mend_read;

/* All built-in checks. */
extern const struct catalogue check_catalogue;

/* A glob takes its id, or the control that it comes from. */
bool check_is_named(const struct check *check, struct slice glob);

/* NULL when there is none of that id. */
const struct check *catalogue_find(const struct catalogue *catalogue, struct slice id);

#endif
