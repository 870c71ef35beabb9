/* SPDX-License-Identifier: Apache-2.0 */
/* Drift of containers, as it is found and reported. */
#ifndef ENFORCE_DRIFT_DRIFT_H
#define ENFORCE_DRIFT_DRIFT_H

#include "diff/drift.h"
#include "enforce/drift/container.h"
#include "gate/analyze.h"
#include "gate/job/running.h"
#include "image/image.h"

#include <plimsoll/drift.h>

#define DRIFT_SCHEMA 1

/* Against what a container's files were held. */
enum drift_baseline { BASELINE_NONE, BASELINE_IMAGE, BASELINE_LAYERS };
extern const char *const baseline_names[];

/* A program that lies in something that is mounted into the container: no image has it. */
struct outside_mount {
	struct slice place, kind;      /* "volume", "tmpfs", ... by its file system */
	size_t programs;
	uint64_t device, inode;        /* of what was found there */
};

struct drifted {
	const struct container *container;
	bool running;
	enum drift_baseline baseline;
	struct digest config_digest, manifest_digest;
	struct drift *drift;           /* with processes, and what is outside or in memory; NULL: nothing could be told */
	VEC(struct outside_mount) outside;
	VEC(struct drift_gap) gaps;    /* what else could not be told; texts are the report's */
	size_t failing;                /* changes at or above the severity */
	enum result result;
};

struct plim_drift {
	struct arena *arena;
	struct run *run;
	struct containers containers;
	struct running *running;       /* in the arena; NULL: /proc could not be read */
	struct slice no_running;       /* why */
	const struct plim_drift_options *options;    /* while it is being made */
	enum severity severity;
	struct slice *ignore;
	size_t ignore_count;
	struct drifted *at;            /* in the arena */
	size_t n;
	bool full;
	enum result result;
};

/* read.c: the container's files against its image's, into `out->drift`.  What cannot be told is a gap; an error is one of memory or of our own processes. */
int drift_read(struct plim_drift *all, size_t index, struct drifted *out, struct plim_error *err);
/* outside.c: what is mounted into it. */
int drift_outside(struct plim_drift *all, size_t index, struct drifted *out, struct plim_error *err);
/* running.c: which processes there are; and what those of one run. */
int running_read(struct plim_drift *all, struct plim_error *err);
int drift_join(struct plim_drift *all, size_t index, struct drifted *out, struct plim_error *err);

/* drift.c */
int drifted_gap(struct plim_drift *all, struct drifted *to, struct slice path, struct plim_error *err, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A tree of a directory, which is the caller's, read by a process of its own: a sealed block, or PLIM_EPROCESS or PLIM_ELIMIT. */
int drift_read_tree(struct plim_drift *all, int directory, const struct layer_order *order, int *out, struct plim_error *err);

struct drift_writer {
	const char *name;
	void (*write)(const struct plim_drift *drift, const struct plim_report_options *options, struct strbuf *into);
};
extern const struct drift_writer drift_text, drift_json;

#endif
