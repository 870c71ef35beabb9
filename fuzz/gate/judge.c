/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge over what workers made: a set, blocks and gaps as they come, then
 * queries or the standard policy.
 */
#include "../fuzz.h"
#include "../process/packets.h"

#include "base/limits.h"

#include "gate/job/judge_inside.h"

/* Everything the judge says is read, or it would wait for room. */
static void
drain(const struct packets *packets)
{
	struct message message;
	while (channel_receive(packets->ours, &message, NULL) == 0) {
		fuzz_demand(message.kind == SAY_DONE || message.kind > SAY_HASHED);
		fuzz_touch(message.body);
		message_done(&message);
	}
}

static void
judge_all(struct judge *judge, const struct packets *packets, struct cursor *in)
{
	struct plim_error err = { 0 };
	struct fuzz_message given;
	int r = 0;
	while (r == 0 && fuzz_message_next(in, &given)) {
		struct message message;
		packets_send(packets, &given);
		if (channel_receive(packets->ours, &message, &err) < 0)
			return;
		r = judge_take(judge, &message, &err);
		message_done(&message);
		drain(packets);
	}
}

static struct policy *
standard_policy(void)
{
	static struct policy *policy;
	struct plim_error err;
	if (policy == NULL) {
		limit_choose(SLICE("QUERY_STEPS=100000"), &err);
		limit_choose(SLICE("TREE_LINK_STEP_COUNT=100000"), &err);
		fuzz_demand(policy_load("standard", &policy, &err) == 0);
	}
	return policy;
}

static void
judge_input(struct cursor *in, struct packets *packets)
{
	AUTO(judge) struct judge judge = { .channel = packets->theirs, .arena = arena_new(0) };
	struct policy *policy = standard_policy();
	judge.order.target = SLICE("oci:web");
	if (cursor_u8(in) & 1)
		judge.policy = policy;
	if (judge.arena)
		judge_all(&judge, packets, in);
	judge.policy = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return packets_run(data, size, judge_input);
}
