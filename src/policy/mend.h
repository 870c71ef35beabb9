/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mends a violation, as `mend:` of a check says it: steps of a verb and its words, in which {COLUMN} stands for what the violation's
 * row has there, and {:PARAMETER} for the value of the check's parameter.  A step says what becomes of the files; how a shell is told so is not its business (fix/).
 */
#ifndef POLICY_MEND_H
#define POLICY_MEND_H

#include "base/arena.h"
#include "facts/facts.h"

#include <plimsoll/error.h>

enum mend_verb {
	MEND_CHMOD,         /* MODE PATH: symbolic or octal, as chmod(1) */
	MEND_CHOWN,         /* UID[:GID] PATH */
	MEND_RM,            /* PATH: whatever it is, with all below it */
	MEND_CLEAR,         /* PATH: a directory's content */
	MEND_EMPTY,         /* PATH: a file's content */
	MEND_REMOVE,        /* PACKAGE of the operating system */
	MEND_DELETE_LINE,   /* PATH LINE */
	MEND_DELETE_WORD,   /* PATH LINE WORD: words that begin so */
	MEND_SET_FIELD,     /* PATH LINE NUMBER VALUE: of fields with colons between, from 1 */
	MEND_SET_VALUE,     /* PATH NAME VALUE: of a file of lines "NAME VALUE" */
	MEND_UNSET,         /* NAME: an environment variable */
	MEND_VERB_COUNT
};

#define MEND_WORDS 4

struct mend_step {
	enum mend_verb verb;
	struct slice words[MEND_WORDS];
	size_t n;
};

struct mend_steps {
	const struct mend_step *at;
	size_t n;
};

/* The texts are borrowed; PLIM_EFORMAT for a verb that there is not, or another number of words. */
int mend_step_parse(struct slice text, struct mend_step *out, struct plim_error *err);
/* What stands in the braces of steps. */
struct mend_values {
	const struct fact_row *row;
	const struct fact_parameter *parameters;
	size_t n;
};
/* With one row's values in the arena: false where one of them is NULL or not there, or without memory. */
bool mend_step_fill(const struct mend_step *step, const struct mend_values *values, struct arena *arena, struct mend_step *out);

#endif
