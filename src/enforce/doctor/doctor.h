/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which doors are open: what a machine's engines, or a cluster's manifests, let run without asking anybody.  Only configuration is read; what
 * cannot be read is told as that, and counts as no shut door.
 */
#ifndef ENFORCE_DOCTOR_DOCTOR_H
#define ENFORCE_DOCTOR_DOCTOR_H

#include "base/arena.h"
#include "base/vec.h"

#include <plimsoll/error.h>

#include <stdio.h>

enum door_state { DOOR_SHUT, DOOR_OPEN, DOOR_UNKNOWN };

struct door_line {
	const char *door;              /* "Docker" */
	enum door_state state;
	struct slice text;
	const char *fix;               /* NULL: nothing is to be done */
};

struct doctor {
	int root;                      /* the directory that is looked at as a machine's root */
	const char *root_path;
	bool is_live;                  /* it is this machine's own: its processes count too */
	struct arena *arena;
	VEC(struct door_line) lines;
};

/* Looks at the machine whose root is `root`; "/" is this one.  0 with what is told in `into`; `*worst` is that of all doors. */
int doctor_machine(const char *root, FILE *into, enum door_state *worst, struct plim_error *err);
/* Looks at manifests of a cluster, files of YAML or JSON, all of them together: NULL-terminated. */
int doctor_manifests(const char *const *files, FILE *into, enum door_state *worst, struct plim_error *err);

/* Inside: what the examinations share. */

int doctor_say(struct doctor *doctor, const char *door, enum door_state state, const char *fix, struct plim_error *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* A file below the root, links followed inside of it; absent, and 0, where there is none.  In the arena. */
int doctor_read(struct doctor *doctor, const char *path, struct slice *out, struct plim_error *err);
bool doctor_has(const struct doctor *doctor, const char *path);     /* also where it cannot be told */
bool doctor_runs(const struct doctor *doctor, const char *path);    /* a file that can be executed */
/* Names in a directory below the root, sorted, in the arena; none where there is no such directory. */
int doctor_list(struct doctor *doctor, const char *path, const char *const **out, size_t *n, struct plim_error *err);

typedef int doctor_fn(struct doctor *doctor, struct plim_error *err);
doctor_fn doctor_docker, doctor_containerd, doctor_containers;
int doctor_kubernetes(struct doctor *doctor, const char *const *files, struct plim_error *err);

#endif
