/* SPDX-License-Identifier: Apache-2.0 */
/* What one process reads as a whole: a tree, and what exists only inside a compressed archive. */
#include "gate/analysis.h"

#include "base/error.h"
#include "gate/job/image.h"
#include "process/channel.h"

#include <errno.h>
#include <fcntl.h>

static int
layer_order_send(struct analysis *analysis, int channel, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct layer_order order = {
		.host = analysis->target.kind == TARGET_HOST, .live = analysis->live,
		.wishes = { analysis->hashing, analysis->wished_rows, { analysis->extras.at, analysis->extras.n }, analysis->run->level },
	};
	int fds[2] = { analysis->target.fd, -1 };
	int r = copies_file(analysis->copies, 0, &fds[1], err);
	wire_write(&wire_layer_order, &order, &bytes);
	if (r < 0 || bytes.failed)
		return r < 0 ? r : error_nomem(err);
	return channel_send_with(channel, SAY_START, strbuf_slice(&bytes), fds, fds[1] < 0 ? 1 : 2, err);
}

/* No failure of it costs the tree. */
static int
read_live(struct analysis *analysis, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct part *part = &analysis->parts[1];
	struct plim_error why = { 0 };
	AUTO(fd) int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = proc < 0 ? error_sys(&why, errno, "/proc") : zygote_spawn(analysis->run->zygote, JOB_LIVE, &worker, &why);
	part->unsent = true;
	if (r == 0)
		r = channel_send_with(worker.channel, SAY_START, SLICE(""), &proc, 1, &why);
	if (r == 0 && (r = run_expect(analysis->run, &worker, SAY_BLOCK, &message, &why)) == 0)
		r = part_take_block(part, &message, &why);
	if (r < 0 && (part->gap = strdup(why.text)) == NULL)
		return error_nomem(err);
	return 0;
}

static int
read_files(struct analysis *analysis, struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	struct part *part = &analysis->parts[0];
	enum job_index job = analysis->target.kind == TARGET_DOCUMENT ? JOB_DOCUMENT : JOB_TREE;
	int r = zygote_spawn(analysis->run->zygote, job, &worker, err);
	if (r < 0 || (r = layer_order_send(analysis, worker.channel, err)) < 0)
		return r;
	part->unsent = true;
	watching_stage(&analysis->run->watching, (struct plim_progress){ .stage = PLIM_STAGE_TREE });
	if ((r = run_expect(analysis->run, &worker, SAY_BLOCK, &message, err)) == 0)
		r = part_take_block(part, &message, err);
	return r < 0 ? part_settle_failure(part, r, err) : 0;
}

int
analysis_read_tree(struct analysis *analysis, struct plim_error *err)
{
	int r = read_files(analysis, err);
	bool first = analysis->live && analysis->parts[1].block < 0 && analysis->parts[1].gap == NULL;
	return r == 0 && first ? read_live(analysis, err) : r;
}

static int
hear_reader(struct analysis *analysis, size_t *blob, bool *done, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = run_expect(analysis->run, &analysis->reader, 0, &message, err);
	if (r < 0)
		return remote_why(&analysis->remote, r, err);
	struct slice body = message.body;
	if (message.kind == SAY_ASK)
		return analysis_answer(analysis, body, err);
	if (message.kind == SAY_DONE) {
		*done = true;
		return remote_why(&analysis->remote, 0, err);
	}
	if (message.kind == SAY_BLOB || message.kind == SAY_GAP) {
		*blob = number_of(&body);
		if (*blob >= analysis->part_count)
			return error_set(err, PLIM_EPROCESS, "the process that read it speaks of no blob");
		part_done(&analysis->parts[*blob]);
		analysis->parts[*blob].unsent = true;
		analysis->parts[*blob].gap = message.kind == SAY_GAP ? slice_dup(body) : NULL;
		analysis->run->watching.now.done += message.kind == SAY_GAP;
		return 0;
	}
	if (*blob == SIZE_MAX)
		return error_set(err, PLIM_EPROCESS, "the process that read it spoke out of turn");
	struct part *part = &analysis->parts[*blob];
	if (message.kind == SAY_BLOCK)
		return part_take_block(part, &message, err);
	if (message.kind != SAY_PLAIN || part->block < 0)
		return error_set(err, PLIM_EPROCESS, "the process that read it spoke out of turn");
	r = part_take_plain(part, &message, err);
	analysis->run->watching.now.done++;
	if (r == 0 && (r = analysis_verify_layers(analysis, *blob, err)) < 0)
		return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(analysis->set, *blob)->name));
	return r;
}

/* The one process that reads all layers has gone: none of those that it has not answered for is known. */
static int
reader_lost(struct analysis *analysis, const bool *wanted, int code, struct plim_error *err)
{
	for (size_t i = 0; i < analysis->part_count; i++) {
		struct part *part = &analysis->parts[i];
		if (!wanted[i] || part->plain.algorithm != DIGEST_NONE)
			continue;
		part_done(part);
		part->unsent = true;
		int r = part_settle_failure(part, code, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
analysis_read_inside(struct analysis *analysis, const bool *wanted, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct read_order order = { (bool *)wanted, analysis->part_count, { analysis->hashing, analysis->wished_rows, { analysis->extras.at, analysis->extras.n }, analysis->run->level } };
	size_t blob = SIZE_MAX, layers = 0;
	bool done = false;
	wire_write(&wire_read_order, &order, &bytes);
	if (bytes.failed)
		return error_nomem(err);
	for (size_t i = 0; i < analysis->part_count; i++)
		layers += wanted[i];
	watching_stage(&analysis->run->watching, (struct plim_progress){ .stage = PLIM_STAGE_LAYERS, .total = layers });
	/* One file for all: it says which blob is at hand. */
	int copy, r = copies_file(analysis->copies, 0, &copy, err);
	if (r == 0)
		r = channel_send_with(analysis->reader.channel, SAY_READ, strbuf_slice(&bytes), &copy, copy >= 0, err);
	while (r == 0 && !done)
		r = hear_reader(analysis, &blob, &done, err);
	return r == PLIM_EPROCESS || r == PLIM_ENOMEM ? reader_lost(analysis, wanted, r, err) : r;
}
