/* SPDX-License-Identifier: Apache-2.0 */
/* Stages and counts of a run, told while the parent waits. */
#include "gate/watching.h"

#include "base/error.h"
#include "base/limits.h"

#include <poll.h>

#define PAUSE_MS 100

int
watching_pause(const struct watching *watching, int usual)
{
	return watching->tell ? PAUSE_MS : usual;
}

void
watching_tell(struct watching *watching)
{
	if (watching->tell)
		watching->tell(watching->context, &watching->now);
}

void
watching_stage(struct watching *watching, struct plim_progress stage)
{
	watching->now = stage;
	watching_tell(watching);
}

void
watching_end(struct watching *watching)
{
	watching_stage(watching, (struct plim_progress){ .stage = PLIM_STAGE_NONE });
}

int
watching_wait(struct watching *watching, int channel, short events, struct plim_error *err)
{
	struct pollfd wait = { channel, events, 0 };
	for (uint64_t left = LIMIT_WORKER_S * 1000 / PAUSE_MS; watching->tell && poll(&wait, 1, PAUSE_MS) <= 0; left--) {
		if (left == 0)
			return error_set(err, PLIM_EPROCESS, "another process does not answer");
		watching_tell(watching);
	}
	return 0;
}
