/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/server/fetching.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"
#include "enforce/server/span.h"
#include "process/channel.h"
#include "process/zygote.h"

#include <event2/event.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { WANTED, READY, GOT };

/* That wait: whoever asks and goes away leaves his question behind. */
#define WAITING_MOST 4096
/* Seconds in which none could be begun, then it will not be otherwise: what begins them has ended. */
#define VAIN_MOST 3

struct told {
	uint32_t failed;              /* minus an enum plim_code; 0: nothing failed */
	struct slice why, media_type;
	struct digest digest;
	uint64_t size;
};

static const struct wire_struct wanted_wire = { sizeof(struct fetch_wanted), (const struct wire_field[]){
	WIRE_CHOICE(struct fetch_wanted, kind, FETCH_KIND_COUNT - 1), WIRE_PLAIN(WIRE_SLICE, struct fetch_wanted, repository),
	WIRE_PLAIN(WIRE_SLICE, struct fetch_wanted, tag), WIRE_PLAIN(WIRE_DIGEST, struct fetch_wanted, digest),
	WIRE_PLAIN(WIRE_U64, struct fetch_wanted, size), { WIRE_END, 0, 0, 0, NULL } } };

static const struct wire_struct told_wire = { sizeof(struct told), (const struct wire_field[]){
	WIRE_CHOICE(struct told, failed, -PLIM_CODE_LAST), WIRE_PLAIN(WIRE_SLICE, struct told, why), WIRE_PLAIN(WIRE_SLICE, struct told, media_type),
	WIRE_PLAIN(WIRE_DIGEST, struct told, digest), WIRE_PLAIN(WIRE_U64, struct told, size), { WIRE_END, 0, 0, 0, NULL } } };

struct asked {
	struct fetching *fetching;
	const struct fetch_wanted *wanted;
	struct arena *arena;
	fetched_fn *fetched;
	void *context;
	int64_t since;                /* seconds of a clock that nobody sets */
	struct asked *next;
};

struct worker {
	struct fetching *fetching;
	struct process process;
	struct event *readable;       /* NULL: it is gone */
	struct event *late;
	struct asked *asked;          /* NULL: it is free */
	bool ready;
};

struct fetching {
	const struct fetcher_options *options;
	struct zygote *zygote;
	struct event_base *loop;
	struct event *again;
	unsigned vain;                /* looks at which none could be begun */
	struct plim_error why;
	struct worker *all;
	unsigned count;
	struct asked *first, **last;
	size_t waiting;
};

/* In a process of its own. */

static int
fetch(struct fetcher *fetcher, const struct fetch_wanted *wanted, struct arena *arena, struct fetched *out, struct plim_error *err)
{
	uint32_t number;
	bool api;
	switch (wanted->kind) {
	case FETCH_MANIFEST:
		return fetcher_document(fetcher, wanted->repository, FETCHED_MANIFEST, &wanted->digest, arena, out, err);
	case FETCH_STATEMENT:
		return fetcher_document(fetcher, wanted->repository, FETCHED_BLOB, &wanted->digest, arena, out, err);
	case FETCH_TAG:
		return fetcher_tag(fetcher, wanted->repository, wanted->tag, arena, out, err);
	case FETCH_REFERRERS:
		return fetcher_referrers(fetcher, wanted->repository, &wanted->digest, SLICE_NONE, arena, out, &api, err);
	case FETCH_BLOB:
		out->digest = wanted->digest;
		out->size = wanted->size;
		return fetcher_stream(fetcher, wanted->repository, &wanted->digest, wanted->size, &out->fd, &number, err);
	default:
		return error_set(err, PLIM_EUSAGE, "nothing that there is");
	}
}

static int
fetch_one(int channel, struct fetcher *fetcher, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(fetched) struct fetched got = { .fd = -1 };
	struct fetch_wanted wanted = { 0 };
	struct plim_error why = { 0 };
	int r = arena ? channel_receive(channel, &message, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct cursor from = cursor_of(message.body);
	if ((r = wire_read(&wanted_wire, &from, arena, &wanted, err)) < 0)
		return r;
	r = fetch(fetcher, &wanted, arena, &got, &why);
	const struct told told = { (uint32_t)-r, r < 0 ? slice_of(why.text) : SLICE_NONE, got.media_type, got.digest, got.size };
	wire_write(&told_wire, &told, &body);
	if (body.failed)
		return error_nomem(err);
	return channel_send_with(channel, GOT, strbuf_slice(&body), &got.fd, r == 0 && got.fd >= 0, err);
}

static int
worker_run(int channel, void *context)
{
	const struct fetching *fetching = context;
	AUTO(fetcher) struct fetcher *fetcher = NULL;
	struct plim_error err = { 0 };
	int r = fetcher_start(fetching->options, &fetcher, &err);
	if (r < 0) {
		fprintf(stderr, "a process that fetches: %s\n", err.text);
		return 1;
	}
	r = channel_send(channel, READY, SLICE(""), &err);
	while (r == 0)
		r = fetch_one(channel, fetcher, &err);
	return 0;
}

static const struct job jobs[] = { { .name = "plimsoll-fetching", .run_with = worker_run }, { 0 } };

/* In the door's process. */

static void
tell(struct asked *asked, const struct fetch_got *got)
{
	asked->fetched(asked->context, got);
	free(asked);
}

static void
tell_nothing(struct asked *asked, const char *why)
{
	tell(asked, &(struct fetch_got){ .code = PLIM_EPROCESS, .why = slice_of(why), .fd = -1 });
}

static void hand_out(struct fetching *fetching);
static void on_readable(int fd, short what, void *context);

static void
worker_lose(struct worker *worker, const char *why)
{
	struct asked *asked = worker->asked;
	if (worker->readable) {
		event_free(worker->readable);
		event_del(worker->late);
		zygote_end(worker->fetching->zygote, &worker->process);
	}
	worker->readable = NULL;
	worker->ready = false;
	worker->asked = NULL;
	if (asked)
		tell_nothing(asked, why);
}

static int
worker_begin(struct worker *worker, struct plim_error *err)
{
	int r = zygote_spawn(worker->fetching->zygote, 0, &worker->process, err);
	if (r < 0)
		return r;
	channel_patience(worker->process.channel, 1);
	worker->readable = event_new(worker->fetching->loop, worker->process.channel, EV_READ | EV_PERSIST, on_readable, worker);
	if (worker->readable && event_add(worker->readable, NULL) == 0)
		return 0;
	zygote_end(worker->fetching->zygote, &worker->process);
	return error_nomem(err);
}

static int64_t
seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static struct asked *
take_first(struct fetching *fetching)
{
	struct asked *asked = fetching->first;
	fetching->first = asked->next;
	fetching->waiting--;
	if (fetching->first == NULL)
		fetching->last = &fetching->first;
	return asked;
}

/* Whoever has waited for a process for so long is told that there was none. */
static void
let_go_late(struct fetching *fetching)
{
	while (fetching->first && seconds() - fetching->first->since > (int64_t)(LIMIT_GUARD_ASK_MS / 1000))
		tell_nothing(take_first(fetching), "nobody was free to ask its registry in time (limit GUARD_ASK_MS)");
}

/* Those that are gone are begun again now and then: what ended one at once may be right by then. */
static void
on_again(int fd, short what, void *context)
{
	struct fetching *fetching = context;
	bool there = false;
	(void)fd, (void)what;
	let_go_late(fetching);
	for (unsigned i = 0; i < fetching->count; i++)
		there |= fetching->all[i].readable != NULL || worker_begin(&fetching->all[i], &fetching->why) == 0;
	fetching->vain = there ? 0 : fetching->vain + 1;
	if (fetching->vain >= VAIN_MOST)
		event_base_loopbreak(fetching->loop);
}

/* The message's descriptor becomes the answer's. */
static void
worker_got(struct worker *worker, struct message *message)
{
	struct asked *asked = worker->asked;
	struct told told = { 0 };
	struct slice body = arena_dup(asked->arena, message->body);
	struct cursor from = cursor_of(body);
	worker->asked = NULL;
	event_del(worker->late);
	if (body.p == NULL || wire_read(&told_wire, &from, asked->arena, &told, NULL) < 0 || (told.failed == 0) != (message->fd[0] >= 0)) {
		tell_nothing(asked, "the process that fetches said something that is no answer");
		return;
	}
	const struct fetch_got got = { -(int)told.failed, told.why, told.media_type, told.digest, told.size, message->fd[0] };
	message->fd[0] = -1;
	tell(asked, &got);
}

static void
on_readable(int fd, short what, void *context)
{
	struct worker *worker = context;
	struct fetching *fetching = worker->fetching;
	struct message message;
	struct plim_error err = { 0 };
	(void)fd, (void)what;
	if (channel_receive(worker->process.channel, &message, &err) < 0) {
		worker_lose(worker, "the process that fetches ended before it did");
		return;
	}
	if (message.kind == READY)
		worker->ready = true;
	else if (message.kind == GOT && worker->asked)
		worker_got(worker, &message);
	message_done(&message);
	hand_out(fetching);
}

static void
on_late(int fd, short what, void *context)
{
	struct worker *worker = context;
	(void)fd, (void)what;
	worker_lose(worker, "its registry did not answer in time (limit GUARD_ASK_MS)");
}

static bool
hand_to(struct worker *worker, struct asked *asked)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	const struct timeval most = span(LIMIT_GUARD_ASK_MS);
	wire_write(&wanted_wire, asked->wanted, &body);
	if (body.failed || channel_answer(worker->process.channel, WANTED, strbuf_slice(&body), NULL, 0, NULL) < 0)
		return false;
	worker->asked = asked;
	event_add(worker->late, &most);
	return true;
}

static void
hand_out(struct fetching *fetching)
{
	for (unsigned i = 0; i < fetching->count && fetching->first; i++) {
		struct worker *worker = &fetching->all[i];
		if (!worker->ready || worker->asked)
			continue;
		struct asked *asked = take_first(fetching);
		if (!hand_to(worker, asked)) {
			worker_lose(worker, "");
			tell_nothing(asked, "the process that fetches could not be asked");
		}
	}
}

void
fetching_ask(struct fetching *fetching, const struct fetch_wanted *wanted, struct arena *arena, fetched_fn *fetched, void *context)
{
	struct asked *asked = fetching->waiting < WAITING_MOST ? calloc(1, sizeof *asked) : NULL;
	if (asked == NULL) {
		fetched(context, &(struct fetch_got){ .code = PLIM_ENOMEM, .why = SLICE("too much is being fetched"), .fd = -1 });
		return;
	}
	*asked = (struct asked){ fetching, wanted, arena, fetched, context, seconds(), NULL };
	*fetching->last = asked;
	fetching->last = &asked->next;
	fetching->waiting++;
	hand_out(fetching);
}

int
fetching_start(const struct fetcher_options *options, unsigned count, struct fetching **out, struct plim_error *err)
{
	AUTO(fetching) struct fetching *fetching = calloc(1, sizeof *fetching);
	if (fetching == NULL || (fetching->all = calloc(count, sizeof *fetching->all)) == NULL)
		return error_nomem(err);
	fetching->options = options;
	fetching->count = count;
	fetching->last = &fetching->first;
	int r = zygote_start_with(jobs, fetching, &fetching->zygote, err);
	if (r == 0)
		*out = ptr_take(&fetching);
	return r;
}

int
fetching_attach(struct fetching *fetching, struct event_base *loop, struct plim_error *err)
{
	const struct timeval second = { 1, 0 };
	fetching->loop = loop;
	fetching->again = event_new(loop, -1, EV_PERSIST, on_again, fetching);
	if (fetching->again == NULL || event_add(fetching->again, &second) < 0)
		return error_nomem(err);
	for (unsigned i = 0; i < fetching->count; i++) {
		struct worker *worker = &fetching->all[i];
		worker->fetching = fetching;
		if ((worker->late = event_new(loop, -1, 0, on_late, worker)) == NULL)
			return error_nomem(err);
		int r = worker_begin(worker, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
fetching_check(const struct fetching *fetching, struct plim_error *err)
{
	return fetching->vain < VAIN_MOST ? 0 : error_set(err, fetching->why.code, "no process that fetches can be begun: %s", fetching->why.text);
}

bool
fetching_is_ready(const struct fetching *fetching)
{
	for (unsigned i = 0; i < fetching->count; i++)
		if (fetching->all[i].ready)
			return true;
	return false;
}

void
fetching_stop(struct fetching *fetching)
{
	if (fetching == NULL)
		return;
	for (unsigned i = 0; i < fetching->count && fetching->all; i++) {
		struct worker *worker = &fetching->all[i];
		if (worker->fetching == NULL)
			continue;
		worker_lose(worker, "the door ends");
		if (worker->late)
			event_free(worker->late);
	}
	while (fetching->first)
		tell_nothing(take_first(fetching), "the door ends");
	if (fetching->again)
		event_free(fetching->again);
	zygote_stop(fetching->zygote);
	free(fetching->all);
	free(fetching);
}
