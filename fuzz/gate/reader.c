/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that reads an image, once it was taken over: it sends a set and
 * then anything about the set's blobs.  The parent's side is static: its files are included whole.
 */
#include "../fuzz.h"
#include "../process/packets.h"

#include "gate/analyze.c"
#include "gate/documents.c"
#include "gate/reading_one.c"

static void
hear_all(struct analysis *analysis, struct packets *packets, struct cursor *in)
{
	struct plim_error err = { 0 };
	struct fuzz_message given;
	size_t blob = SIZE_MAX;
	bool done = false;
	while (!done && fuzz_message_next(in, &given)) {
		packets_send(packets, &given);
		if (hear_reader(analysis, &blob, &done, &err) < 0)
			return;
		fuzz_demand(blob == SIZE_MAX || blob < analysis->part_count);
	}
}

/* The judge gets what is there; whoever listens hears a kind that there is. */
static void
pass_on(struct analysis *analysis, struct packets *packets)
{
	struct plim_error err = { 0 };
	struct message message;
	if (analysis_send(analysis, packets->theirs, &err) < 0)
		return;
	while (channel_receive(packets->ours, &message, &err) == 0) {
		fuzz_demand(message.kind == SAY_SET || message.kind == SAY_BLOCK || message.kind == SAY_GAP);
		message_done(&message);
	}
}

static void
read_all(struct cursor *in, struct packets *packets)
{
	struct run run = { .jobs = 1 };
	struct plim_error err = { 0 };
	struct fuzz_message given;
	AUTO(analysis) struct analysis *analysis = calloc(1, sizeof *analysis);
	if (analysis == NULL)
		return;
	*analysis = (struct analysis){ .run = &run, .arena = arena_new(0), .target = { .fd = -1 }, .remote = REMOTE_NONE, .reader = { .channel = packets->ours } };
	if (analysis->arena && fuzz_message_next(in, &given)) {
		packets_send(packets, &given);
		if (receive_set(analysis, &err) == 0 && analysis_make_parts(analysis, &err) == 0) {
			hear_all(analysis, packets, in);
			pass_on(analysis, packets);
		}
	}
	analysis->reader.channel = -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return packets_run(data, size, read_all);
}
