/* SPDX-License-Identifier: Apache-2.0 */
/* A container that is about to be made: its OCI bundle, and the state that hooks are given.  Who made the bundle is asked elsewhere (identity.h). */
#ifndef ENFORCE_START_OCI_BUNDLE_H
#define ENFORCE_START_OCI_BUNDLE_H

#include "base/arena.h"
#include "codec/json.h"

struct oci_bundle {
	struct slice id;               /* letters, digits, "_+-.": no path */
	struct slice directory;        /* without links */
	struct slice root;             /* of its files: absolute, as the configuration has it */
	const struct json *annotations;    /* an object, or NULL */
};

/* config.json: `directory` is set, root and annotations are filled.  PLIM_EFORMAT with the place. */
int oci_bundle_parse(struct slice json, struct arena *arena, struct oci_bundle *bundle, struct plim_error *err);
/* `config` NULL: config.json in the bundle.  All in the arena. */
int oci_bundle_load(const char *id, const char *directory, const char *config, struct arena *arena, struct oci_bundle *out, struct plim_error *err);

/* The state of a container as the runtime specification has it, which hooks read: id and bundle's directory, in the arena. */
struct oci_state {
	const char *id, *bundle;
};
int oci_state_parse(struct slice json, struct arena *arena, struct oci_state *out, struct plim_error *err);

/* Absent where there is none of that name. */
struct slice oci_bundle_annotation(const struct oci_bundle *bundle, const char *name);

#endif
