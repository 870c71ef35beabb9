/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who decides for a door that listens.  What is known is told at once, in the event loop; whatever needs somebody to be asked is done by one of
 * some processes, each with a core of its own, which are forked before anything is served.  One that does not answer in time, or is no more, is
 * replaced, and what it was asked is a question that nobody could answer.
 */
#ifndef ENFORCE_SERVER_DECIDING_H
#define ENFORCE_SERVER_DECIDING_H

#include "enforce/guard.h"

struct event_base;
struct deciders;

struct deciders_counts {
	uint64_t recalled;       /* answered at once */
	uint64_t asked;          /* answered by a process */
	uint64_t late;           /* not answered in time */
	uint64_t replaced;       /* processes that hung, or died */
	uint64_t ready, waiting; /* now: processes, and questions that wait for one */
};

/*
 * Forks; `options` and all that it refers to live until deciders_stop, also in the processes.  What the core cannot read is an error here.
 * To be called before threads, sockets or an event loop are there.
 */
int deciders_start(const struct guard_options *options, unsigned count, struct deciders **out, struct plim_error *err);
/* The loop in which everything below happens, and in which `options.count` processes begin. */
int deciders_attach(struct deciders *deciders, struct event_base *loop, struct plim_error *err);
/* Questions that are open get no answer any more. */
void deciders_stop(struct deciders *deciders);
AUTO_DEFINE(deciders, struct deciders, deciders_stop)

/* Called once for each question; the answer is in its arena. */
typedef void decided_fn(void *context, const struct guard_answer *answer);

/*
 * Asks; `question` with all that it refers to, and `arena`, live until `decided` was called, which may be before this returns.  After `ms` (0:
 * twice LIMIT_GUARD_ASK_MS, for who waits for a process may wait as long as who is asked) nobody could tell.
 */
void deciders_ask(struct deciders *deciders, const struct guard_question *question, struct arena *arena, uint64_t ms, decided_fn *decided, void *context);

/* 0, or why no process can be begun any more: then the loop has been ended, for nobody would ever answer. */
int deciders_check(const struct deciders *deciders, struct plim_error *err);
/* Somebody is there to be asked. */
bool deciders_are_ready(const struct deciders *deciders);
struct deciders_counts deciders_count(const struct deciders *deciders);

#endif
