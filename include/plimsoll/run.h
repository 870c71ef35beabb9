/* SPDX-License-Identifier: Apache-2.0 */
/* How a run is carried out: its processes, what confines them, what is kept between runs. */
#ifndef PLIMSOLL_RUN_H
#define PLIMSOLL_RUN_H

#include <plimsoll/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum plim_stage {
	PLIM_STAGE_NONE,         /* nothing to tell any more, or for now: output or an error follows */
	PLIM_STAGE_OPENING,      /* documents of an image */
	PLIM_STAGE_PREPARING,    /* policy and advisory data */
	PLIM_STAGE_LAYERS,
	PLIM_STAGE_TREE,
	PLIM_STAGE_JUDGING,
	PLIM_STAGE_FEEDS,
	PLIM_STAGE_FETCHING,     /* files of feeds */
	PLIM_STAGE_COMPILING,    /* the advisory database */
	PLIM_STAGE_VERDICT,      /* one that was written before is read */
	PLIM_STAGE_SCANNING,     /* a scanner of somebody else's looks at it */
};

/* What a run is doing, and how far it is. */
struct plim_progress {
	enum plim_stage stage;
	size_t done, total;              /* layers or files; total 0: not known */
	uint64_t bytes, bytes_total;     /* of them as stored; 0: not known */
	const char *name;                /* the image or the feed at hand, not NUL-terminated, as its author spelled it; NULL: none */
	size_t name_size;
};

/* Called when a stage begins and some ten times a second while a run waits for its processes, which wait for nothing meanwhile. */
typedef void plim_progress_fn(void *context, const struct plim_progress *progress);

/* How registries are asked.  NULL for the usual: what podman and Docker use (plimsoll-registries(7)). */
struct plim_network_options {
	const char *auth_file;              /* credentials */
	const char *certificates;           /* a directory: ca.crt, client.cert, client.key */
	const char *registries_conf;
	const char *const *plain_http;      /* hosts that may be asked without TLS; NULL-terminated */
	bool anonymous;                     /* without credentials */
	const char *engine;                 /* the socket of Docker or podman, "unix://PATH" or a path; NULL: $DOCKER_HOST, else where it usually is */
};

struct plim_run_options {
	unsigned jobs;              /* workers at once; 0: one per core */
	int no_cache;               /* neither reads nor keeps layers */
	int require_sandbox;        /* fails where the kernel cannot confine workers */
	FILE *warnings;             /* where it is told that it cannot; NULL: nowhere */
	const struct plim_network_options *network;    /* NULL: as usual */
	plim_progress_fn *on_progress;    /* NULL: nobody asks */
	void *progress_context;
	int full;                   /* level full: every byte is hashed and searched for secrets; else programs and configuration are hashed, text files searched */
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
