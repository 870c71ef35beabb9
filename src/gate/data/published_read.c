/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/data/published.h"

#include "base/error.h"
#include "gate/run.h"

int
published_read(struct run *run, int fd, uint32_t form, struct message *out, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_put_u32(&body, form);
	int r = body.failed ? error_nomem(err) : zygote_spawn(run->zygote, JOB_INDEX, &worker, err);
	if (r == 0)
		r = channel_send_with(worker.channel, SAY_START, strbuf_slice(&body), &fd, 1, err);
	return r < 0 ? r : run_expect(run, &worker, SAY_INDEX, out, err);
}
