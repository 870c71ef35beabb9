/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders to the signer, as they travel, and what it makes of one: it holds
 * the order against the companion, composes the document itself and signs it.
 */
#ifndef TRUST_ORDER_H
#define TRUST_ORDER_H

#include "base/wire.h"
#include "trust/certificate.h"
#include "trust/companion.h"
#include "trust/data.h"
#include "trust/deny.h"
#include "trust/exceptions.h"
#include "trust/referrer.h"
#include "trust/statement.h"

/* Of messages over the channel; first an ORDER_START, then any number of orders. */
enum order_message { ORDER_START = 1, ORDER_SIGN, ORDER_DONE, ORDER_REFUSED };

/* What the signer reads its key from: texts of signer_options. */
struct order_start {
	struct slice key, companion, certificate, passphrase_file;
	bool describe_only;
};
extern const struct wire_struct order_start_wire;

/* The answer to it. */
struct order_described {
	struct slice public_key;      /* PEM */
	struct slice companion;       /* YAML; absent: none */
	struct digest thumbprint;     /* of the certificate; DIGEST_NONE: none */
};
extern const struct wire_struct order_described_wire;

enum order_kind { ORDER_SIMPLE, ORDER_APPROVE, ORDER_COSIGN_SIGN, ORDER_EVIDENCE, ORDER_NOTATION, ORDER_DENY, ORDER_DATA, ORDER_EXCEPTIONS, ORDER_ASSIGN, ORDER_KIND_COUNT };

struct order {
	enum order_kind kind;
	struct slice repository, tag;
	struct digest image, policy;
	struct vsa vsa;                        /* ORDER_APPROVE */
	struct slice predicate_type, predicate;    /* ORDER_EVIDENCE */
	struct referrer_descriptor target;     /* ORDER_NOTATION */
	struct deny_list list;                 /* ORDER_DENY */
	struct data_claim data;                /* ORDER_DATA */
	struct exceptions_claim exceptions;    /* ORDER_EXCEPTIONS */
	struct slice assign;                   /* ORDER_ASSIGN: the payload */
	int64_t time;                          /* ORDER_ASSIGN: its time */
};
extern const struct wire_struct sign_order_wire;

/* The answer: what is stored, and beside simple signing's payload its signature. */
struct order_done {
	struct slice document, signature;
};
extern const struct wire_struct order_done_wire;

struct order_refused {
	uint32_t code;                /* minus an enum plim_code */
	struct slice text;
};
extern const struct wire_struct order_refused_wire;

/* What a signer holds. */
struct order_means {
	const struct key *key;
	const struct companion *may;          /* NULL: nothing may be signed */
	const struct certificate *certificate;    /* NULL: none */
	int64_t now;                          /* seconds */
};

/* Appends; PLIM_EUSAGE where it may not. */
int order_carry_out(const struct order_means *means, const struct order *order, struct strbuf *document, struct strbuf *signature,
                    struct plim_error *err);

#endif
