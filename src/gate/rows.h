/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that the judge answers a statement with. */
#ifndef GATE_ROWS_H
#define GATE_ROWS_H

#include "facts/facts.h"
#include "gate/judging.h"

#include <stdio.h>

struct row_sink {
	fact_row_fn *begin;    /* the columns' names, once; NULL: they are not wanted */
	fact_row_fn *row;      /* what it is given lives as long as the call */
	void *context;
	FILE *warnings;        /* what could not be read, a line each; NULL: nobody is told */
};

/* Asks about one image (0 for a tree); the judge was begun with the same statement. */
int rows_ask(struct analysis *analysis, struct run *run, const struct process *judge, size_t image, struct slice statement,
             const struct row_sink *sink, struct plim_error *err);

#endif
