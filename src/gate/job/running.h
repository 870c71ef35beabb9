/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes run in which containers, and what they run: read out of /proc by a process of its own.  SAY_START has struct running_order
 * and /proc; SAY_DONE has struct running.
 */
#ifndef GATE_JOB_RUNNING_H
#define GATE_JOB_RUNNING_H

#include "gate/job/jobs.h"

/*
 * A container is known by how the path of its writable directory ends ("ab12/diff"): that is in the mount table of its processes.  Of a process that took
 * another root the control group still tells whose it is, by the container's id.
 */
struct running_asked {
	struct slice directory, id;
};

struct running_order {
	struct running_asked *asked;
	size_t n;
};
extern const struct wire_struct wire_running_order;

/* A file that a process uses; `gone`: it is in no directory any more, `in_memory`: it never was. */
struct running_file {
	struct slice path, via;        /* "run", "mapped" or "argument" */
	bool gone, in_memory;
};

struct running_process {
	uint64_t pid, container;       /* index into the order's */
	struct slice name;
	struct running_file *files;
	size_t file_count;
};

/* Something else than the container's own root that is mounted in it. */
struct running_mount {
	struct slice place, kind, root;    /* where, which file system, and its directory that is seen there */
	struct slice device;               /* "8:1" */
};

/* What is mounted where, as processes of one mount name space see it: whoever may make another has a table of its own. */
struct running_view {
	uint64_t thread;               /* the first that has it; /proc knows it as it knows processes */
	struct running_mount *mounts;
	size_t mount_count;
	uint64_t root_device, root_inode;    /* of what that has as its root */
};

struct running_container {
	struct running_view *views;    /* first that of its first process; none: it does not run */
	size_t view_count;
	bool more_views;               /* than limit DRIFT_VIEW_COUNT: the others are not here */
	uint64_t strange;              /* a process of its control group that has another root, of which nothing else is told; 0: none */
	struct slice root_kind;        /* "overlay", "fuse.fuse-overlayfs" */
	struct id_map uids, gids;      /* of its user name space, seen from here */
};

struct running {
	struct running_process *processes;
	size_t process_count;
	struct running_container *containers;    /* as many as the order has directories */
	size_t container_count;
	uint64_t refused;              /* processes that may not be looked into */
};
extern const struct wire_struct wire_running;

#endif
