/* SPDX-License-Identifier: Apache-2.0 */
/* Sending files to the process that reads feeds, and hearing what came of them. */
#include "gate/data/feeding.h"

#include "advisory/store.h"
#include "base/date.h"
#include "base/error.h"
#include "gate/job/feeds.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

/* After so much the worker is asked to say that it has come to the next file. */
#define MARK_BYTES ((uint64_t)1 << 20)
#define MARK_FILES 256

/* A file, and what was sent before it. */
struct mark {
	struct slice name;
	size_t files;
	uint64_t bytes;
};

struct feeder {
	int channel;
	struct run *run;
	struct arena *arena;
	bool gone;    /* the worker has: why, it says itself or its end does */
	VEC(struct mark) marks;
	size_t next;          /* of them, that may be come to: each is once at most */
};

static void
auto_feeder(struct feeder *feeder)
{
	vec_done(&feeder->marks);
}

/* Marks. */

static bool
is_due(const struct feeder *feeder, const struct plim_progress *now)
{
	if (feeder->marks.n == 0)
		return true;
	const struct mark *last = &feeder->marks.at[feeder->marks.n - 1];
	return now->done - last->files >= MARK_FILES || now->bytes - last->bytes >= MARK_BYTES;
}

/* Counts what is sent as done, for the worker is a few files behind at most; which it is at when all are sent, the marks tell. */
static int
mark_file(struct feeder *feeder, struct slice name, int fd, uint32_t *out, struct plim_error *err)
{
	struct plim_progress *now = &feeder->run->watching.now;
	struct stat st;
	*out = MARK_NONE;
	if (feeder->run->watching.tell == NULL)
		return 0;
	uint64_t size = fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	if (size >= MARK_BYTES || is_due(feeder, now)) {
		struct mark *mark = vec_push(&feeder->marks);
		if (mark == NULL || (mark->name = arena_dup(feeder->arena, name)).p == NULL)
			return error_nomem(err);
		mark->files = now->done;
		mark->bytes = now->bytes;
		*out = (uint32_t)feeder->marks.n - 1;
	}
	now->done++;
	now->bytes += size;
	return 0;
}

static int
take_mark(struct feeder *feeder, struct slice body, struct plim_error *err)
{
	struct plim_progress *now = &feeder->run->watching.now;
	uint32_t at = number_of(&body);
	if (at < feeder->next || at >= feeder->marks.n)
		return error_set(err, PLIM_EPROCESS, "the process that read the feeds speaks of no file");
	const struct mark *mark = &feeder->marks.at[at];
	feeder->next = (size_t)at + 1;
	now->done = mark->files;
	now->bytes = mark->bytes;
	now->name = mark->name.p;
	now->name_size = mark->name.n;
	watching_tell(&feeder->run->watching);
	return 0;
}

static int
say_file(struct feeder *feeder, struct file_said *file, int fd, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	int r = mark_file(feeder, file->name, fd, &file->mark, err);
	wire_write(&wire_file_said, file, &body);
	if (r < 0 || body.failed)
		return r < 0 ? r : error_nomem(err);
	if ((r = watching_wait(&feeder->run->watching, feeder->channel, POLLOUT, err)) == 0)
		r = channel_send_with(feeder->channel, SAY_FILE, strbuf_slice(&body), &fd, fd >= 0, err);
	feeder->gone = r < 0;
	return r;
}

static const struct feed_origin nowhere = { .fetched = DATE_NONE, .modified = DATE_NONE };

static int
take(void *context, struct slice name, int fd, struct plim_error *err)
{
	return say_file(context, &(struct file_said){ .name = name, .origin = nowhere }, fd, err);
}

static int
skip(void *context, struct slice name, struct slice reason, struct plim_error *err)
{
	return say_file(context, &(struct file_said){ .name = name, .reason = reason, .origin = nowhere }, -1, err);
}

static int
send_previous(struct feeder *feeder, const struct feeding *what, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	if (what->previous == NULL)
		return 0;
	AUTO(fd) int fd = open(what->previous, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, errno, "%s", what->previous);
	wire_put_u32(&body, (uint32_t)(uint64_t)what->now);
	wire_put_u32(&body, (uint32_t)((uint64_t)what->now >> 32));
	return body.failed ? error_nomem(err) : channel_send_with(feeder->channel, SAY_PREVIOUS, strbuf_slice(&body), &fd, 1, err);
}

static int
send_fetched(struct feeder *feeder, const struct feeding *what, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < what->file_count; i++) {
		const struct feeding_file *file = &what->files[i];
		const char *reason = feed_skip_reason(file->name);
		struct file_said said = { .name = file->name, .reason = slice_of(reason), .origin = file->origin };
		r = say_file(feeder, &said, reason ? -1 : file->fd, err);
	}
	return r;
}

static int
send_files(struct feeder *feeder, const struct feeding *what, struct plim_error *err)
{
	const struct feed_sink sink = { feeder, take, skip };
	struct plim_progress *now = &feeder->run->watching.now;
	watching_stage(&feeder->run->watching, (struct plim_progress){ .stage = PLIM_STAGE_FEEDS });
	int r = what->directory ? feeds_walk(what->directory, &sink, err) : send_fetched(feeder, what, err);
	if (r < 0)
		return feeder->gone ? 0 : r;
	now->total = now->done;
	now->bytes_total = now->bytes;
	now->done = now->bytes = 0;
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
hear(struct feeder *feeder, const struct process *worker, struct message *out, struct plim_error *err)
{
	int r;
	while ((r = run_expect(feeder->run, worker, 0, out, err)) == 0 && out->kind == SAY_MARK) {
		r = take_mark(feeder, out->body, err);
		message_done(out);
		if (r < 0)
			return r;
	}
	return r < 0 ? error_wrap(err, r, "feeds") : 0;
}

static int
out_of_turn(struct plim_error *err)
{
	return error_set(err, PLIM_EPROCESS, "the process that read the feeds spoke out of turn");
}

static int
hear_reports(struct feeder *feeder, const struct process *worker, struct feed_reports *reports, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = hear(feeder, worker, &message, err);
	if (r < 0)
		return r;
	return message.kind == SAY_REPORTS ? take_reports(message.body, reports, err) : out_of_turn(err);
}

static int
hear_database(struct feeder *feeder, const struct process *worker, const char *directory, struct slice *out, struct digest *digest,
              struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	watching_stage(&feeder->run->watching, (struct plim_progress){ .stage = PLIM_STAGE_COMPILING });
	int r = hear(feeder, worker, &message, err);
	if (r < 0)
		return r;
	if (message.kind == SAY_DONE)
		return error_set(err, PLIM_ENOTFOUND, "there is no feed in %s", directory ? directory : "what was fetched");
	return message.kind == SAY_DATABASE ? take_database(&message, out, digest, err) : out_of_turn(err);
}

int
feeding(struct run *run, const struct feeding *what, struct feed_reports *reports, struct slice *database, struct digest *digest,
        struct plim_error *err)
{
	AUTO(process) struct process worker = { .channel = -1 };
	int r = zygote_spawn(run->zygote, JOB_FEEDS, &worker, err);
	AUTO(feeder) struct feeder feeder = { .channel = worker.channel, .run = run, .arena = reports->arena };
	if (r < 0 || (r = send_previous(&feeder, what, err)) < 0 || (r = send_files(&feeder, what, err)) < 0 ||
	    (r = hear_reports(&feeder, &worker, reports, err)) < 0)
		return r;
	return hear_database(&feeder, &worker, what->directory, database, digest, err);
}
