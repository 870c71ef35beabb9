/* SPDX-License-Identifier: Apache-2.0 */
/* Sending files to the process that reads feeds, and hearing what came of them. */
#include "gate/feeding.h"

#include "advisory/store.h"
#include "base/error.h"
#include "gate/job_feeds.h"

struct feeder {
	int channel;
	bool gone;    /* the worker has: why, it says itself or its end does */
};

static int
say_file(struct feeder *feeder, struct slice name, struct slice reason, const int *fd, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_put_slice(&body, name);
	wire_put_slice(&body, reason);
	if (body.failed)
		return error_nomem(err);
	int r = channel_send_with(feeder->channel, SAY_FILE, strbuf_slice(&body), fd, fd != NULL, err);
	feeder->gone = r < 0;
	return r;
}

static int
take(void *context, struct slice name, int fd, struct plim_error *err)
{
	return say_file(context, name, SLICE_NONE, &fd, err);
}

static int
skip(void *context, struct slice name, struct slice reason, struct plim_error *err)
{
	return say_file(context, name, reason, NULL, err);
}

static int
send_files(struct feeder *feeder, const char *directory, struct plim_error *err)
{
	const struct feed_sink sink = { feeder, take, skip };
	int r = feeds_walk(directory, &sink, err);
	if (r < 0)
		return feeder->gone ? 0 : r;
	/* If it has gone by now, what it is asked next tells. */
	channel_send(feeder->channel, SAY_DONE, SLICE(""), NULL);
	return 0;
}

static int
take_reports(struct slice body, struct feed_reports *reports, struct plim_error *err)
{
	struct slice kept = arena_dup(reports->arena, body);
	struct feed_report_list list = { 0 };
	struct cursor from = cursor_of(kept);
	int r = kept.p ? wire_read(&wire_reports, &from, reports->arena, &list, err) : error_nomem(err);
	for (size_t i = 0; r == 0 && i < list.n; i++) {
		struct feed_report *place = vec_push(&reports->list);
		if (place == NULL)
			return error_nomem(err);
		*place = list.at[i];
	}
	return r;
}

static int
take_database(const struct message *message, struct slice *out, struct digest *digest, struct plim_error *err)
{
	AUTO(database) struct database *database = NULL;
	int r = memory_map(message->fd[0], out, err);
	if (r == 0)
		r = database_open_fd(message->fd[0], "the database as compiled", &database, err);
	/* Before it replaces one that is whole. */
	if (r == 0)
		r = store_verify(database, err);
	if (r == 0)
		*digest = database_digest(database);
	return r;
}

static int
hear(struct run *run, const struct process *worker, uint32_t kind, struct message *out, struct plim_error *err)
{
	int r = run_expect(run, worker, kind, out, err);
	return r < 0 ? error_wrap(err, r, "feeds") : 0;
}

static int
hear_database(struct run *run, const struct process *worker, const char *directory, struct slice *out, struct digest *digest,
              struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = hear(run, worker, 0, &message, err);
	if (r < 0)
		return r;
	if (message.kind == SAY_DONE)
		return error_set(err, PLIM_ENOTFOUND, "there is no feed in %s", directory);
	if (message.kind != SAY_DATABASE)
		return error_set(err, PLIM_EPROCESS, "the process that read the feeds spoke out of turn");
	return take_database(&message, out, digest, err);
}

int
feeding(struct run *run, const char *directory, struct feed_reports *reports, struct slice *database, struct digest *digest,
        struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = zygote_spawn(run->zygote, JOB_FEEDS, &worker, err);
	struct feeder feeder = { .channel = worker.channel };
	if (r < 0 || (r = send_files(&feeder, directory, err)) < 0)
		return r;
	if ((r = hear(run, &worker, SAY_REPORTS, &message, err)) < 0 || (r = take_reports(message.body, reports, err)) < 0)
		return r;
	return hear_database(run, &worker, directory, database, digest, err);
}
