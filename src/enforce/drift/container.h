/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers as their engines record them on this machine: what each is called, which image it was made of, and the directories of which its file
 * system is made.  Nothing of an engine is asked, locked or written.
 */
#ifndef ENFORCE_DRIFT_CONTAINER_H
#define ENFORCE_DRIFT_CONTAINER_H

#include "base/arena.h"
#include "base/vec.h"
#include "layer/collect.h"

#include <plimsoll/error.h>

struct container_engine;

/* Something of the machine that it sees: a volume, or a directory of the host. */
struct container_mount {
	struct slice place, source;    /* where in the container, and the directory of this machine; absent: tmpfs and the like */
	struct slice volume;           /* its name among Docker's own, which tells where it is; absent: none of those */
	bool fetched;                  /* what is in it comes from elsewhere, and is here only while the container runs */
};

struct container {
	const struct container_engine *engine;
	struct slice id, name;         /* name absent: none */
	struct slice image_id;         /* "sha256:HEX", of the image's configuration; absent: not recorded */
	struct slice image_name;       /* as it was asked for; absent: not recorded */
	struct slice target;           /* the image, as a target; absent: nobody knows where it is kept */
	const char *root;              /* the directory in which `layers` begin; of absolute ones "/" */
	struct slice *layers;          /* directories, the lowest first */
	size_t layer_count;
	size_t own;                    /* the topmost of them, which are the container's own */
	bool fuse;                     /* they are fuse-overlayfs's */
	bool whole;                    /* the only one has all its files, not only those that differ */
	struct slice mark;             /* how the writable one's path ends, which its processes' mount tables show */
	struct container_mount *mounts;
	size_t mount_count;
	struct slice problem;          /* why its record cannot be read; absent: it can */
};

struct containers {
	struct arena *arena;
	VEC(struct container) list;
};

/* Where engines keep their things; NULL: the usual place. */
struct container_places {
	const char *docker, *podman, *containerd;
};

struct container_engine {
	const char *name;
	/* Adds what is there; PLIM_ENOTFOUND where the engine keeps nothing on this machine.  A record that cannot be read is a container with a problem. */
	int (*list)(const struct container_places *places, struct containers *into, struct plim_error *err);
};
extern const struct container_engine *const container_engines[];    /* NULL behind the last */

void containers_done(struct containers *containers);
static inline void
auto_containers(struct containers *containers)
{
	containers_done(containers);
}

/* records.c: the records themselves.  Pure; texts are in the arena. */
int docker_record_parse(struct slice json, struct arena *arena, struct container *out, struct plim_error *err);
/* Of hostconfig.json: tmpfs, which the record itself does not tell. */
int docker_tmpfs_parse(struct slice json, struct arena *arena, struct container *out, struct plim_error *err);
/* Of containers.json: one record each. */
int podman_records_parse(struct slice json, struct arena *arena, struct container **out, size_t *out_count, struct plim_error *err);
/* An OCI runtime's config.json: what is mounted of the machine, and as what its annotations call image and container. */
int bundle_record_parse(struct slice json, struct arena *arena, struct container *out, struct plim_error *err);
/* A driver's list of the directories below, "l/AB:l/CD", the topmost first: in front of `writable`, the lowest first. */
int lower_parse(struct slice text, const char *driver, struct slice writable, struct arena *arena, struct container *out, struct plim_error *err);
/* The same of an overlay that is mounted, out of the mount's options; `writable` absent: those below alone. */
int lower_mounted(struct slice options, struct slice writable, struct arena *arena, struct container *out, struct plim_error *err);

/* engines.c: helpers that engines share. */
/* A directory below `root`, never out of it, by a path that a record tells; the caller's. */
int container_directory_open(const char *root, struct slice layer, int *out, struct plim_error *err);
/* A whole file below a directory, in the arena; absent where there is none. */
int container_file(const char *directory, const char *path, struct arena *arena, struct slice *out, struct plim_error *err);
/* The one directory that has all of its files. */
int container_whole(struct slice directory, struct arena *arena, struct container *out, struct plim_error *err);
int containers_add(struct containers *into, const struct container *container, struct plim_error *err);
/* One more, whose record could not be read for what `err` says. */
int container_unread(struct containers *into, const struct container_engine *engine, struct slice id, const struct plim_error *why, struct plim_error *err);
/* Names of directories below a path, in order; PLIM_ENOTFOUND where it is not there. */
int container_names(const char *path, struct arena *arena, struct slice **out, size_t *out_count, struct plim_error *err);
/* Hexadecimal digits, as engines name containers and layers: nothing that means something in a path. */
bool container_is_id(struct slice id);

/* Whether people may call it that: by its whole name, or by its id or the first three digits of it or more. */
bool container_is_called(const struct container *container, struct slice text);

#endif
