/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What registries have, for a door that listens: some processes, each with a fetcher of its own, so that the event loop waits for none of them.
 * Documents and streams come as descriptors; a process is free for the next question once it has handed one over.
 */
#ifndef ENFORCE_SERVER_FETCHING_H
#define ENFORCE_SERVER_FETCHING_H

#include "net/fetcher.h"

struct event_base;
struct fetching;

enum fetch_kind {
	FETCH_MANIFEST,      /* by digest */
	FETCH_TAG,           /* by tag, as the repository itself has it */
	FETCH_REFERRERS,     /* of a digest */
	FETCH_STATEMENT,     /* a blob by digest, as a document */
	FETCH_BLOB,          /* by digest, of a known size */
	FETCH_KIND_COUNT,
};

struct fetch_wanted {
	enum fetch_kind kind;
	struct slice repository;     /* "HOST/PATH" */
	struct slice tag;
	struct digest digest;
	uint64_t size;
};

struct fetch_got {
	int code;                    /* 0, or an error's */
	struct slice why;            /* its text */
	struct slice media_type;     /* of a document */
	struct digest digest;
	uint64_t size;
	int fd;                      /* a sealed file, or of a blob a pipe; whoever is called closes it; -1 with an error */
};

/* Forks; `options` lives until fetching_stop, in the processes too.  To be called before threads, sockets or an event loop are there. */
int fetching_start(const struct fetcher_options *options, unsigned count, struct fetching **out, struct plim_error *err);
int fetching_attach(struct fetching *fetching, struct event_base *loop, struct plim_error *err);
/* 0, or why no process can be begun any more: then the loop has been ended, for nobody would ever fetch. */
int fetching_check(const struct fetching *fetching, struct plim_error *err);
/* Somebody is there to be asked. */
bool fetching_is_ready(const struct fetching *fetching);
/* NULL is none. */
void fetching_stop(struct fetching *fetching);
AUTO_DEFINE(fetching, struct fetching, fetching_stop)

typedef void fetched_fn(void *context, const struct fetch_got *got);
/* `wanted` with its texts, and `arena`, live until `fetched` was called, once, which may be before this returns. */
void fetching_ask(struct fetching *fetching, const struct fetch_wanted *wanted, struct arena *arena, fetched_fn *fetched, void *context);

#endif
