/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an image was approved: documents and trusted keys in, an answer
 * with a line for each requirement out.  Pure, and blind to the order of
 * documents and keys: one approval that meets every requirement suffices, and
 * nothing beside it takes that away but the deny list.
 */
#ifndef TRUST_VERIFY_H
#define TRUST_VERIFY_H

#include "trust/certificate.h"
#include "trust/companion.h"
#include "trust/deny.h"
#include "trust/key.h"

/* Clocks of two machines differ by less: what is younger than now by so many seconds is not from the future. */
#define TRUST_SKEW_S 300

struct trusted_key {
	const struct key *key;
	struct slice name;                  /* as lines name it: a file, a policy's entry */
	enum key_role role;                 /* KEY_ROLE_NONE counts as KEY_APPROVES for images and for nothing else */
	int64_t from, until;                /* days, both included; DATE_NONE: no end.  Zero is a day: fill in both */
	const struct companion *may;        /* what it may approve, beside its dates; NULL: not asked */
};

struct trusted_certificate {
	struct certificate *certificate;    /* of a signer or an authority */
	struct slice name;
};

/* What is asked.  Absent texts, DIGEST_NONE, zero counts and zero ages are not asked. */
struct trust_wanted {
	const struct trusted_key *keys;
	size_t key_count;
	const struct trusted_certificate *certificates;    /* for DOCUMENT_NOTATION */
	size_t certificate_count;
	struct digest subject;              /* needed */
	struct slice repository;            /* an approval that names another one does not count; one that names none cannot tell */
	struct slice tag;                   /* one that names another does not count; one that names none is for whatever tag */
	const struct digest *policies;      /* one of them */
	size_t policy_count;
	int64_t now;                        /* seconds; needed */
	uint64_t verdict_age_most;          /* seconds */
	uint64_t data_age_most;             /* seconds */
	struct slice located;               /* where the image is, for the deny list; absent: as `repository` */
	const struct deny_list *denied;     /* already opened; NULL: none is asked */
	uint64_t deny_age_most;             /* seconds since the list was written; only with `denied` */
	const struct digest *also;          /* more digests of the same image (index, configuration) that may not be denied */
	size_t also_count;
};

enum document_kind {
	DOCUMENT_SIMPLE_SIGNING,    /* payload; `signature` from the layer's annotation, decoded */
	DOCUMENT_DSSE,              /* an envelope */
	DOCUMENT_BUNDLE,            /* sigstore's */
	DOCUMENT_NOTATION,          /* a JWS */
};

struct trust_document {
	enum document_kind kind;
	struct slice bytes;
	struct slice signature;
	struct slice name;          /* where it was found; for the lines */
};

enum outcome { OUTCOME_HELD, OUTCOME_FAILED, OUTCOME_UNKNOWN };
const char *outcome_name(enum outcome outcome);    /* "held", "failed", "cannot tell" */

enum requirement {
	REQUIREMENT_READABLE,       /* the document follows its format; a line only where it does not */
	REQUIREMENT_SIGNATURE,      /* a trusted key or certificate made it */
	REQUIREMENT_KEY,            /* which approves, in its time, this repository and policy */
	REQUIREMENT_RESULT,         /* and the document approves: PASSED */
	REQUIREMENT_SUBJECT,        /* this digest */
	REQUIREMENT_REPOSITORY,
	REQUIREMENT_TAG,
	REQUIREMENT_POLICY,
	REQUIREMENT_VERDICT_AGE,
	REQUIREMENT_DATA_AGE,
	REQUIREMENT_DENIED,         /* no deny list forbids it */
	REQUIREMENT_COUNT,
};
const char *requirement_name(enum requirement requirement);    /* "signature", "verdict age", ... */

struct trust_line {
	enum requirement requirement;
	enum outcome outcome;
	struct slice text;          /* "signed by approve.pub (sha256:...)"; in the arena */
};

struct trust_answer {
	enum outcome outcome;
	struct trust_line lines[REQUIREMENT_COUNT];    /* of the approval that met most, and of the deny list; only what was asked */
	size_t n;
	size_t document;            /* index of that approval; SIZE_MAX where there was no document */
	const struct trusted_key *key;    /* who signed it; NULL for nobody and for a certificate */
	int64_t until;              /* where it holds: the last second of which the same is said, the deny list apart; INT64_MAX: no end */
};

/*
 * OUTCOME_UNKNOWN is only where somebody who is trusted signed, and the document does not say what was asked, or the deny list is too old; what
 * nobody trusted signed, or what cannot be read, is no approval.  An error is want of memory or of a subject.
 */
int trust_verify(const struct trust_wanted *wanted, const struct trust_document *documents, size_t n, struct arena *arena,
                 struct trust_answer **out, struct plim_error *err);

#endif
