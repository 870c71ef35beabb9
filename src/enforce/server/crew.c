/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/server/crew.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/span.h"

#include <event2/event.h>

/* Seconds in which none could be begun, then it will not be otherwise: what begins them has ended. */
#define VAIN_MOST 3

struct crew {
	const struct crew_kind *kind;
	void *context;
	struct zygote *zygote;
	struct event_base *loop;
	struct event *again;
	unsigned vain;                /* looks at which none could be begun */
	struct plim_error why;
	struct worker *all;
	unsigned count;
	uint64_t replaced;
};

static void on_readable(int fd, short what, void *context);

static void
end(struct worker *worker)
{
	if (worker->process.channel < 0)
		return;
	if (worker->readable)
		event_free(worker->readable);
	worker->readable = NULL;
	event_del(worker->late);
	zygote_end(worker->crew->zygote, &worker->process);
}

static void
lose(struct worker *worker, enum crew_loss loss)
{
	struct crew *crew = worker->crew;
	void *asked = worker->asked;
	end(worker);
	worker->asked = NULL;
	worker->ready = worker->busy = worker->leaves = false;
	if (asked)
		crew->kind->lost(crew->context, asked, loss);
}

static int
begin(struct worker *worker, struct plim_error *err)
{
	struct crew *crew = worker->crew;
	int r = zygote_spawn(crew->zygote, 0, &worker->process, err);
	if (r < 0)
		return r;
	/* Both ends are spoken to when they can be; half a message is nobody's to wait for. */
	channel_patience(worker->process.channel, 1);
	worker->readable = event_new(crew->loop, worker->process.channel, EV_READ | EV_PERSIST, on_readable, worker);
	if (worker->readable && event_add(worker->readable, NULL) == 0)
		return 0;
	end(worker);
	return error_nomem(err);
}

/* One that never became ready is not replaced at once: so would the next one end. */
static void
replace(struct worker *worker, enum crew_loss loss)
{
	bool at_once = worker->ready || worker->leaves;
	worker->crew->replaced += !worker->leaves;
	lose(worker, loss);
	if (at_once)
		begin(worker, NULL);
}

static void
answered(struct worker *worker, struct message *message)
{
	struct crew *crew = worker->crew;
	void *asked = worker->asked;
	worker->asked = NULL;
	worker->busy = false;
	worker->leaves = message->kind == CREW_ANSWERED_LAST;
	worker->ready = !worker->leaves;
	event_del(worker->late);
	if (asked)
		crew->kind->answered(crew->context, asked, message);
}

static void
on_readable(int fd, short what, void *context)
{
	struct worker *worker = context;
	struct message message;
	struct plim_error err = { 0 };
	(void)fd, (void)what;
	if (channel_receive(worker->process.channel, &message, &err) < 0) {
		replace(worker, CREW_ENDED);
		return;
	}
	if (message.kind == CREW_READY)
		worker->ready = !worker->busy && !worker->leaves;
	else if ((message.kind == CREW_ANSWERED || message.kind == CREW_ANSWERED_LAST) && worker->busy)
		answered(worker, &message);
	message_done(&message);
	worker->crew->kind->free(worker->crew->context);
}

static void
on_late(int fd, short what, void *context)
{
	(void)fd, (void)what;
	replace(context, CREW_LATE);
}

/* Those that ended before they were ready: the files that they need may be right again. */
static void
on_again(int fd, short what, void *context)
{
	struct crew *crew = context;
	bool there = false;
	(void)fd, (void)what;
	if (crew->kind->tick)
		crew->kind->tick(crew->context);
	for (unsigned i = 0; i < crew->count; i++)
		there |= crew->all[i].readable != NULL || begin(&crew->all[i], &crew->why) == 0;
	crew->vain = there ? 0 : crew->vain + 1;
	if (crew->vain >= VAIN_MOST)
		event_base_loopbreak(crew->loop);
}

struct worker *
crew_find_free(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		if (crew->all[i].ready && !crew->all[i].busy)
			return &crew->all[i];
	return NULL;
}

bool
crew_ask(struct worker *worker, struct slice body, void *asked)
{
	const struct timeval most = span(LIMIT_GUARD_ASK_MS);
	if (channel_answer(worker->process.channel, CREW_ASKED, body, NULL, 0, NULL) < 0) {
		replace(worker, CREW_ENDED);
		return false;
	}
	worker->asked = asked;
	worker->busy = true;
	event_add(worker->late, &most);
	return true;
}

int
crew_start(const struct crew_kind *kind, void *context, void *job_context, unsigned count, struct crew **out, struct plim_error *err)
{
	AUTO(crew) struct crew *crew = calloc(1, sizeof *crew);
	if (crew == NULL || (crew->all = calloc(count, sizeof *crew->all)) == NULL)
		return error_nomem(err);
	crew->kind = kind;
	crew->context = context;
	crew->count = count;
	for (unsigned i = 0; i < count; i++)
		crew->all[i] = (struct worker){ .crew = crew, .process.channel = -1 };
	int r = zygote_start_with(kind->jobs, job_context, &crew->zygote, err);
	if (r == 0)
		*out = ptr_take(&crew);
	return r;
}

int
crew_attach(struct crew *crew, struct event_base *loop, struct plim_error *err)
{
	const struct timeval second = { 1, 0 };
	int r = 0;
	crew->loop = loop;
	crew->again = event_new(loop, -1, EV_PERSIST, on_again, crew);
	if (crew->again == NULL || event_add(crew->again, &second) < 0)
		return error_nomem(err);
	for (unsigned i = 0; r == 0 && i < crew->count; i++) {
		struct worker *worker = &crew->all[i];
		worker->late = evtimer_new(loop, on_late, worker);
		r = worker->late ? begin(worker, err) : error_nomem(err);
	}
	return r;
}

void
crew_stop(struct crew *crew)
{
	if (crew == NULL)
		return;
	for (unsigned i = 0; i < crew->count; i++) {
		lose(&crew->all[i], CREW_STOPPED);
		if (crew->all[i].late)
			event_free(crew->all[i].late);
	}
	if (crew->again)
		event_free(crew->again);
	zygote_stop(crew->zygote);
	free(crew->all);
	free(crew);
}

int
crew_check(const struct crew *crew, struct plim_error *err)
{
	return crew->vain < VAIN_MOST ? 0 : error_set(err, crew->why.code, "no process that %s can be begun: %s", crew->kind->does, crew->why.text);
}

unsigned
crew_ready(const struct crew *crew)
{
	unsigned n = 0;
	for (unsigned i = 0; i < crew->count; i++)
		n += crew->all[i].ready;
	return n;
}

uint64_t
crew_replaced(const struct crew *crew)
{
	return crew->replaced;
}
