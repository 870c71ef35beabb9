/* SPDX-License-Identifier: Apache-2.0 */
/* The way to the signer: it is found, started, and asked over a channel. */
#include "trust/signer.h"

#include "base/error.h"
#include "process/channel.h"
#include "process/helper.h"
#include "trust/order.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

struct signer {
	int channel;
	pid_t process;
	struct arena *arena;
	struct key *key;
	struct companion *may;
	struct digest thumbprint;
};

static enum plim_code
code_of(uint32_t number)
{
#define PLIM_CODE(name, is, meaning) if (number == (is)) return PLIM_##name;
#include <plimsoll/error_codes.def>
#undef PLIM_CODE
	return PLIM_EPROCESS;
}

/* What it says is read like anything else from outside. */
static int
refused(const struct message *message, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct cursor in = cursor_of(message->body);
	struct order_refused said = { 0 };
	int r = arena ? wire_read(&order_refused_wire, &in, arena, &said, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "the signer's answer");
	return error_set(err, code_of(said.code), "%.*s", SLICE_ARG(said.text));
}

static int
ask(struct signer *signer, enum order_message kind, const struct wire_struct *table, const void *order, struct message *answer,
    struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(table, order, &body);
	int r = body.failed ? error_nomem(err) : channel_send(signer->channel, kind, strbuf_slice(&body), err);
	if (r == 0)
		r = channel_receive(signer->channel, answer, err);
	if (r < 0)
		return error_wrap(err, r == PLIM_ENOTFOUND ? PLIM_EPROCESS : r, "the signer");
	if (answer->kind == ORDER_REFUSED)
		return refused(answer, err);
	return answer->kind == ORDER_DONE ? 0 : error_set(err, PLIM_EPROCESS, "the signer answered something else");
}

static int
take_described(struct signer *signer, const struct message *answer, struct plim_error *err)
{
	struct order_described described = { 0 };
	struct cursor in = cursor_of(answer->body);
	int r = wire_read(&order_described_wire, &in, signer->arena, &described, err);
	if (r == 0)
		r = key_parse_public(described.public_key, &signer->key, err);
	if (r == 0 && described.companion.p)
		r = companion_parse(SLICE("the key's companion"), described.companion, signer->arena, &signer->may, err);
	signer->thumbprint = described.thumbprint;
	return r < 0 ? error_wrap(err, r, "the signer's answer") : 0;
}

static int
introduce(struct signer *signer, const struct signer_options *options, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	struct order_start first = {
		.key = slice_of(options->key),
		.companion = slice_of(options->companion),
		.certificate = slice_of(options->certificate),
		.passphrase_file = slice_of(options->passphrase_file),
		.describe_only = options->describe_only,
	};
	int r = ask(signer, ORDER_START, &order_start_wire, &first, &answer, err);
	return r < 0 ? r : take_described(signer, &answer, err);
}

int
signer_open(const struct signer_options *options, struct signer **out, struct plim_error *err)
{
	/* A passphrase may be piped in, and stands in the environment for nobody else. */
	static const struct helper_program program = { .name = "plimsoll-sign", .purpose = "reads private keys", .reads_input = true, .takes_secrets = true };
	struct signer *signer = calloc(1, sizeof *signer);
	if (signer == NULL)
		return error_nomem(err);
	*signer = (struct signer){ .channel = -1, .process = -1, .arena = arena_new(0) };
	int r = signer->arena ? helper_run(&program, &signer->channel, &signer->process, err) : error_nomem(err);
	if (r == 0)
		r = introduce(signer, options, err);
	if (r < 0) {
		signer_close(signer);
		return r;
	}
	*out = signer;
	return 0;
}

void
signer_close(struct signer *signer)
{
	if (signer == NULL)
		return;
	if (signer->channel >= 0)
		close(signer->channel);
	/* It ends when nobody is there to ask. */
	while (signer->process > 0 && waitpid(signer->process, NULL, 0) < 0 && errno == EINTR)
		;
	key_free(signer->key);
	arena_free(signer->arena);
	free(signer);
}

const struct key *
signer_key(const struct signer *signer)
{
	return signer->key;
}

const struct companion *
signer_may(const struct signer *signer)
{
	return signer->may;
}

struct digest
signer_thumbprint(const struct signer *signer)
{
	return signer->thumbprint;
}

static int
sign(struct signer *signer, const struct order *order, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	struct order_done done = { .document = SLICE_NONE };
	int r = ask(signer, ORDER_SIGN, &sign_order_wire, order, &answer, err);
	if (r < 0)
		return r;
	struct cursor in = cursor_of(answer.body);
	r = wire_read(&order_done_wire, &in, signer->arena, &done, err);
	if (r < 0 || done.document.n == 0)
		return error_set(err, PLIM_EPROCESS, "the signer answered something else");
	strbuf_put(document, done.document);
	if (signature)
		strbuf_put(signature, done.signature);
	return document->failed || (signature && signature->failed) ? error_nomem(err) : 0;
}

int
signer_simple(struct signer *signer, struct slice repository, struct slice tag, const struct digest *image, const struct digest *policy,
              struct strbuf *payload, struct strbuf *signature, struct plim_error *err)
{
	struct order order = { .kind = ORDER_SIMPLE, .repository = repository, .tag = tag, .image = *image, .policy = *policy };
	return sign(signer, &order, payload, signature, err);
}

int
signer_approve(struct signer *signer, const struct vsa *vsa, struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_APPROVE, .vsa = *vsa };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_cosign_sign(struct signer *signer, struct slice repository, const struct digest *image, const struct digest *policy,
                   struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_COSIGN_SIGN, .repository = repository, .image = *image, .policy = *policy };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_evidence(struct signer *signer, struct slice repository, const struct digest *image, struct slice predicate_type,
                struct slice predicate, struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_EVIDENCE, .repository = repository, .image = *image, .predicate_type = predicate_type, .predicate = predicate };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_notation(struct signer *signer, struct slice repository, const struct digest *policy, const struct referrer_descriptor *target,
                struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_NOTATION, .repository = repository, .policy = *policy, .target = *target };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_deny(struct signer *signer, const struct deny_list *list, struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_DENY, .list = *list };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_data(struct signer *signer, const struct data_claim *claim, struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_DATA, .data = *claim };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_assign(struct signer *signer, struct slice payload, int64_t time, struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_ASSIGN, .assign = payload, .time = time };
	return sign(signer, &order, envelope, NULL, err);
}

int
signer_exceptions(struct signer *signer, const struct exceptions_claim *claim, struct strbuf *envelope, struct plim_error *err)
{
	struct order order = { .kind = ORDER_EXCEPTIONS, .exceptions = *claim };
	return sign(signer, &order, envelope, NULL, err);
}
