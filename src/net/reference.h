/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References to images in registries, as Docker and podman write them:
 * [HOST[:PORT]/]PATH[:TAG][@ALGORITHM:HEX] (distribution/reference).
 */
#ifndef NET_REFERENCE_H
#define NET_REFERENCE_H

#include "base/arena.h"
#include "base/digest.h"

#include <plimsoll/error.h>

struct reference {
	struct slice host;         /* "registry.example:5000"; absent for a short name, whose host registries.conf or the default tells */
	struct slice path;         /* "library/debian" */
	struct slice tag;          /* absent where none is written */
	struct digest digest;      /* DIGEST_NONE where none is written */
};

/* Slices point into `text`.  PLIM_EUSAGE with what is wrong and where: uppercase paths, empty parts, ports that are none, lengths. */
int reference_parse(struct slice text, struct reference *out, struct plim_error *err);

/* Of a tag: longer ones are in no registry. */
#define REFERENCE_TAG_MOST 128

/* A tag by itself, before it becomes a part of an address: PLIM_EUSAGE as above. */
int reference_tag_check(struct slice tag, struct plim_error *err);

/* "HOST/PATH" in the arena, where `host` is known: docker.io's one-part paths get "library/". */
struct slice reference_repository(const struct reference *reference, struct arena *arena);

/*
 * "sha256-HEX": the tag under which clients keep the list of what refers to a manifest where the registry does not (distribution-spec 1.1,
 * "referrers tag schema": at most 32 letters of the algorithm and 64 digits); returns `text`.
 */
#define REFERRER_TAG_SIZE 98
const char *referrer_tag(const struct digest *subject, char text[static REFERRER_TAG_SIZE]);

/* Whether a tag is one of those, or begins as one: "sha256-HEX.sig", "sha256-HEX.att", whatever else hangs on a manifest by its digest. */
bool reference_tag_is_attached(struct slice tag);

#endif
