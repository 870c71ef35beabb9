/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer: a program of its own, plimsoll-sign, which alone reads private
 * keys and has never read an image.  It takes orders, not bytes: it holds
 * each against the key's companion, makes the document itself, and answers
 * with document and signature.  Only evidence brings its predicate along.
 */
#ifndef TRUST_SIGNER_H
#define TRUST_SIGNER_H

#include "trust/companion.h"
#include "trust/data.h"
#include "trust/deny.h"
#include "trust/exceptions.h"
#include "trust/key.h"
#include "trust/referrer.h"
#include "trust/statement.h"

struct signer_options {
	const char *key;                /* a file, or a "pkcs11:" URI (RFC 7512) */
	const char *companion;          /* NULL: the file beside the key; needed for a token's key */
	const char *certificate;        /* PEM, for signer_notation; NULL: the key's path with ".crt" for ".key" where that exists */
	const char *passphrase_file;    /* NULL: $PLIMSOLL_KEY_PASSPHRASE or the terminal; a token's PIN comes the same way */
	bool describe_only;             /* no companion is needed, and nothing can be signed */
};

struct signer;

/* Starts the program and waits until it has read the key: what is wrong with key, companion or passphrase is told here. */
int signer_open(const struct signer_options *options, struct signer **out, struct plim_error *err);
void signer_close(struct signer *signer);
AUTO_DEFINE(signer, struct signer, signer_close)

/* The public half and what it may sign, both borrowed; signer_may is NULL where the key has no companion (describe_only). */
const struct key *signer_key(const struct signer *signer);
const struct companion *signer_may(const struct signer *signer);

/* Each appends what is to be stored.  PLIM_EUSAGE where the companion does not allow it. */

/* Simple signing: `payload` is the blob of a ".sig" layer, `signature` its bytes (cosign_manifest_add takes both). */
int signer_simple(struct signer *signer, struct slice repository, struct slice tag, const struct digest *image, const struct digest *policy,
                  struct strbuf *payload, struct strbuf *signature, struct plim_error *err);

/* A verification summary in its envelope: the blob of an ".att" layer, and dsse_parse's input for bundle_write. */
int signer_approve(struct signer *signer, const struct vsa *vsa, struct strbuf *envelope, struct plim_error *err);

/* What cosign 3 calls a signature: a statement without any predicate. */
int signer_cosign_sign(struct signer *signer, struct slice repository, const struct digest *image, const struct digest *policy,
                       struct strbuf *envelope, struct plim_error *err);

/* SBOM, vulnerabilities: under an evidence key only. */
int signer_evidence(struct signer *signer, struct slice repository, const struct digest *image, struct slice predicate_type,
                    struct slice predicate, struct strbuf *envelope, struct plim_error *err);

/* A JWS of the Notary Project. */
int signer_notation(struct signer *signer, struct slice repository, const struct digest *policy, const struct referrer_descriptor *target,
                    struct strbuf *envelope, struct plim_error *err);
/* The certificate's thumbprint for NOTATION_THUMBPRINTS; DIGEST_NONE without one. */
struct digest signer_thumbprint(const struct signer *signer);

/* A deny list, under a key that denies. */
int signer_deny(struct signer *signer, const struct deny_list *list, struct strbuf *envelope, struct plim_error *err);

/* What a database is, under a key whose role is data. */
int signer_data(struct signer *signer, const struct data_claim *claim, struct strbuf *envelope, struct plim_error *err);

/* That a file of exceptions is approved, under a key whose role is exceptions. */
int signer_exceptions(struct signer *signer, const struct exceptions_claim *claim, struct strbuf *envelope, struct plim_error *err);

/* An assign file, under a key whose role is assign; `time` is the one that the payload tells. */
int signer_assign(struct signer *signer, struct slice payload, int64_t time, struct strbuf *envelope, struct plim_error *err);

#endif
