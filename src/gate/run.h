/* SPDX-License-Identifier: Apache-2.0 */
/* A run: the zygote, the hasher, the cache, and how many may work at once. */
#ifndef GATE_RUN_H
#define GATE_RUN_H

#include "gate/job/jobs.h"
#include "gate/watching.h"
#include "net/fetcher.h"
#include "store/cache.h"

#include <plimsoll/run.h>

struct run {
	struct zygote *zygote;
	struct process hasher;     /* begun when the first bytes are to be hashed */
	struct cache *cache;       /* NULL: none */
	unsigned jobs;
	enum analysis_level level;
	struct fetcher *fetcher;   /* begun when a registry is asked for the first time */
	struct fetcher_options network;
	struct watching watching;
};

/* Begins one; warns, or fails, where the kernel cannot confine. */
int run_start(const struct plim_run_options *options, struct run **out, struct plim_error *err);
void run_end(struct run *run);
AUTO_DEFINE(run, struct run, run_end)

/* The hasher's channel, begun with so many threads if it is not there yet. */
int run_hasher(struct run *run, size_t streams, int *channel, struct plim_error *err);

/* Whoever asks registries. */
int run_fetcher(struct run *run, struct fetcher **out, struct plim_error *err);

/*
 * The next message of `process`, of kind `kind`; its failure is answered as ours, its death as PLIM_EPROCESS with the cause.  NULL for
 * any kind.
 */
int run_expect(struct run *run, const struct process *process, uint32_t kind, struct message *out, struct plim_error *err);
/* The same of the hasher, through its channel. */
int run_expect_hashed(struct run *run, int channel, struct hashed *out, struct plim_error *err);

#endif
