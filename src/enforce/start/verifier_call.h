/* SPDX-License-Identifier: Apache-2.0 */
/* How containerd calls an image verifier: "-name REFERENCE -digest DIGEST -stdin-media-type TYPE", and the descriptor of what was resolved on standard input. */
#ifndef ENFORCE_START_VERIFIER_CALL_H
#define ENFORCE_START_VERIFIER_CALL_H

#include "base/arena.h"
#include "enforce/guard.h"

struct verifier_call {
	const char *name;              /* as somebody asked for it */
	struct digest digest;          /* of the index or manifest that it was resolved to */
};

/* NULL-terminated, without the verifier's own name.  PLIM_EUSAGE for any other option, one that is missing or there twice, and another type of document. */
int verifier_call_parse(char *const *words, struct verifier_call *out, struct plim_error *err);

/* The descriptor must be of the digest that was told.  The arena is for a while's memory only. */
int verifier_descriptor_check(const struct verifier_call *call, struct slice json, struct arena *arena, struct plim_error *err);

/* What the core is asked. */
int verifier_place(const struct verifier_call *call, struct arena *arena, struct guard_place *out, struct plim_error *err);

#endif
