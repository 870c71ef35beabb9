/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a machine's own files end: what is left out of the walk through its
 * root, by rule, and told.  Entered are the file systems of local disks, an
 * allow list; a file system that is not known here is left out by its number.
 */
#ifndef LAYER_MOUNTED_H
#define LAYER_MOUNTED_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <plimsoll/error.h>

/* A directory that holds the files of containers or other machines ("var/lib/docker", as entries are spelled): why it is left out, else NULL. */
const char *store_left_out(struct slice path);

/*
 * The file system whose root `fd` is, opened with O_PATH at most: why it is left out, else NULL.  `*kind` gets its name, made in `room`
 * where it has none here.
 */
const char *mount_left_out(int fd, char room[32], struct slice *kind);

/*
 * Where file systems are mounted whose server, of another machine or a program, may be gone.  Whoever asks one of those anything waits for it,
 * with statfs(2) or stat(2) too, so that they are known by the kernel's list before anything is asked.
 */
struct mount {
	struct slice path;     /* as entries are spelled */
	struct slice type;     /* nfs4, fuse.sshfs, ... */
	const char *why;
};

struct mounts {
	VEC(struct mount) all;
	struct strbuf text;    /* what they point into */
};

/*
 * Takes the text of /proc/PID/mountinfo (proc_pid_mountinfo(5)), of which lines of another form are passed over, and the absolute path of the
 * directory whose mounts count.
 */
int mounts_parse(struct slice text, struct slice root, struct mounts *out, struct plim_error *err);
/* What is mounted at that path; NULL: none of those. */
const struct mount *mounts_find(const struct mounts *mounts, struct slice path);
void mounts_done(struct mounts *mounts);
static inline void
auto_mounts(struct mounts *mounts)
{
	mounts_done(mounts);
}

#endif
