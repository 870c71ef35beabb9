/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifests under cosign's tags "sha256-HEX.sig" and "sha256-HEX.att":
 * each signature or attestation is a layer.  Ours are added; what others
 * signed stays as it is.
 */
#ifndef TRUST_COSIGN_MANIFEST_H
#define TRUST_COSIGN_MANIFEST_H

#include "base/digest.h"
#include "base/strbuf.h"
#include "codec/json.h"

#define COSIGN_MANIFEST_MEDIA_TYPE "application/vnd.oci.image.manifest.v1+json"
#define COSIGN_CONFIG_MEDIA_TYPE   "application/vnd.oci.image.config.v1+json"

enum cosign_kind { COSIGN_SIGNATURES, COSIGN_ATTESTATIONS };

#define COSIGN_TAG_SIZE 160
/* "sha256-HEX.sig"; returns `text`. */
const char *cosign_tag(enum cosign_kind kind, const struct digest *subject, char text[static COSIGN_TAG_SIZE]);

struct cosign_layer {
	struct slice media_type;
	struct digest digest;          /* of its blob: a payload, or an envelope */
	uint64_t size;
	struct slice signature;        /* decoded; absent where there is none (attestations) or where it is no base64 */
	struct slice predicate_type;   /* attestations; may be absent */
};

struct cosign_manifest {
	const struct cosign_layer *layers;
	size_t n;
	struct digest config;
};

/* All of it lives in the arena.  More than LIMIT_SIGNATURE_COUNT layers are PLIM_ELIMIT. */
int cosign_manifest_parse(struct slice text, struct arena *arena, struct cosign_manifest **out, struct plim_error *err);

/* What is added: the blob is the payload itself, or the envelope. */
struct cosign_addition {
	enum cosign_kind kind;
	struct slice blob;
	struct slice signature;         /* signatures: the bytes, not their base64 */
	struct slice predicate_type;    /* attestations */
};

/*
 * `old` is what stands under the tag, absent for nothing.  Appends a manifest with the addition behind all that was there, and its configuration, a
 * blob that goes with it; a layer that is there already is not added twice.
 */
int cosign_manifest_add(struct slice old, const struct cosign_addition *addition, struct strbuf *manifest, struct strbuf *config,
                        struct plim_error *err);
/*
 * The same with all layers of another manifest, each as it is there: annotations that nobody here knows are kept.  A layer is there already where
 * one of the same digest says all that its annotations say.  Where nothing is added, or nothing was there, the manifest is the one or the other,
 * byte for byte, and no configuration is appended: it has its own.
 */
int cosign_manifest_merge(struct slice old, struct slice from, struct strbuf *manifest, struct strbuf *config, struct plim_error *err);
/*
 * The same without the layers for which `gone` is true; `n` is how many layers there are, else PLIM_EFORMAT.  Two keys may have signed the same blob:
 * it is the place that tells them apart.  `*left` says how many are left; with none, what is written has no layers, for registries that remove no tag.
 */
int cosign_manifest_remove(struct slice old, const bool *gone, size_t n, size_t *left, struct strbuf *manifest, struct strbuf *config,
                           struct plim_error *err);

#endif
