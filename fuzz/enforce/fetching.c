/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process that fetches says to its door: the first byte tells whether a descriptor comes with it.  Whatever came, the one who asked hears
 * one answer, with a descriptor where nothing failed and without one else.
 */
#include "../fuzz.h"

#include "enforce/server/fetching.c"

struct heard {
	unsigned answers;
};

static void
hear(void *context, const struct fetch_got *got)
{
	struct heard *heard = context;
	heard->answers++;
	fuzz_demand((got->code == 0) == (got->fd >= 0) && got->code <= 0);
	fuzz_touch(got->why);
	fuzz_touch(got->media_type);
	if (got->fd >= 0)
		close(got->fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct heard heard = { 0 };
	struct asked *asked = calloc(1, sizeof *asked);
	struct message message = { .kind = CREW_ANSWERED, .fd = { -1, -1 } };
	fuzz_demand(arena && asked);
	*asked = (struct asked){ .arena = arena, .fetched = hear, .context = &heard };
	if (size > 0) {
		message.body = (struct slice){ (const char *)data + 1, size - 1 };
		message.fd[0] = data[0] & 1 ? dup(0) : -1;
	}
	answered(NULL, asked, &message);
	fuzz_demand(heard.answers == 1);
	if (message.fd[0] >= 0)
		close(message.fd[0]);
	return 0;
}
