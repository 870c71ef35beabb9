/* SPDX-License-Identifier: Apache-2.0 */
/* Questions in a queue, and the processes that answer them. */
#include "enforce/server/deciding.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/question_wire.h"
#include "enforce/server/span.h"
#include "process/zygote.h"

#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

enum { ASKED, READY, ANSWERED, ANSWERED_LAST };

/* After so many a process makes room for a new one: nothing that it holds grows for ever. */
#define QUESTION_MOST 1000
/* Between two beginnings of one that ends at once. */
#define AGAIN_S 1
/* So often in vain, then it will not be otherwise: what begins them has ended. */
#define VAIN_MOST 3

struct asked {
	struct deciders *deciders;
	const struct guard_question *question;
	struct arena *arena;
	decided_fn *decided;
	void *context;
	struct event *late;
	struct decider *by;           /* NULL: it waits */
	struct asked *next;
};

struct decider {
	struct deciders *deciders;
	struct process process;
	struct event *readable;       /* NULL: there is none now */
	struct event *late;
	struct asked *asked;          /* whom it answers; NULL: it is free, or he does not wait any more */
	bool ready, busy;
	bool leaves;                  /* it has said its last word */
};

struct deciders {
	const struct guard_options *options;
	struct guard *guard;          /* of this process, for what is known */
	struct zygote *zygote;
	struct event_base *loop;
	struct event *again;
	unsigned vain;                /* looks at which none could be begun */
	struct plim_error why;
	struct decider *all;
	unsigned count;
	struct asked *first, **last;
	struct deciders_counts counts;
};

/* In a process of its own. */

static int
decide_one(struct guard *guard, const struct message *message, struct arena *arena, struct guard_answer *answer, struct plim_error *err)
{
	struct guard_question question;
	int r = question_read(message->body, arena, &question, err);
	return r < 0 ? r : guard_decide(guard, &question, arena, answer, err);
}

/* What is no answer is told as one that admits nobody.  Who could not tell may lack something, a process or a connection: the next one has it anew. */
static int
answer_one(int channel, struct guard *guard, bool *last, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf body = { 0 };
	struct guard_answer answer = { .outcome = GUARD_CANNOT_TELL };
	struct plim_error why = { 0 };
	int r = arena ? channel_receive(channel, &message, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (decide_one(guard, &message, arena, &answer, &why) < 0)
		answer = (struct guard_answer){ .outcome = GUARD_CANNOT_TELL, .reason = slice_of(why.text) };
	*last |= answer.outcome == GUARD_CANNOT_TELL;
	wire_write(&guard_answer_wire, &answer, &body);
	return body.failed ? error_nomem(err) : channel_send(channel, *last ? ANSWERED_LAST : ANSWERED, strbuf_slice(&body), err);
}

static int
decider_run(int channel, void *context)
{
	AUTO(guard) struct guard *guard = NULL;
	struct plim_error err = { 0 };
	bool last = false;
	int r = guard_open(context, &guard, &err);
	if (r < 0) {
		fprintf(stderr, "a process that decides: %s\n", err.text);
		return 1;
	}
	r = channel_send(channel, READY, SLICE(""), &err);
	for (unsigned n = 1; r == 0 && !last; n++) {
		last = n == QUESTION_MOST;
		r = answer_one(channel, guard, &last, &err);
	}
	return 0;
}

static const struct job jobs[] = { { .name = "plimsoll-decide", .run_with = decider_run }, { 0 } };

/* In the door's process. */

static void
asked_free(struct asked *asked)
{
	if (asked->late)
		event_free(asked->late);
	free(asked);
}

static void
tell(struct asked *asked, const struct guard_answer *answer)
{
	if (asked->by)
		asked->by->asked = NULL;
	asked->decided(asked->context, answer);
	asked_free(asked);
}

/* What was not decided is in no log but the door's own words. */
static struct guard_answer
no_answer(const struct deciders *deciders, const struct guard_question *question, const char *why)
{
	bool dry = deciders->options->dry;
	fprintf(stderr, "%.*s: %s%s\n", SLICE_ARG(question->subject), why, dry ? "; admitted by a dry run" : "");
	return (struct guard_answer){ .outcome = GUARD_CANNOT_TELL, .dry = dry, .admits = dry, .reason = slice_of(why) };
}

static void
tell_nothing(struct asked *asked, const char *why)
{
	struct guard_answer answer = no_answer(asked->deciders, asked->question, why);
	tell(asked, &answer);
}

static void
decider_lose(struct decider *decider)
{
	struct asked *asked = decider->asked;
	if (decider->readable)
		event_free(decider->readable);
	decider->readable = NULL;
	event_del(decider->late);
	zygote_end(decider->deciders->zygote, &decider->process);
	decider->ready = decider->busy = decider->leaves = false;
	if (asked)
		tell_nothing(asked, "the process that decides ended before it did");
}

static void on_readable(int fd, short what, void *context);

static int
decider_begin(struct decider *decider, struct plim_error *err)
{
	struct deciders *deciders = decider->deciders;
	int r = zygote_spawn(deciders->zygote, 0, &decider->process, err);
	if (r < 0)
		return r;
	/* Both ends are spoken to when they can be; half a message is nobody's to wait for. */
	channel_patience(decider->process.channel, 1);
	decider->readable = event_new(deciders->loop, decider->process.channel, EV_READ | EV_PERSIST, on_readable, decider);
	if (decider->readable && event_add(decider->readable, NULL) == 0)
		return 0;
	decider_lose(decider);
	return error_nomem(err);
}

/* One that never became ready is not replaced at once: so would the next one end. */
static void
decider_ended(struct decider *decider)
{
	bool at_once = decider->ready || decider->leaves;
	struct plim_error err = { 0 };
	decider->deciders->counts.replaced += !decider->leaves;
	decider_lose(decider);
	if (at_once)
		decider_begin(decider, &err);
}

/* The queue. */

static void
queue_remove(struct deciders *deciders, struct asked *asked)
{
	struct asked **at = &deciders->first;
	while (*at && *at != asked)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = asked->next;
	if (deciders->last == &asked->next)
		deciders->last = at;
	deciders->counts.waiting--;
}

static struct decider *
find_free(struct deciders *deciders)
{
	for (unsigned i = 0; i < deciders->count; i++)
		if (deciders->all[i].ready && !deciders->all[i].busy)
			return &deciders->all[i];
	return NULL;
}

/* Somebody may have asked the same before, and the answer be known by now. */
static bool
recall(struct deciders *deciders, const struct guard_question *question, struct arena *arena, struct guard_answer *answer)
{
	struct plim_error err = { 0 };
	bool known = false;
	int r = guard_recall(deciders->guard, question, arena, answer, &known, &err);
	if (r == 0 && !known)
		return false;
	deciders->counts.recalled++;
	if (r == 0)
		return true;
	struct slice why = arena_dup(arena, slice_of(err.text));
	*answer = (struct guard_answer){ .outcome = GUARD_CANNOT_TELL, .reason = why.p ? why : SLICE("out of memory") };
	return true;
}

static bool
hand_to(struct decider *decider, struct asked *asked)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	struct timeval most = span(LIMIT_GUARD_ASK_MS);
	struct plim_error err = { 0 };
	if (question_write(asked->question, asked->arena, &body, &err) < 0 ||
	    channel_answer(decider->process.channel, ASKED, strbuf_slice(&body), NULL, 0, &err) < 0)
		return false;
	asked->by = decider;
	decider->asked = asked;
	decider->busy = true;
	event_add(decider->late, &most);
	return true;
}

static void
hand_out(struct deciders *deciders)
{
	struct decider *decider;
	while (deciders->first && (decider = find_free(deciders))) {
		struct asked *asked = deciders->first;
		struct guard_answer answer;
		queue_remove(deciders, asked);
		if (recall(deciders, asked->question, asked->arena, &answer))
			tell(asked, &answer);
		else if (!hand_to(decider, asked)) {
			tell_nothing(asked, "the process that decides could not be asked");
			decider_ended(decider);
		}
	}
}

static int
read_answer(const struct message *message, struct arena *arena, struct guard_answer *out, struct plim_error *err)
{
	struct slice kept = arena_dup(arena, message->body);
	struct cursor from = cursor_of(kept);
	if (kept.p == NULL)
		return error_nomem(err);
	*out = (struct guard_answer){ 0 };
	return wire_read(&guard_answer_wire, &from, arena, out, err);
}

static void
decider_answered(struct decider *decider, const struct message *message)
{
	struct asked *asked = decider->asked;
	struct guard_answer answer;
	struct plim_error err = { 0 };
	decider->busy = false;
	decider->leaves = message->kind == ANSWERED_LAST;
	decider->ready = !decider->leaves;
	event_del(decider->late);
	if (asked == NULL)
		return;
	decider->deciders->counts.asked++;
	if (read_answer(message, asked->arena, &answer, &err) < 0)
		tell_nothing(asked, "the process that decides said something that is no answer");
	else
		tell(asked, &answer);
}

static void
on_readable(int fd, short what, void *context)
{
	struct decider *decider = context;
	struct deciders *deciders = decider->deciders;
	struct message message;
	struct plim_error err = { 0 };
	(void)fd, (void)what;
	if (channel_receive(decider->process.channel, &message, &err) < 0) {
		decider_ended(decider);
		return;
	}
	if (message.kind == READY)
		decider->ready = !decider->busy && !decider->leaves;
	else if ((message.kind == ANSWERED || message.kind == ANSWERED_LAST) && decider->busy)
		decider_answered(decider, &message);
	message_done(&message);
	hand_out(deciders);
}

static void
on_decider_late(int fd, short what, void *context)
{
	struct decider *decider = context;
	struct asked *asked = decider->asked;
	(void)fd, (void)what;
	if (asked) {
		decider->deciders->counts.late++;
		tell_nothing(asked, "nobody could tell in time (limit GUARD_ASK_MS)");
	}
	decider_ended(decider);
}

static void
on_asked_late(int fd, short what, void *context)
{
	struct asked *asked = context;
	(void)fd, (void)what;
	if (asked->by == NULL)
		queue_remove(asked->deciders, asked);
	asked->deciders->counts.late++;
	tell_nothing(asked, "nobody could tell in the time that there was");
}

/* Those that ended before they were ready: the files that they need may be right again. */
static void
on_again(int fd, short what, void *context)
{
	struct deciders *deciders = context;
	bool there = false;
	(void)fd, (void)what;
	for (unsigned i = 0; i < deciders->count; i++)
		there |= deciders->all[i].readable != NULL || decider_begin(&deciders->all[i], &deciders->why) == 0;
	deciders->vain = there ? 0 : deciders->vain + 1;
	if (deciders->vain >= VAIN_MOST)
		event_base_loopbreak(deciders->loop);
}

void
deciders_ask(struct deciders *deciders, const struct guard_question *question, struct arena *arena, uint64_t ms, decided_fn *decided, void *context)
{
	struct guard_answer answer;
	if (recall(deciders, question, arena, &answer)) {
		decided(context, &answer);
		return;
	}
	struct timeval wait = span(ms ? ms : 2 * LIMIT_GUARD_ASK_MS);
	struct asked *asked = calloc(1, sizeof *asked);
	if (asked)
		*asked = (struct asked){ .deciders = deciders, .question = question, .arena = arena, .decided = decided, .context = context };
	if (asked == NULL || (asked->late = evtimer_new(deciders->loop, on_asked_late, asked)) == NULL || evtimer_add(asked->late, &wait) < 0) {
		if (asked)
			asked_free(asked);
		answer = no_answer(deciders, question, "out of memory");
		decided(context, &answer);
		return;
	}
	*deciders->last = asked;
	deciders->last = &asked->next;
	deciders->counts.waiting++;
	hand_out(deciders);
}

int
deciders_start(const struct guard_options *options, unsigned count, struct deciders **out, struct plim_error *err)
{
	AUTO(deciders) struct deciders *deciders = calloc(1, sizeof *deciders);
	if (deciders == NULL || (deciders->all = calloc(count, sizeof *deciders->all)) == NULL)
		return error_nomem(err);
	deciders->options = options;
	deciders->count = count;
	deciders->last = &deciders->first;
	for (unsigned i = 0; i < count; i++)
		deciders->all[i] = (struct decider){ .deciders = deciders, .process.channel = -1 };
	int r = zygote_start_with(jobs, (void *)options, &deciders->zygote, err);
	if (r < 0 || (r = guard_open(options, &deciders->guard, err)) < 0)
		return r;
	*out = ptr_take(&deciders);
	return 0;
}

int
deciders_attach(struct deciders *deciders, struct event_base *loop, struct plim_error *err)
{
	struct timeval often = { AGAIN_S, 0 };
	int r = 0;
	deciders->loop = loop;
	deciders->again = event_new(loop, -1, EV_PERSIST, on_again, deciders);
	if (deciders->again == NULL || event_add(deciders->again, &often) < 0)
		return error_nomem(err);
	for (unsigned i = 0; r == 0 && i < deciders->count; i++) {
		struct decider *decider = &deciders->all[i];
		decider->late = evtimer_new(loop, on_decider_late, decider);
		r = decider->late ? decider_begin(decider, err) : error_nomem(err);
	}
	return r;
}

void
deciders_stop(struct deciders *deciders)
{
	if (deciders == NULL)
		return;
	for (unsigned i = 0; deciders->all && i < deciders->count; i++) {
		struct decider *decider = &deciders->all[i];
		if (decider->asked)
			asked_free(decider->asked);
		if (decider->readable)
			event_free(decider->readable);
		if (decider->late)
			event_free(decider->late);
		process_close(&decider->process);
	}
	for (struct asked *asked = deciders->first, *next; asked; asked = next) {
		next = asked->next;
		asked_free(asked);
	}
	if (deciders->again)
		event_free(deciders->again);
	zygote_stop(deciders->zygote);
	guard_close(deciders->guard);
	free(deciders->all);
	free(deciders);
}

int
deciders_check(const struct deciders *deciders, struct plim_error *err)
{
	return deciders->vain < VAIN_MOST ? 0 : error_set(err, deciders->why.code, "no process that decides can be begun: %s", deciders->why.text);
}

bool
deciders_are_ready(const struct deciders *deciders)
{
	return deciders_count(deciders).ready > 0;
}

struct deciders_counts
deciders_count(const struct deciders *deciders)
{
	struct deciders_counts counts = deciders->counts;
	for (unsigned i = 0; i < deciders->count; i++)
		counts.ready += deciders->all[i].ready;
	return counts;
}
