/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What confines a process: Landlock without any path, a seccomp filter with
 * an allow list (calls.def), no new privileges, resource limits.  Entering is
 * one way.
 */
#ifndef PROCESS_SANDBOX_H
#define PROCESS_SANDBOX_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

enum confinement { CONFINED_HASHER, CONFINED_WORKER, CONFINED_TREE, CONFINED_JUDGE, CONFINED_LIVE, CONFINED_UNPACK, CONFINEMENT_COUNT };

/* What this kernel offers. */
struct sandbox_support {
	int landlock;          /* version of its interface, 0 for none */
	bool seccomp;
	bool memory_limits;    /* false under a sanitizer, which needs the address space */
};

struct sandbox_support sandbox_support(void);

/* Landlock and seccomp are both there. */
bool sandbox_is_whole(const struct sandbox_support *support);

/*
 * Confines this process and all its threads as far as the kernel can; what is offered and fails is PLIM_ESYSTEM: nobody works half
 * confined.  `tree` is the one directory that CONFINED_TREE may read below, -1 otherwise.
 */
int sandbox_enter(enum confinement confinement, int tree, struct plim_error *err);

/*
 * For CONFINED_LIVE, in two steps: what Landlock hides from whoever is confined by it is read between them, under the filter, which lets nothing be
 * opened for writing.  `tree` is then all that may be opened.
 */
int sandbox_enter_live(struct plim_error *err);
int sandbox_enter_below(int tree, struct plim_error *err);

/* What may be done below a directory, or with a file. */
enum { SANDBOX_READ = 1, SANDBOX_EXECUTE = 2, SANDBOX_WRITE = 4, SANDBOX_LIST = 8 };
struct sandbox_path {
	int fd;
	unsigned rights;
};

/* CONFINED_UNPACK, with these paths and no others. */
int sandbox_enter_writing(const struct sandbox_path *paths, size_t n, struct plim_error *err);

/*
 * For a program of somebody else's, before it is executed: these paths, the limits LIMIT_SCAN_*, and every call but those of refused.def,
 * network, mounts and other processes among them, unless it is to look at the machine itself.
 */
int sandbox_enter_program(const struct sandbox_path *paths, size_t n, bool whole_machine, struct plim_error *err);

/* Landlock first: threads begun after it and before sandbox_enter's filter inherit it. */
int sandbox_enter_files(int tree, struct plim_error *err);
int sandbox_enter_calls(enum confinement confinement, struct plim_error *err);

/* One line for each thing that confines, as `plimsoll doctor` prints it. */
void sandbox_describe(const struct sandbox_support *support, struct strbuf *into);

#endif
