/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small process from which all others are forked: begun before anything
 * large is mapped and before a word of the environment is needed, which it
 * wipes.  What it forks holds one end of a channel and nothing else.
 */
#ifndef PROCESS_ZYGOTE_H
#define PROCESS_ZYGOTE_H

#include "base/auto.h"
#include "process/channel.h"

/* What a forked process does; the arrays of them are handed down from gate/. */
struct job {
	const char *name;                  /* "worker", as ps and doctor show it */
	/* Runs to its end on the channel and answers the exit status; it confines itself before it reads what came from outside. */
	int (*run)(int channel);
	/* In its place where a zygote was started with a context: the same with that. */
	int (*run_with)(int channel, void *context);
};

struct zygote;

/* `jobs` ends with an entry without name and must be constant data. */
int zygote_start(const struct job *jobs, struct zygote **out, struct plim_error *err);
/*
 * For a program that serves: its jobs are the program once more.  They have its context, environment and standard error, and neither they nor the
 * zygote heed SIGINT, SIGTERM or SIGHUP: whoever began them ends them.
 */
int zygote_start_with(const struct job *jobs, void *context, struct zygote **out, struct plim_error *err);
/* Ends it and everything that it forked. */
void zygote_stop(struct zygote *zygote);
AUTO_DEFINE(zygote, struct zygote, zygote_stop)

struct process {
	int channel;               /* -1: none */
	uint32_t id;
};

/* Forks one that runs jobs[job]. */
int zygote_spawn(struct zygote *zygote, size_t job, struct process *out, struct plim_error *err);
void process_close(struct process *process);
/* Ends it, whatever it is doing, and closes its channel. */
void zygote_end(struct zygote *zygote, struct process *process);
static inline void
auto_process(struct process *process)
{
	process_close(process);
}

/* Why a process whose channel has closed is no more, as a phrase: "ended by signal 9 (Killed)".  False when nobody knows that it ended. */
bool zygote_cause(struct zygote *zygote, const struct process *process, char *text, size_t size);

#endif
