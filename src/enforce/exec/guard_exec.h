/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plimsoll guard exec: containers run what their images contain, and nothing else.  The kernel asks (fanotify(7), FAN_OPEN_EXEC_PERM) before it
 * executes a file of a container; what an untouched layer of the image holds may run, and so may content that some file of the image has.
 *
 *   watchdog ──forks──► listener   answers: what was decided before, what lies untouched in a layer
 *      ▲                   └─forks─► one process for each file whose content must be compared; it tells the log of a refusal
 *      └── each holds the kernel's group: whoever of them ends, execs wait for the other, and none goes unasked
 */
#ifndef ENFORCE_EXEC_GUARD_EXEC_H
#define ENFORCE_EXEC_GUARD_EXEC_H

#include "enforce/drift/container.h"
#include "enforce/guard.h"

struct guard_exec_options {
	const char *const *containers;     /* names, ids or their beginnings, "pid:N" for a container of no engine; NULL-terminated; NULL: all of all engines */
	struct container_places places;
	const char *const *allow;          /* globs of paths, as containers see them, of what may run nevertheless; NULL-terminated; NULL: none */
	const char *const *runtimes;       /* OCI runtimes besides the usual ones; NULL-terminated; NULL: none */
	bool dry;                          /* refuses nothing, and tells the log */
	uint64_t patience;                 /* milliseconds: a listener that is silent for longer is ended and begun anew */
	const struct guard_options *orders;    /* the assign file, whose glass may be broken; NULL: none */
	const struct plim_log_place *log;  /* of refusals */
};

#define GUARD_EXEC_PATIENCE_MS 5000

/*
 * Guards until SIGTERM or SIGINT, then 0.  PLIM_EUSAGE without CAP_SYS_ADMIN, PLIM_EUNSUPPORTED where the kernel cannot ask, PLIM_ENOTFOUND for a
 * container that nobody knows.  Words go to stderr.
 */
int guard_exec_run(const struct guard_exec_options *options, struct plim_error *err);

#endif
