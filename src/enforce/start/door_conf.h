/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that tell a door without a command line of its own what options tell the others (plimsoll-guard-runtime(8)): YAML, strict; paths are absolute.
 */
#ifndef ENFORCE_START_DOOR_CONF_H
#define ENFORCE_START_DOOR_CONF_H

#include "base/arena.h"
#include "enforce/guard.h"

#define DOOR_CONF_RUNTIME  "/etc/plimsoll/runtime.conf"
#define DOOR_CONF_VERIFIER "/etc/plimsoll/containerd.conf"

struct door_conf {
	const char *assign;
	const char *const *assign_keys;    /* lists end with NULL, and are there though empty */
	uint64_t assign_number;
	const char *memory, *log;      /* NULL: the usual ones */
	bool dry_run, require_sandbox;
	const char *auth_file, *certificates, *registries_conf;
	const char *const *plain_http;
	bool anonymous;
	/* Of the runtime: */
	const char *runtime;           /* the one behind the door; NULL: none is named, as for hooks */
	const char *const *docker, *const *podman, *const *crio, *const *containerd;    /* data roots, stores, directories of states */
	bool admits_unknown;           /* bundles that no engine knows run */
};

enum door_kind { DOOR_RUNTIME, DOOR_VERIFIER };

/* Everything lies in the arena.  PLIM_EPOLICY with place, line and caret. */
int door_conf_parse(enum door_kind kind, struct slice name, struct slice text, struct arena *arena, struct door_conf *out, struct plim_error *err);
/* Refuses a file that others than root and this user could write: it says who may authorise. */
int door_conf_load(enum door_kind kind, const char *path, struct arena *arena, struct door_conf *out, struct plim_error *err);

/* Options of a guard out of it, which borrow from it and from each other. */
struct door_options {
	struct guard_options guard;
	struct plim_run_options run;
	struct plim_network_options network;
	struct plim_log_place log;
};
void door_options_fill(const struct door_conf *conf, struct door_options *out);

#endif
