/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two workers that were taken over, each with its layer: they send blocks,
 * digests, failures and wishes for windows in any order.  The parent's side is static: its file is included whole.
 */
#include "../fuzz.h"
#include "../process/packets.h"

#include "gate/reading.c"

static struct reading *
reading_of(struct run *run, struct analysis *analysis, struct part parts[2], int first, int second)
{
	static struct reading reading;
	*analysis = (struct analysis){ .run = run, .parts = parts, .part_count = 2 };
	reading = (struct reading){ .analysis = analysis, .active = 2 };
	for (size_t i = 0; i < 2; i++)
		reading.slots[i] = (struct slot){ .blob = i, .worker = { .channel = i ? second : first }, .plain = { .fd = { -1, -1 } },
		                                  .awaits = AWAIT_HASH | AWAIT_BLOCK | AWAIT_PLAIN };
	return &reading;
}

/* What the sum says is what they hold, and stays below the limit; who has gone holds nothing. */
static void
windows_demand(const struct reading *reading)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < reading->active; i++) {
		const struct slot *slot = &reading->slots[i];
		sum += slot->window;
		fuzz_demand(slot->worker.channel >= 0 || (slot->window == 0 && slot->wants == 0));
		fuzz_demand(slot->window == 0 || slot->wants == 0);
	}
	fuzz_demand(sum == reading->windows && sum <= LIMIT_WINDOW_BYTES);
}

static void
settle_all(struct reading *reading)
{
	struct plim_error err = { 0 };
	for (size_t i = 0; i < reading->active; i++) {
		struct slot *slot = &reading->slots[i];
		struct part *part = &reading->analysis->parts[i];
		if (slot->code < 0)
			part_settle_failure(part, slot->code, &slot->why);
		else if ((slot->awaits & AWAIT_PLAIN) == 0 && part_take_plain(part, &slot->plain, &err) == 0)
			fuzz_demand(part->block >= 0 && part->plain.algorithm == DIGEST_SHA256);
		message_done(&slot->plain);
		part_done(part);
	}
}

static void
hear_both(struct cursor *in, struct packets *packets)
{
	struct run run = { .jobs = 2 };
	struct analysis analysis;
	struct part parts[2] = { { .block = -1 }, { .block = -1 } };
	struct packets second;
	struct fuzz_message given;
	if (!packets_open(&second))
		return;
	struct reading *reading = reading_of(&run, &analysis, parts, packets->ours, second.ours);
	packets->ours = second.ours = -1;
	while (fuzz_message_next(in, &given)) {
		size_t at = given.kind >> 7;
		given.kind &= 0x7f;
		packets_send(at ? &second : packets, &given);
		if (reading->slots[at].worker.channel >= 0)
			hear_worker(reading, &reading->slots[at]);
		windows_grant(reading);
		windows_demand(reading);
	}
	settle_all(reading);
	for (size_t i = 0; i < 2; i++)
		process_close(&reading->slots[i].worker);
	packets_close(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return packets_run(data, size, hear_both);
}
