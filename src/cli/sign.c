/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plimsoll-sign: the one program that reads private keys.  It is started by
 * plimsoll with a channel, reads the key and what it may sign, confines
 * itself, and carries out orders until nobody is there to give any.
 */
#include "base/error.h"
#include "process/channel.h"
#include "process/helper.h"
#include "process/sandbox.h"
#include "trust/key_load.h"
#include "trust/order.h"

#include <plimsoll/build.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


/* What is in memory from now on is nobody else's: no look from outside, no file of it, no program that could be more than this one. */
static int
harden(struct plim_error *err)
{
	struct rlimit none = { 0, 0 };
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return error_sys(err, errno, "hiding the key's memory");
	return 0;
}

/* A token's module talks to drivers and daemons: only what it does not need is taken from it. */
static int
confine(const struct loaded *loaded, struct plim_error *err)
{
	if (!loaded->is_token)
		return sandbox_enter(CONFINED_JUDGE, -1, err);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? error_sys(err, errno, "no new privileges") : 0;
}

static int
answer(enum order_message kind, const struct wire_struct *table, const void *what, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(table, what, &body);
	return body.failed ? error_nomem(err) : channel_send(HELPER_CHANNEL, kind, strbuf_slice(&body), err);
}

static int
refuse(const struct plim_error *why, struct plim_error *err)
{
	struct order_refused refused = { (uint32_t)-why->code, slice_of(why->text) };
	return answer(ORDER_REFUSED, &order_refused_wire, &refused, err);
}

static int
describe(const struct loaded *loaded, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf pem = { 0 };
	struct order_described described = { .companion = loaded->companion };
	int r = key_write_public(loaded->key, &pem, err);
	if (r < 0)
		return r;
	described.public_key = strbuf_slice(&pem);
	if (loaded->certificate)
		described.thumbprint = certificate_thumbprint(loaded->certificate);
	return answer(ORDER_DONE, &order_described_wire, &described, err);
}

/* The first message, and only the first, names a key. */
static int
begin(struct arena *arena, struct loaded *loaded, bool *may_sign, struct plim_error *err)
{
	AUTO(message) struct message first = { .fd = { -1, -1 } };
	struct order_start from = { .key = SLICE_NONE };
	int r = channel_receive(HELPER_CHANNEL, &first, err);
	if (r == 0 && first.kind != ORDER_START)
		r = error_set(err, PLIM_EPROCESS, "an order before a key");
	struct cursor in = cursor_of(first.body);
	if (r == 0)
		r = wire_read(&order_start_wire, &in, arena, &from, err);
	if (r == 0)
		r = key_load(&from, arena, loaded, err);
	if (r == 0)
		r = confine(loaded, err);
	*may_sign = !from.describe_only;
	return r;
}

static int
carry_out(const struct message *message, const struct order_means *means, struct strbuf *document, struct strbuf *signature, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct cursor in = cursor_of(message->body);
	struct order order = { .kind = ORDER_SIMPLE };
	int r = arena ? 0 : error_nomem(err);
	if (r == 0 && message->kind != ORDER_SIGN)
		r = error_set(err, PLIM_EPROCESS, "no order");
	if (r == 0)
		r = wire_read(&sign_order_wire, &in, arena, &order, err);
	return r < 0 ? r : order_carry_out(means, &order, document, signature, err);
}

static int
serve_one(const struct message *message, const struct loaded *loaded, bool may_sign, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf document = { 0 }, signature = { 0 };
	struct order_means means = { loaded->key, may_sign ? loaded->may : NULL, loaded->certificate, time(NULL) };
	struct plim_error why = { 0 };
	if (carry_out(message, &means, &document, &signature, &why) < 0)
		return refuse(&why, err);
	struct order_done done = { strbuf_slice(&document), signature.n ? strbuf_slice(&signature) : SLICE_NONE };
	return answer(ORDER_DONE, &order_done_wire, &done, err);
}

static int
serve(const struct loaded *loaded, bool may_sign, struct plim_error *err)
{
	for (;;) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		int r = channel_receive(HELPER_CHANNEL, &message, err);
		if (r == PLIM_ENOTFOUND)
			return 0;
		if (r == 0)
			r = serve_one(&message, loaded, may_sign, err);
		if (r < 0)
			return r;
	}
}

static int
run(struct arena *arena, struct plim_error *err)
{
	struct loaded loaded = { .is_token = false };
	struct plim_error why = { 0 };
	bool may_sign = false;
	int r = harden(&why);
	if (r == 0)
		r = begin(arena, &loaded, &may_sign, &why);
	if (r < 0)
		r = refuse(&why, err);
	else if ((r = describe(&loaded, err)) == 0)
		r = serve(&loaded, may_sign, err);
	loaded_done(&loaded);
	return r;
}

static bool
is_channel(void)
{
	int type = 0;
	socklen_t n = sizeof type;
	return getsockopt(HELPER_CHANNEL, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_SEQPACKET;
}

int
main(int argc, char **argv)
{
	struct plim_error err = { 0 };
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("plimsoll-sign " PLIM_VERSION) < 0;
	if (argc != 1 || !is_channel()) {
		fputs("plimsoll-sign: plimsoll starts this program where something is to be signed; see plimsoll-key(1)\n", stderr);
		return 3;
	}
	AUTO(arena) struct arena *arena = arena_new(0);
	int r = arena ? run(arena, &err) : error_nomem(&err);
	if (r < 0)
		fprintf(stderr, "plimsoll-sign: %s\n", err.text);
	/* What others registered for a program's end knows nothing of its confinement; the key is wiped already. */
	_exit(r < 0 ? 3 : 0);
}
