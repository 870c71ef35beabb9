/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI 1.1 referrers: an artifact's manifest with a subject, and for
 * registries without the referrers API the index under the tag "sha256-HEX",
 * which clients keep up to date (distribution-spec 1.1, "referrers tag schema").
 */
#ifndef TRUST_REFERRER_H
#define TRUST_REFERRER_H

#include "base/digest.h"
#include "base/strbuf.h"
#include "codec/json.h"

#define REFERRER_MANIFEST_MEDIA_TYPE "application/vnd.oci.image.manifest.v1+json"
#define REFERRER_INDEX_MEDIA_TYPE    "application/vnd.oci.image.index.v1+json"
#define REFERRER_EMPTY_MEDIA_TYPE    "application/vnd.oci.empty.v1+json"
#define REFERRER_EMPTY               "{}"    /* the blob that goes with it */

struct referrer_descriptor {
	struct slice media_type;
	struct digest digest;
	uint64_t size;
};

struct referrer_annotation {
	struct slice key, value;
};

struct referrer {
	struct slice artifact_type;        /* may be absent: then the configuration's type says it */
	struct referrer_descriptor config;
	struct referrer_descriptor layer;  /* the first; DIGEST_NONE where there is none */
	size_t layer_count;
	struct referrer_descriptor subject;    /* DIGEST_NONE: it refers to nothing */
	const struct referrer_annotation *annotations;
	size_t annotation_count;
};

/* One layer; annotations in bytewise order of their keys.  An absent type of the configuration is the empty one. */
void referrer_write(const struct referrer *referrer, struct strbuf *into);
int referrer_parse(struct slice text, struct arena *arena, struct referrer **out, struct plim_error *err);

struct referrer_entry {
	struct referrer_descriptor descriptor;    /* of an artifact's manifest */
	struct slice artifact_type;               /* may be absent */
	const struct referrer_annotation *annotations;
	size_t annotation_count;
};

/* An index of referrers, the API's answer as well as the fallback's.  More than LIMIT_SIGNATURE_COUNT entries are PLIM_ELIMIT. */
struct referrer_index {
	const struct referrer_entry *entries;
	size_t n;
};
int referrer_index_parse(struct slice text, struct arena *arena, struct referrer_index **out, struct plim_error *err);

/* `old` is what stands under the tag, absent for nothing; foreign entries stay, one of the same digest is not added twice. */
int referrer_index_add(struct slice old, const struct referrer_entry *entry, struct strbuf *into, struct plim_error *err);
/* The same with all entries of another index, as they are there; byte for byte what it was where nothing is added. */
int referrer_index_merge(struct slice old, struct slice from, struct strbuf *into, struct plim_error *err);
/* `*left` says how many are left; an index without any is written too, as the specification wants it. */
int referrer_index_remove(struct slice old, const struct digest *digest, size_t *left, struct strbuf *into, struct plim_error *err);

#endif
