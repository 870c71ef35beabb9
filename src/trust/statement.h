/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In-toto Statement v1, and in it the SLSA Verification Summary v1: a gate's
 * verdict.  Only PASSED can be written: enforcers that ask who signed and not
 * what was said take every statement under an approval key for an approval.
 *
 * One member of the predicate is ours, as in-toto lets a predicate be
 * extended: "plimsoll": {"dataTime"} says how old the advisory data were.
 */
#ifndef TRUST_STATEMENT_H
#define TRUST_STATEMENT_H

#include "base/date.h"
#include "base/digest.h"
#include "base/strbuf.h"
#include "codec/json.h"

#define STATEMENT_PAYLOAD_TYPE "application/vnd.in-toto+json"
#define STATEMENT_TYPE         "https://in-toto.io/Statement/v1"
#define STATEMENT_TYPE_OLDER   "https://in-toto.io/Statement/v0.1"
#define PREDICATE_VSA          "https://slsa.dev/verification_summary/v1"
#define PREDICATE_COSIGN_SIGN  "https://sigstore.dev/cosign/sign/v1"
#define PREDICATE_VULN         "https://cosign.sigstore.dev/attestation/vuln/v1"
#define PREDICATE_CYCLONEDX    "https://cyclonedx.org/bom"
#define PREDICATE_SPDX         "https://spdx.dev/Document"

struct statement_subject {
	struct slice name;      /* may be empty */
	struct digest digest;
};

struct statement {
	const struct statement_subject *subjects;
	size_t subject_count;       /* at least one */
	struct slice predicate_type;
	const struct json *predicate;    /* an object */
};

/* All of it lives in the arena. */
int statement_parse(struct slice payload, struct arena *arena, struct statement **out, struct plim_error *err);
/* The same, v0.1 too, which has the same members: cosign attests to VEX and bills of materials with it. */
int statement_parse_older(struct slice payload, struct arena *arena, struct statement **out, struct plim_error *err);
/* `predicate` is an object of JSON; its bytes stand in the statement as they are.  PLIM_EFORMAT where it is not. */
int statement_write(const struct statement_subject *subject, struct slice predicate_type, struct slice predicate, struct strbuf *into,
                    struct plim_error *err);
bool statement_speaks_of(const struct statement *statement, const struct digest *digest);

enum vsa_result { VSA_PASSED, VSA_FAILED };

/* What a verdict was made of. */
struct vsa_input {
	struct slice uri;
	struct digest digest;
};

struct vsa {
	struct slice verifier;             /* a URI */
	struct slice version;              /* of plimsoll */
	int64_t time;                      /* of the evaluation, seconds */
	struct slice repository;           /* "HOST/PATH": where the image lives */
	struct slice tag;                  /* absent: under whatever tag */
	struct digest image;               /* what resourceUri and subject name */
	struct slice policy_uri;           /* may be absent */
	struct digest policy;
	const struct vsa_input *inputs;
	size_t input_count;
	const struct slice *levels;        /* "PLIMSOLL_BASELINE" */
	size_t level_count;
	enum vsa_result result;
	int64_t data_time;                 /* of the oldest data that it rests on; DATE_NONE: not told */
};

/* Appends the whole statement.  PLIM_EUSAGE for any result but PASSED, without policy or image, or for what is no name of a repository. */
int vsa_write(const struct vsa *vsa, struct strbuf *into, struct plim_error *err);
/*
 * Of any writer: a resourceUri that is not "oci://HOST/PATH[:TAG][@DIGEST]" leaves `repository` absent, a digest in it that no subject has is
 * PLIM_EFORMAT.  `image` is the first subject's.
 */
int vsa_parse(const struct statement *statement, struct arena *arena, struct vsa **out, struct plim_error *err);

#endif
