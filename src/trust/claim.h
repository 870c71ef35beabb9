/* SPDX-License-Identifier: Apache-2.0 */
/* What a document says, whoever signed it: one form for all kinds of them. */
#ifndef TRUST_CLAIM_H
#define TRUST_CLAIM_H

#include "trust/bundle.h"
#include "trust/notation.h"
#include "trust/verify.h"

struct claim {
	const struct trust_document *document;
	const struct dsse *envelope;          /* of DSSE and bundles */
	const struct notation *notation;
	const struct digest *subjects;
	size_t subject_count;
	bool approves;
	struct slice why_not;                 /* where it does not */
	struct slice form;                    /* "simple signing", as lines name it */
	struct slice repository, tag;         /* absent: it names none */
	struct digest policy;                 /* DIGEST_NONE: it names none */
	int64_t time, data_time;              /* DATE_NONE: it names none */
};

int claim_read(const struct trust_document *document, struct arena *arena, struct claim **out, struct plim_error *err);

/* This key made the signature, or one of them. */
bool claim_is_signed_by(const struct claim *claim, const struct key *key);

#endif
