/* SPDX-License-Identifier: Apache-2.0 */
/* Wishes and results as messages. */
#include "gate/job/scan_asking.h"

#include "base/error.h"
#include "base/file.h"
#include "process/channel.h"

/* The very bytes that are in the policy's digest. */
static int
say_wish(int channel, const struct scap_wish *wish, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(fd) int datastream = -1;
	AUTO(fd) int tailoring = -1;
	struct scan_wish order = { wish->entry, wish->benchmark, wish->packages.n ? strbuf_slice(&wish->packages) : SLICE_NONE };
	int r = memory_file(wish->datastream, &datastream, err);
	if (r == 0)
		r = memory_file(strbuf_slice(&wish->tailoring), &tailoring, err);
	int fds[] = { datastream, tailoring };
	wire_write(&wire_scan_wish, &order, &body);
	if (r < 0 || body.failed)
		return r < 0 ? r : error_nomem(err);
	return channel_send_with(channel, SAY_SCAN, strbuf_slice(&body), fds, 2, err);
}

int
scan_ask(int channel, struct scap_scans *scans, const struct policy *policy, const struct inventory *inventory, uint32_t image, bool *asked,
         struct plim_error *err)
{
	struct scap_wish wish = { 0 };
	int r = scap_scans_next(scans, policy, inventory, image, &wish, asked, err);
	if (r == 0 && *asked)
		r = say_wish(channel, &wish, err);
	strbuf_done(&wish.tailoring);
	strbuf_done(&wish.packages);
	return r;
}

int
scan_told(struct scap_scans *scans, const struct policy *policy, const struct message *message, struct arena *arena, struct plim_error *err)
{
	AUTO(arena) struct arena *own = arena_new(0);
	struct cursor from = cursor_of(message->body);
	struct scan_answer answer = { 0 };
	struct slice results = SLICE_NONE;
	int r = own ? wire_read(&wire_scan_answer, &from, own, &answer, err) : error_nomem(err);
	if (r == 0 && (policy == NULL || scans->at == NULL))
		r = error_set(err, PLIM_EFORMAT, "results of a scan that nobody asked for");
	if (r == 0 && answer.trouble.p == NULL)
		r = memory_map(message->fd[0], &results, err);
	const struct scap_told told = { answer.entry, answer.version, answer.trouble, answer.packages, results };
	if (r == 0)
		r = scap_scans_take(scans, &told, arena, err);
	if (results.p)
		file_unmap(&results);
	return r;
}
