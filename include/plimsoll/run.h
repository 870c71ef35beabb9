/* SPDX-License-Identifier: Apache-2.0 */
/* How a run is carried out: its processes, what confines them, what is kept between runs. */
#ifndef PLIMSOLL_RUN_H
#define PLIMSOLL_RUN_H

#include <plimsoll/error.h>

#include <stdio.h>

struct plim_run_options {
	unsigned jobs;              /* workers at once; 0: one per core */
	int no_cache;               /* neither reads nor keeps layers */
	int require_sandbox;        /* fails where the kernel cannot confine workers */
	FILE *warnings;             /* where it is told that it cannot; NULL: nowhere */
};

/*
 * Chooses a limit for this process and what it starts: "NAME=NUMBER", the number with K, M or G behind it for powers of 1024.  The names are
 * in plimsoll-limits(7).  To be called before anything is read.
 */
PLIM_API int plim_limit_choose(const char *assignment, struct plim_error *err);

/* What confines workers on this machine, one line each.  `*whole` is 0 where something is missing. */
PLIM_API int plim_doctor(FILE *into, int *whole, struct plim_error *err);

/* The cache of layers: where it is, how many layers it holds, how large it is and may become. */
PLIM_API int plim_cache_status(FILE *into, struct plim_error *err);
/* Removes all of them, and says how much that was. */
PLIM_API int plim_cache_clear(FILE *into, struct plim_error *err);

#endif
