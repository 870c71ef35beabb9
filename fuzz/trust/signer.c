/* SPDX-License-Identifier: Apache-2.0 */
/* Orders from a parent that was taken over: nothing is signed that the companion does not allow, whatever arrives. */
#include "../fuzz.h"
#include "base/date.h"
#include "trust/dsse.h"
#include "trust/order.h"
#include "trust/simple_signing.h"

#define NOW INT64_C(1893456000)

static void
check_document(const struct order *order, struct slice document, struct arena *arena)
{
	struct simple_signing *simple;
	struct dsse *envelope;
	struct statement *statement;
	struct vsa *vsa;
	struct plim_error err = { 0 };
	if (order->kind == ORDER_SIMPLE) {
		fuzz_demand(simple_signing_parse(document, arena, &simple, &err) == 0 && slice_is(simple->repository, "registry.example.com/web"));
		return;
	}
	fuzz_demand(dsse_parse(document, arena, &envelope, &err) == 0 && statement_parse(envelope->payload, arena, &statement, &err) == 0);
	if (order->kind == ORDER_APPROVE)
		fuzz_demand(vsa_parse(statement, arena, &vsa, &err) == 0 && vsa->result == VSA_PASSED && slice_is(vsa->repository, "registry.example.com/web"));
	else
		fuzz_demand(order->kind == ORDER_COSIGN_SIGN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct key *key;
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf document = { 0 }, signature = { 0 };
	struct cursor in = cursor_of((struct slice){ (const char *)data, size });
	struct order order = { .kind = ORDER_SIMPLE };
	struct slice glob = SLICE("registry.example.com/web");
	struct companion may = { .role = KEY_APPROVES, .any_policy = true, .repositories = &glob, .repository_count = 1, .from = DATE_NONE, .until = DATE_NONE };
	struct plim_error err = { 0 };
	if (key == NULL && key_generate(KEY_ED25519, &key, &err) < 0)
		abort();
	struct order_means means = { key, &may, NULL, NOW };
	if (wire_read(&sign_order_wire, &in, arena, &order, &err) < 0 || order_carry_out(&means, &order, &document, &signature, &err) < 0)
		return 0;
	check_document(&order, strbuf_slice(&document), arena);
	return 0;
}
