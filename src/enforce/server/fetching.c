/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/server/fetching.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"
#include "enforce/server/crew.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* That wait: whoever asks and goes away leaves his question behind. */
#define WAITING_MOST 4096

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

struct fetching {
	struct crew *crew;
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
	return channel_send_with(channel, CREW_ANSWERED, strbuf_slice(&body), &got.fd, r == 0 && got.fd >= 0, err);
}

static int
worker_run(int channel, void *context)
{
	AUTO(fetcher) struct fetcher *fetcher = NULL;
	struct plim_error err = { 0 };
	int r = fetcher_start(context, &fetcher, &err);
	if (r < 0) {
		fprintf(stderr, "a process that fetches: %s\n", err.text);
		return 1;
	}
	r = channel_send(channel, CREW_READY, SLICE(""), &err);
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
let_go_late(void *context)
{
	struct fetching *fetching = context;
	while (fetching->first && seconds() - fetching->first->since > (int64_t)(LIMIT_GUARD_ASK_MS / 1000))
		tell_nothing(take_first(fetching), "nobody was free to ask its registry in time (limit GUARD_ASK_MS)");
}

/* The message's descriptor becomes the answer's. */
static void
answered(void *context, void *whom, struct message *message)
{
	struct asked *asked = whom;
	struct told told = { 0 };
	struct slice body = arena_dup(asked->arena, message->body);
	struct cursor from = cursor_of(body);
	(void)context;
	if (body.p == NULL || wire_read(&told_wire, &from, asked->arena, &told, NULL) < 0 || (told.failed == 0) != (message->fd[0] >= 0)) {
		tell_nothing(asked, "the process that fetches said something that is no answer");
		return;
	}
	const struct fetch_got got = { -(int)told.failed, told.why, told.media_type, told.digest, told.size, message->fd[0] };
	message->fd[0] = -1;
	tell(asked, &got);
}

static void
lost(void *context, void *asked, enum crew_loss loss)
{
	static const char *const why[] = {
		[CREW_ENDED] = "the process that fetches ended before it did", [CREW_LATE] = "its registry did not answer in time (limit GUARD_ASK_MS)",
		[CREW_STOPPED] = "the door ends",
	};
	(void)context;
	tell_nothing(asked, why[loss]);
}

static bool
hand_to(struct worker *worker, struct asked *asked)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(&wanted_wire, asked->wanted, &body);
	return !body.failed && crew_ask(worker, strbuf_slice(&body), asked);
}

static void
hand_out(void *context)
{
	struct fetching *fetching = context;
	struct worker *worker;
	while (fetching->first && (worker = crew_find_free(fetching->crew))) {
		struct asked *asked = take_first(fetching);
		if (!hand_to(worker, asked))
			tell_nothing(asked, "the process that fetches could not be asked");
	}
}

static const struct crew_kind kind = { .jobs = jobs, .does = "fetches", .answered = answered, .lost = lost, .free = hand_out, .tick = let_go_late };

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
	if (fetching == NULL)
		return error_nomem(err);
	fetching->last = &fetching->first;
	int r = crew_start(&kind, fetching, (void *)options, count, &fetching->crew, err);
	if (r == 0)
		*out = ptr_take(&fetching);
	return r;
}

int
fetching_attach(struct fetching *fetching, struct event_base *loop, struct plim_error *err)
{
	return crew_attach(fetching->crew, loop, err);
}

int
fetching_check(const struct fetching *fetching, struct plim_error *err)
{
	return crew_check(fetching->crew, err);
}

bool
fetching_is_ready(const struct fetching *fetching)
{
	return crew_ready(fetching->crew) > 0;
}

void
fetching_stop(struct fetching *fetching)
{
	if (fetching == NULL)
		return;
	crew_stop(fetching->crew);
	while (fetching->first)
		tell_nothing(take_first(fetching), "the door ends");
	free(fetching);
}
