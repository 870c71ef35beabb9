/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of guard exec share. */
#ifndef ENFORCE_EXEC_GUARD_EXEC_PARTS_H
#define ENFORCE_EXEC_GUARD_EXEC_PARTS_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "enforce/exec/guard_exec.h"

#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>

/* guard_exec_known.c: what was decided.  Of a fixed size, so that no number of files makes it grow. */

/* A file as it is now, at one mount: whatever changes its content changes one of these. */
struct exec_key {
	uint64_t mount;                /* an id that no later mount has; else one that may come again: then entries do not last */
	uint64_t device, inode, size;
	int64_t changed;               /* nanoseconds */
};

enum exec_verdict {
	EXEC_UNKNOWN,
	EXEC_UNTOUCHED,                /* it lies in a layer of the image: nobody in the container can write it */
	EXEC_SAME,                     /* it has the content of one, as long as nobody writes it */
	EXEC_ADMITTED,                 /* a dry run, or a broken glass */
	EXEC_REFUSED,
};

struct exec_known;
struct exec_known *exec_known_new(void);
void exec_known_free(struct exec_known *known);
AUTO_DEFINE(exec_known, struct exec_known, exec_known_free)
/* Until a time, milliseconds of any one clock. */
void exec_known_put(struct exec_known *known, const struct exec_key *key, enum exec_verdict verdict, int64_t until);
enum exec_verdict exec_known_find(const struct exec_known *known, const struct exec_key *key, int64_t now);

/* guard_exec_image.c: an image as the kernel lays its layers over each other. */

/* Which directories, below `root`: the first `n`, the lowest first.  The caller's descriptor; -1 for none. */
int exec_image_open(const char *root, const struct slice *layers, size_t n, int *out, struct plim_error *err);
/* The file of this path in the image; false where there is none, or something else. */
bool exec_image_file(int image, const char *path, struct stat *out);
/* Is `file`, met in a container, the very one of the image?  Nobody can choose when a file was changed: a copy has a later time. */
bool exec_image_same(const struct stat *file, const struct stat *of_image);
/* Has any file of the image, first that of `path`, this content and no fewer privileges?  1, 0, or an error that says why it cannot be told. */
int exec_image_has(int image, const char *path, int file, struct plim_error *err);

/* guard_exec_containers.c: which containers there are, and what is theirs. */

struct exec_container {
	const char *engine;
	char *id, *name, *image;       /* name, and the id of the image, may be NULL */
	char *upper;                   /* its writable directory: what its root is known by in mount tables */
	int files;                     /* the image's; -1: it has none, or they cannot be read */
	bool named;                    /* by one of its processes: no engine tells when it ends */
	bool seen;
	bool warned;
};

struct exec_pulse {
	_Atomic uint64_t beats;
};

/* A file of this machine. */
struct exec_file {
	uint64_t device, inode;
};

struct exec {
	const struct guard_exec_options *options;
	int group;
	struct exec_pulse *pulse;
	VEC(struct exec_container) containers;
	VEC(char *) strange;           /* writable directories of overlays that are no container's which is known */
	bool learned;                  /* engines were asked about those */
	VEC(uint64_t) told;            /* mount namespaces that nobody guards, and somebody was told so */
	struct strbuf host;            /* our own mount table */
	VEC(struct exec_file) runtimes;    /* OCI runtimes: the kernel asks when one begins, and then a container is ready to */
	uint64_t space;                /* our own mount namespace */
};
void exec_done(struct exec *exec);

/* Where a file lies that somebody executes. */
struct exec_place {
	size_t container;              /* its number */
	bool image;                    /* in the root that is made of the image's layers */
	struct strbuf mounted, root;   /* where its mount is, and what of the file system is seen there */
};
void exec_place_done(struct exec_place *place);
static inline void
auto_exec_place(struct exec_place *place)
{
	exec_place_done(place);
}

static inline void
exec_beat(struct exec *exec)
{
	atomic_fetch_add(&exec->pulse->beats, 1);
}

/* The inode of a process's mount namespace; 0: it is gone. */
uint64_t exec_space_of(pid_t pid);
/* Containers that were named by a process.  PLIM_EUSAGE where it is in none. */
int exec_take_named(struct exec *exec, struct plim_error *err);
/* Each that was named is one that an engine knows: else PLIM_ENOTFOUND. */
int exec_check_named(const struct exec *exec, struct plim_error *err);
/* The usual runtimes that are here, and those of the options; PLIM_ENOTFOUND for one of those that is not. */
int exec_take_runtimes(struct exec *exec, struct plim_error *err);
/* Finds containers and has the kernel ask for their files; forgets those that ended.  What cannot be done is told in words. */
void exec_scan(struct exec *exec);
/* The same for whatever the process sees, now. */
void exec_scan_process(struct exec *exec, pid_t pid);
/* It is one of the machine's own: its root is the machine's. */
bool exec_is_machines(struct exec *exec, pid_t pid);
/* False: it is no container's that is guarded. */
bool exec_place_find(struct exec *exec, pid_t pid, uint64_t mount, struct exec_place *out);

/* guard_exec_content.c: a process that looks into one file. */

struct exec_asked {
	int file;
	pid_t pid;                     /* who wants to run it; it waits */
	size_t container;              /* its number; SIZE_MAX: none is known */
	char path[4096];               /* as the container sees it; "": nobody knows */
	char inside[4096];             /* in the image; "": it is not in the image's file system */
};

/* Decides, writes one byte, an exec_verdict, to `answer`, and tells the log; never returns. */
__attribute__((noreturn)) void exec_content(struct exec *exec, const struct exec_asked *asked, int answer);

/* guard_exec_listen.c */

/* Answers until the watchdog is gone: 0 then; an error where the kernel's group cannot be read. */
int exec_listen(struct exec *exec, pid_t watchdog, struct plim_error *err);

#endif
