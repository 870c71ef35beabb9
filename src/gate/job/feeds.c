/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads feeds: open files in, the compiled database and what became of each file out. */
#include "gate/job/feeds.h"

#include "advisory/store.h"
#include "base/error.h"
#include "process/sandbox.h"

#define END { WIRE_END, 0, 0, 0, NULL }

static const struct wire_struct wire_data_feed = { sizeof(struct data_feed), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct data_feed, name), WIRE_PLAIN(WIRE_SLICE, struct data_feed, format),
	WIRE_PLAIN(WIRE_SLICE, struct data_feed, url), WIRE_PLAIN(WIRE_DIGEST, struct data_feed, digest),
	WIRE_PLAIN(WIRE_U64, struct data_feed, snapshot), WIRE_PLAIN(WIRE_U64, struct data_feed, fetched),
	WIRE_PLAIN(WIRE_U64, struct data_feed, records), WIRE_PLAIN(WIRE_BOOL, struct data_feed, sample), END } };

static const struct wire_struct wire_report = { sizeof(struct feed_report), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct feed_report, name), WIRE_PLAIN(WIRE_BOOL, struct feed_report, taken),
	WIRE_PLAIN(WIRE_BOOL, struct feed_report, refused), WIRE_PLAIN(WIRE_SLICE, struct feed_report, reason), WIRE_INSIDE(struct feed_report, feed, &wire_data_feed), END } };

const struct wire_struct wire_file_said = { sizeof(struct file_said), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct file_said, name), WIRE_PLAIN(WIRE_SLICE, struct file_said, reason), WIRE_PLAIN(WIRE_U32, struct file_said, mark),
	WIRE_PLAIN(WIRE_SLICE, struct file_said, origin.url), WIRE_PLAIN(WIRE_SLICE, struct file_said, origin.format),
	WIRE_PLAIN(WIRE_U64, struct file_said, origin.fetched), WIRE_PLAIN(WIRE_U64, struct file_said, origin.modified),
	WIRE_PLAIN(WIRE_BOOL, struct file_said, origin.published), END } };

const struct wire_struct wire_reports = { sizeof(struct feed_report_list), (const struct wire_field[]){
	WIRE_MANY(struct feed_report_list, at, n, &wire_report), END } };

struct feeds_job {
	int channel;
	struct arena *arena;
	struct builder *builder;
	struct feed_reports reports;
	struct feeds_reading *reading;
	struct database *previous;     /* may be NULL */
};

static void
auto_feeds_job(struct feeds_job *job)
{
	feeds_reading_free(job->reading);
	builder_free(job->builder);
	database_close(job->previous);
	vec_done(&job->reports.list);
	arena_free(job->arena);
}

static int
begin(struct feeds_job *job, struct plim_error *err)
{
	if ((job->arena = job->reports.arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = builder_new(&job->builder, err);
	return r < 0 ? r : feeds_reading_new(job->builder, &job->reports, &job->reading, err);
}

/* Whoever is told may be busy: then it is not told. */
static void
tell(struct feeds_job *job, uint32_t mark)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_put_u32(&body, mark);
	if (mark != MARK_NONE && !body.failed)
		channel_answer(job->channel, SAY_MARK, strbuf_slice(&body), NULL, 0, NULL);
}

static int
take(struct feeds_job *job, const struct message *message, struct plim_error *err)
{
	struct cursor from = cursor_of(message->body);
	struct file_said file = { 0 };
	int r = wire_read(&wire_file_said, &from, job->arena, &file, err);
	if (r < 0)
		return r;
	if (file.name.p == NULL || (file.reason.p == NULL) != (message->fd[0] >= 0))
		return error_set(err, PLIM_EFORMAT, "a file without a name");
	tell(job, file.mark);
	feeds_origin(job->reading, &file.origin);
	return file.reason.p ? feeds_skip(job->reading, file.name, file.reason, err) : feeds_take(job->reading, file.name, message->fd[0], err);
}

static int
take_previous(struct feeds_job *job, const struct message *message, struct plim_error *err)
{
	struct cursor from = cursor_of(message->body);
	int64_t now = (int64_t)cursor_u64le(&from);
	if (from.bad || message->fd[0] < 0 || job->previous)
		return error_set(err, PLIM_EFORMAT, "a database from before that is none");
	int r = database_open_fd(message->fd[0], "the database from before", &job->previous, err);
	if (r < 0 || (r = store_verify(job->previous, err)) < 0)
		return r;
	job->builder->carrier.previous = job->previous;
	job->builder->carrier.now = now;
	return 0;
}

static bool
any_taken(const struct feed_reports *reports)
{
	for (size_t i = 0; i < reports->list.n; i++)
		if (reports->list.at[i].taken)
			return true;
	return false;
}

static int
say_reports(struct feeds_job *job, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct feed_report_list list = { job->reports.list.at, job->reports.list.n };
	wire_write(&wire_reports, &list, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(job->channel, SAY_REPORTS, strbuf_slice(&bytes), err);
}

/* An empty database would replace a good one and know nothing: there is none then. */
static int
answer(struct feeds_job *job, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	struct digest root;
	int r = feeds_end(job->reading, err);
	if (r < 0 || (r = say_reports(job, err)) < 0 || !any_taken(&job->reports))
		return r < 0 ? r : channel_send(job->channel, SAY_DONE, SLICE(""), err);
	if ((r = memory_file_new(&fd, err)) < 0 || (r = builder_compile(job->builder, fd, &root, err)) < 0 || (r = memory_file_seal(fd, err)) < 0)
		return r;
	return channel_send_with(job->channel, SAY_DATABASE, SLICE(""), &fd, 1, err);
}

static int
serve(struct feeds_job *job, struct plim_error *err)
{
	for (;;) {
		struct message message;
		int r = channel_receive(job->channel, &message, err);
		if (r < 0)
			return r;
		bool done = message.kind == SAY_DONE;
		if (!done)
			r = message.kind == SAY_PREVIOUS ? take_previous(job, &message, err) : take(job, &message, err);
		message_done(&message);
		if (r < 0 || done)
			return r < 0 ? r : answer(job, err);
	}
}

int
job_feeds(int channel)
{
	AUTO(feeds_job) struct feeds_job job = { .channel = channel };
	struct plim_error err = { 0 };
	int r = sandbox_enter(CONFINED_WORKER, -1, &err);
	if (r == 0 && (r = begin(&job, &err)) == 0)
		r = serve(&job, &err);
	return r < 0 && say_failed(channel, r, &err) < 0;
}
