/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict as evidence: the predicate of a vulnerability attestation as cosign
 * has it (https://cosign.sigstore.dev/attestation/vuln/v1), whose result is the verdict itself.
 * Under an evidence key it approves nothing; whoever signs approvals may rest on it.
 */
#ifndef GATE_TRUST_EVIDENCE_H
#define GATE_TRUST_EVIDENCE_H

#include "policy/verdict.h"
#include "trust/verify.h"

#define EVIDENCE_TYPE "https://cosign.sigstore.dev/attestation/vuln/v1"

/* What an approval rests on. */
struct basis {
	struct slice policy_name;
	struct digest policy, data;    /* DIGEST_NONE without data */
	int64_t evaluated_at;          /* seconds */
	int64_t data_time;             /* of the oldest feed; DATE_NONE: none tells */
};

struct basis basis_of(const struct verdict *verdict);

/* Appends the predicate; PLIM_ENOMEM only. */
int evidence_write(const struct verdict *verdict, struct strbuf *into, struct plim_error *err);

/* What is asked of evidence. */
struct evidence_wanted {
	const struct trusted_key *keys;    /* whose role is evidence */
	size_t key_count;
	struct digest subject;             /* a platform's manifest */
	struct slice repository;
	int64_t now;
	uint64_t age_most;                 /* seconds */
};

/*
 * One document: 0 with its basis where it is a passing verdict of this image for this repository, signed by such a key and not too old; otherwise
 * PLIM_EPOLICY with what is wrong.  Texts are in the arena.
 */
int evidence_read(const struct evidence_wanted *wanted, const struct trust_document *document, struct arena *arena, struct basis *out,
                  struct plim_error *err);

#endif
