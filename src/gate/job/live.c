/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of the running machine: proc in, a block of what the kernel tells out. */
#include "gate/collecting.h"

#include "base/error.h"
#include "catalog/live/live.h"
#include "process/sandbox.h"

#include <unistd.h>

static int
read_live(int channel, int proc, struct plim_error *err)
{
	AUTO(live_links) struct live_links links = { 0 };
	AUTO(block_builder) struct block_builder *builder = NULL;
	bool privileged = geteuid() == 0;
	int r = sandbox_enter_live(err);
	if (r < 0 || (r = live_links_read(proc, privileged, &links, err)) < 0 || (r = sandbox_enter_below(proc, err)) < 0)
		return r;
	if ((r = block_builder_new(&builder, err)) < 0 || (r = live_collect(proc, &links, builder, err)) < 0)
		return r;
	return say_block(channel, builder, err);
}

int
job_live(int channel)
{
	struct message start;
	struct plim_error err = { 0 };
	if (channel_receive(channel, &start, &err) < 0)
		return 1;
	int r = read_live(channel, start.fd[0], &err);
	message_done(&start);
	return r < 0 && say_failed(channel, r, &err) < 0;
}
