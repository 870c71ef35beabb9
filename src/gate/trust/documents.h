/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and attestations of one image, wherever its registry or layout has them. */
#ifndef GATE_TRUST_DOCUMENTS_H
#define GATE_TRUST_DOCUMENTS_H

#include "image/manifest.h"
#include "image/source.h"
#include "trust/cosign_manifest.h"
#include "trust/verify.h"

struct trust_source {
	struct source *source;     /* borrowed */
	bool registry;             /* which has tags and referrers; a layout has index.json */
	struct slice reference;    /* within a layout; empty for its only image */
};

struct trust_documents {
	struct trust_document *at;
	struct digest *manifests;  /* of each that is a referrer; DIGEST_NONE: it hangs under a tag of cosign's */
	size_t n;
};

/* What the target names. */
int trust_source_root(const struct trust_source *source, struct arena *arena, struct descriptor *out, struct plim_error *err);

/*
 * All documents about `subject`: cosign's tags, and referrers that are sigstore bundles or the Notary Project's.  Their bytes are
 * those that their descriptors name, or none; more than LIMIT_SIGNATURE_COUNT are PLIM_ELIMIT.  All in the arena.
 */
int trust_documents_load(const struct trust_source *source, const struct digest *subject, struct arena *arena, struct trust_documents *out,
                         struct plim_error *err);
/* Those of one of cosign's tags, in the manifest's order, and that manifest; absent where there is none. */
int trust_documents_of_tag(const struct trust_source *source, enum cosign_kind kind, const struct digest *subject, struct arena *arena,
                           struct trust_documents *out, struct slice *manifest, struct plim_error *err);
/* Those of a manifest that is at hand. */
int trust_documents_of_manifest(const struct trust_source *source, enum cosign_kind kind, struct slice manifest, struct arena *arena,
                                struct trust_documents *out, struct plim_error *err);
/* Those that are referrers; and the index under the fallback tag, absent where there is none. */
int trust_documents_of_referrers(const struct trust_source *source, const struct digest *subject, struct arena *arena, struct trust_documents *out,
                                 struct slice *index, struct plim_error *err);

#endif
