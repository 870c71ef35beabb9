/* SPDX-License-Identifier: Apache-2.0 */
/* Statements out of lines: each up to its semicolon, and commands that begin with a dot, which are one line. */
#ifndef GATE_TRUST_STATEMENTS_H
#define GATE_TRUST_STATEMENTS_H

#include "base/strbuf.h"

struct statements {
	struct strbuf pending;    /* lines that no statement took yet; released by strbuf_done */
	size_t looked;            /* of these, what holds no end of one */
};

/* Adds a line, and its newline. */
void statements_add(struct statements *from, struct slice line);

/*
 * Takes the next whole one, without its semicolon; false where lines are missing.  `last`: no more will come, so that what is left is one as well.
 * `*out` is the caller's.
 */
bool statements_next(struct statements *from, bool last, char **out);

/* Forgets what has begun. */
void statements_drop(struct statements *from);

/* Whether a statement has begun that no line ended yet. */
bool statements_inside(const struct statements *from);

#endif
