/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process that reads signatures is asked.  It begins with SAY_START, whose number is the target's kind and whose text the
 * reference within a layout, and asks for documents as who reads an image does; besides a layout's paths there are "tags/TAG" and
 * "referrers/ALGORITHM/HEX" of a registry.  Each question is answered by a message of its own kind.
 */
#ifndef GATE_JOB_TRUST_H
#define GATE_JOB_TRUST_H

#include "base/wire.h"
#include "gate/trust/evidence.h"
#include "image/closure.h"
#include "trust/cosign_manifest.h"
#include "trust/verify.h"

/* A key as it is kept: `may` is its companion's text, absent for none. */
struct trust_key_order {
	struct slice pem, name, may;
	enum key_role role;
	int64_t from, until;
};

struct trust_certificate_order {
	struct slice pem, name;
};

struct digest_list {
	struct digest *at;
	size_t n;
};

/* SAY_VERIFY: as struct trust_wanted, of what the target names. */
struct verify_order {
	struct trust_key_order *keys;
	size_t key_count;
	struct trust_certificate_order *certificates;
	size_t certificate_count;
	struct slice repository, tag;
	struct digest *policies;
	size_t policy_count;
	int64_t now;
	uint64_t verdict_age_most, data_age_most;
	struct slice denied;            /* the list's envelope; absent: none */
	uint64_t deny_age_most, deny_serial_least;
	struct slice located;           /* the repository that the image is in, for the list; `repository` may be another, or none */
};
extern const struct wire_struct wire_verify_order;

struct verify_line {
	enum requirement requirement;
	enum outcome outcome;
	struct slice text;
};

struct verify_answer {
	struct digest subject;
	enum outcome outcome;
	struct verify_line *lines;
	size_t line_count;
	struct slice document;          /* where the approval that counts was found; absent: there is none */
	size_t document_count;          /* how many there were */
	int64_t until;                  /* as struct trust_answer's */
};
extern const struct wire_struct wire_verify_answer;

/* SAY_ADD: to the manifest under cosign's tag, or for a referrer to the index under the fallback tag. */
struct add_order {
	struct slice old;               /* what stands there; absent: nothing */
	bool to_index;                  /* a referrer's manifest is `blob`, `predicate_type` its artifact type */
	enum cosign_kind kind;
	struct slice blob, signature, predicate_type;
	struct slice key;               /* PEM of who signed: what says the same of it already is not said again; absent: nobody looks */
};
extern const struct wire_struct wire_add_order;

/* What is to be stored in its place; the configuration is absent for an index. */
struct add_answer {
	struct slice manifest, config;
};
extern const struct wire_struct wire_add_answer;

/* SAY_REMOVE: what these keys signed, of one digest; every document that is theirs, under a tag of cosign's or among the referrers. */
struct remove_order {
	struct digest subject;
	bool referrers;
	enum cosign_kind kind;
	struct trust_key_order *keys;
	size_t key_count;
	struct trust_certificate_order *certificates;    /* whose holder signed, or an authority of its */
	size_t certificate_count;
};
extern const struct wire_struct wire_remove_order;

struct remove_answer {
	struct digest old;              /* of the manifest that was there */
	size_t removed, left;
	struct slice manifest, config;  /* absent where nothing is removed; of referrers an index, for the fallback tag if there is one */
	struct digest *gone;            /* manifests of referrers */
	size_t gone_count;
};
extern const struct wire_struct wire_remove_answer;

/* SAY_EVIDENCE: the newest verdict among the attestations of one platform's manifest that evidence keys signed. */
struct evidence_order {
	struct trust_key_order *keys;
	size_t key_count;
	struct digest subject;
	struct slice repository;
	int64_t now;
	uint64_t age_most;
};
extern const struct wire_struct wire_evidence_order;

struct evidence_answer {
	bool found;
	struct slice why;               /* not: of the document that came nearest; absent where there is none at all */
	struct basis basis;
};
extern const struct wire_struct wire_evidence_answer;

/* SAY_VEX: what hangs on these manifests and indexes, is VEX or may be, and was signed by one of the keys. */
struct vex_order {
	struct trust_key_order *keys;
	size_t key_count;
	struct digest *subjects;
	size_t subject_count;
	int64_t now;
};
extern const struct wire_struct wire_vex_order;

struct vex_attestation {
	struct digest subject;
	struct slice name, key;         /* where it was found, and who signed it */
	struct slice bytes;             /* the predicate */
};

struct vex_answer {
	struct vex_attestation *at;
	size_t n;
	struct slice trouble;           /* why there may be more that counts; absent: there is not */
};
extern const struct wire_struct wire_vex_answer;

/* SAY_CLOSURE: no body.  The last item is what the target names. */
struct closure_answer {
	struct closure_item *items;
	size_t n;
};
extern const struct wire_struct wire_closure_answer;

#endif
