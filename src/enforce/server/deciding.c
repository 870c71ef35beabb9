/* SPDX-License-Identifier: Apache-2.0 */
/* Questions in a queue, and a crew that answers them. */
#include "enforce/server/deciding.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/server/crew.h"
#include "enforce/server/question_wire.h"
#include "enforce/server/span.h"

#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

/* After so many a process makes room for a new one: nothing that it holds grows for ever. */
#define QUESTION_MOST 1000

struct asked {
	struct deciders *deciders;
	const struct guard_question *question;
	struct arena *arena;
	decided_fn *decided;
	void *context;
	struct event *late;
	struct worker *by;            /* NULL: it waits */
	struct asked *next;
};

struct deciders {
	const struct guard_options *options;
	struct guard *guard;          /* of this process, for what is known */
	struct crew *crew;
	struct event_base *loop;
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
	return body.failed ? error_nomem(err) : channel_send(channel, *last ? CREW_ANSWERED_LAST : CREW_ANSWERED, strbuf_slice(&body), err);
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
	r = channel_send(channel, CREW_READY, SLICE(""), &err);
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
hand_to(struct worker *worker, struct asked *asked)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	struct plim_error err = { 0 };
	asked->by = worker;
	if (question_write(asked->question, asked->arena, &body, &err) == 0 && crew_ask(worker, strbuf_slice(&body), asked))
		return true;
	asked->by = NULL;
	return false;
}

static void
hand_out(void *context)
{
	struct deciders *deciders = context;
	struct worker *worker;
	while (deciders->first && (worker = crew_find_free(deciders->crew))) {
		struct asked *asked = deciders->first;
		struct guard_answer answer;
		queue_remove(deciders, asked);
		if (recall(deciders, asked->question, asked->arena, &answer))
			tell(asked, &answer);
		else if (!hand_to(worker, asked))
			tell_nothing(asked, "the process that decides could not be asked");
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
answered(void *context, void *whom, struct message *message)
{
	struct deciders *deciders = context;
	struct asked *asked = whom;
	struct guard_answer answer;
	struct plim_error err = { 0 };
	deciders->counts.asked++;
	if (read_answer(message, asked->arena, &answer, &err) < 0)
		tell_nothing(asked, "the process that decides said something that is no answer");
	else
		tell(asked, &answer);
}

static void
lost(void *context, void *asked, enum crew_loss loss)
{
	struct deciders *deciders = context;
	deciders->counts.late += loss == CREW_LATE;
	if (loss == CREW_STOPPED)
		asked_free(asked);
	else
		tell_nothing(asked, loss == CREW_LATE ? "nobody could tell in time (limit GUARD_ASK_MS)" : "the process that decides ended before it did");
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

static const struct crew_kind kind = { .jobs = jobs, .does = "decides", .answered = answered, .lost = lost, .free = hand_out };

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
	if (deciders == NULL)
		return error_nomem(err);
	deciders->options = options;
	deciders->last = &deciders->first;
	int r = crew_start(&kind, deciders, (void *)options, count, &deciders->crew, err);
	if (r < 0 || (r = guard_open(options, &deciders->guard, err)) < 0)
		return r;
	*out = ptr_take(&deciders);
	return 0;
}

int
deciders_attach(struct deciders *deciders, struct event_base *loop, struct plim_error *err)
{
	deciders->loop = loop;
	return crew_attach(deciders->crew, loop, err);
}

void
deciders_stop(struct deciders *deciders)
{
	if (deciders == NULL)
		return;
	crew_stop(deciders->crew);
	for (struct asked *asked = deciders->first, *next; asked; asked = next) {
		next = asked->next;
		asked_free(asked);
	}
	guard_close(deciders->guard);
	free(deciders);
}

int
deciders_check(const struct deciders *deciders, struct plim_error *err)
{
	return crew_check(deciders->crew, err);
}

bool
deciders_are_ready(const struct deciders *deciders)
{
	return crew_ready(deciders->crew) > 0;
}

struct deciders_counts
deciders_count(const struct deciders *deciders)
{
	struct deciders_counts counts = deciders->counts;
	counts.ready = crew_ready(deciders->crew);
	counts.replaced = crew_replaced(deciders->crew);
	return counts;
}
