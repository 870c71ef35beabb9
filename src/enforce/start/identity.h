/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which image a bundle was made of.  The bundle does not tell: what is asked are the records of the engine that made it, and what they say must agree
 * with the bundle, so that nobody's bundle passes for another's container.  Annotations are believed only where the engine alone writes them.
 */
#ifndef ENFORCE_START_IDENTITY_H
#define ENFORCE_START_IDENTITY_H

#include "enforce/guard.h"
#include "enforce/start/oci_bundle.h"
#include "net/reference.h"

#define IDENTITY_PLACES 32             /* more names of one image are not tried */

struct identity {
	struct guard_place places[IDENTITY_PLACES];
	size_t place_count;
	struct digest digests[2];      /* the configuration, or the manifest of the platform */
	size_t digest_count;
	struct slice namespace;        /* of Kubernetes; absent: none */
	struct slice name;             /* as people asked for it, for messages; absent: not told */
	struct slice repository, tag;  /* the same taken apart; absent: not told */
};

struct identity_finder {
	const char *name;              /* "Docker" */
	/* 1: it is this engine's, with its image; 0: it is not; an error: it cannot be told, or records and bundle contradict each other.  All in the arena. */
	int (*find)(const char *const *roots, const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err);
};

extern const struct identity_finder identity_docker, identity_storage, identity_crio, identity_containerd;

/*
 * Shared by the finders.
 */

/* A file of an engine's records, in the arena; PLIM_ENOTFOUND where it is absent. */
int identity_record(const char *path, struct arena *arena, struct slice *out, struct plim_error *err);
/* The same as JSON; errors name the file. */
int identity_json(const char *path, struct arena *arena, const struct json **out, struct plim_error *err);

/* Another name for it; the name that was asked for comes first and keeps its tag.  Twice the same, and those beyond IDENTITY_PLACES, are left out. */
int identity_place(struct identity *identity, const struct reference *name, const struct digest *digest, struct arena *arena, struct plim_error *err);
/* The name that was asked for, to be told before any place is added.  What is no reference is none. */
int identity_name(struct identity *identity, struct slice name, struct arena *arena, struct plim_error *err);

/* The files of the bundle must be those at `wanted`: both without links. */
int identity_check_root(const struct oci_bundle *bundle, const char *wanted, struct plim_error *err);

#endif
