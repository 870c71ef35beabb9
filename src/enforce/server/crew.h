/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that all do the same for a door that listens, one question at a time each, so that its event loop waits for none of them.  They are
 * forked before anything is served; one that does not answer in time, or is no more, is begun again.
 */
#ifndef ENFORCE_SERVER_CREW_H
#define ENFORCE_SERVER_CREW_H

#include "process/channel.h"
#include "process/zygote.h"

struct event;
struct event_base;
struct crew;

/* What goes over a worker's channel: a question comes in, all others go out. */
enum { CREW_ASKED, CREW_READY, CREW_ANSWERED, CREW_ANSWERED_LAST };

enum crew_loss { CREW_ENDED, CREW_LATE, CREW_STOPPED };

struct crew_kind {
	const struct job *jobs;       /* the first says CREW_READY when it can be asked, then one answer to each question; after the last one it ends */
	const char *does;             /* "decides", for messages */
	/* `message` is the crew's; a descriptor that is taken out of it is the taker's. */
	void (*answered)(void *context, void *asked, struct message *message);
	/* There will be no answer. */
	void (*lost)(void *context, void *asked, enum crew_loss loss);
	/* Somebody may be free. */
	void (*free)(void *context);
	/* Each second; NULL: nothing. */
	void (*tick)(void *context);
};

struct worker {
	struct crew *crew;
	void *asked;                  /* whom it answers; NULL: it is free, or he does not wait any more, which he says by setting it so */

	/* private */
	struct process process;
	struct event *readable;       /* NULL: there is none now */
	struct event *late;
	bool ready, busy;
	bool leaves;                  /* it has said its last word */
};

/*
 * Forks; `kind`, `context`, and `job_context` in the processes too, live until crew_stop.  To be called before threads, sockets or an event loop
 * are there.
 */
int crew_start(const struct crew_kind *kind, void *context, void *job_context, unsigned count, struct crew **out, struct plim_error *err);
/* The loop in which everything below happens, and in which the processes begin. */
int crew_attach(struct crew *crew, struct event_base *loop, struct plim_error *err);
/* Open questions are lost as CREW_STOPPED.  NULL is none. */
void crew_stop(struct crew *crew);
AUTO_DEFINE(crew, struct crew, crew_stop)

/* NULL: all have something to do, or none is there. */
struct worker *crew_find_free(struct crew *crew);
/* Has one that is free answer `asked` within LIMIT_GUARD_ASK_MS; false where it cannot be asked: then it is replaced, and `asked` is not lost. */
bool crew_ask(struct worker *worker, struct slice body, void *asked);

/* 0, or why no process can be begun any more: then the loop has been ended, for nobody would ever answer. */
int crew_check(const struct crew *crew, struct plim_error *err);
/* How many can be asked now or soon; how many hung or died. */
unsigned crew_ready(const struct crew *crew);
uint64_t crew_replaced(const struct crew *crew);

#endif
