/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling whoever watches a run what it is doing.  The parent waits most of the time: where somebody watches, it wakes up between to tell.
 */
#ifndef GATE_WATCHING_H
#define GATE_WATCHING_H

#include <plimsoll/run.h>

struct watching {
	plim_progress_fn *tell;    /* NULL: nobody watches */
	void *context;
	struct plim_progress now;
};

/* How long to wait at most before telling again, in milliseconds; `usual` where nobody watches. */
int watching_pause(const struct watching *watching, int usual);

/* Another stage begins; its name is borrowed until the next. */
void watching_stage(struct watching *watching, struct plim_progress stage);
/* How far it is, as `now` says, or just that time passes. */
void watching_tell(struct watching *watching);
/* Somebody is about to write: what is shown goes. */
void watching_end(struct watching *watching);

/*
 * Where somebody watches: waits until there is one of `events` (of poll) on a channel, telling meanwhile; PLIM_EPROCESS after LIMIT_WORKER_S.
 * Returns at once where nobody does.
 */
int watching_wait(struct watching *watching, int channel, short events, struct plim_error *err);

#endif
