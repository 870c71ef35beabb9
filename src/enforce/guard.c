/* SPDX-License-Identifier: Apache-2.0 */
/* The core of the guards: rules, deny list, memory and registries make one answer. */
#include "enforce/guard.h"

#include "base/date.h"
#include "base/error.h"
#include "enforce/guard_ask.h"
#include "enforce/guard_orders.h"
#include "enforce/remember.h"
#include "gate/events.h"
#include "gate/judging.h"

#include <stdarg.h>
#include <stdio.h>

/* The same decision is told to the log once in so many seconds. */
#define TOLD_S 60
#define TOLD_COUNT 1024

struct told {
	uint64_t hash;
	int64_t time;
};

struct guard {
	struct guard_options options;
	struct memory memory;
	struct orders *orders;
	struct run *run;               /* NULL until somebody must be asked */
	struct told told[TOLD_COUNT];
};

static const char *
memory_of(const struct guard_options *options)
{
	const char *state = getenv("STATE_DIRECTORY");
	if (options->memory)
		return options->memory;
	return state && *state ? state : GUARD_MEMORY_USUAL;
}

int
guard_open(const struct guard_options *options, struct guard **out, struct plim_error *err)
{
	AUTO(guard) struct guard *guard = calloc(1, sizeof *guard);
	int64_t now;
	if (guard == NULL)
		return error_nomem(err);
	guard->options = *options;
	int r = memory_open(memory_of(options), &guard->memory, err);
	if (r < 0 || (r = judging_clock(options->at, &now, err)) < 0 || (r = orders_load(options, &guard->memory, now, &guard->orders, err)) < 0)
		return r;
	*out = ptr_take(&guard);
	return 0;
}

void
guard_close(struct guard *guard)
{
	if (guard == NULL)
		return;
	run_end(guard->run);
	orders_free(guard->orders);
	memory_done(&guard->memory);
	free(guard);
}

/* Who was let in by the orders of before is not let in for longer than they allow: their dates and the deny list's age still hold. */
static void
refresh(struct guard *guard, int64_t now)
{
	struct orders *fresh;
	struct plim_error why = { 0 };
	FILE *warnings = guard->options.run ? guard->options.run->warnings : NULL;
	if (!orders_changed(guard->orders))
		return;
	int r = orders_load(&guard->options, &guard->memory, now, &fresh, &why);
	if (r == 0 && (r = orders_follow(guard->orders, fresh, &why)) < 0)
		orders_free(fresh);
	if (r == 0) {
		orders_free(guard->orders);
		guard->orders = fresh;
	} else if (orders_complain(guard->orders) && warnings) {
		fprintf(warnings, "the orders of before stay: %s\n", why.text);
	}
}

/* One question's way to its answer. */
struct deciding {
	struct guard *guard;
	const struct guard_question *question;
	struct arena *arena;
	int64_t now;
	bool may_ask;
	bool open;                     /* somebody would have to be asked */
	bool denied;                   /* what a place was found to be, or leads to: no glass is above that */
};

static struct slice
say(struct deciding *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static struct slice
say(struct deciding *d, const char *format, ...)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	char line[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	strbuf_put_printable(&text, slice_of(line));
	struct slice kept = arena_dup(d->arena, strbuf_slice(&text));
	/* Without memory the line is poorer, not better. */
	return kept.p ? kept : SLICE("out of memory");
}

static struct guard_answer
answer_of(enum guard_outcome outcome, const struct assign_rule *rule, struct slice reason)
{
	return (struct guard_answer){ .outcome = outcome, .rule = rule ? rule->name : SLICE_NONE, .reason = reason, .until = INT64_MAX };
}

/* What the deny list says of these identities. */
static bool
is_denied(struct deciding *d, const struct digest *digests, size_t n, struct slice repository, struct guard_answer *out)
{
	char day[DATE_TEXT_SIZE], text[DIGEST_TEXT_SIZE];
	for (size_t i = 0; i < n; i++) {
		const struct deny_entry *entry = orders_denied(d->guard->orders, &digests[i], repository);
		if (entry == NULL)
			continue;
		*out = answer_of(GUARD_REFUSED, NULL, say(d, "%s is denied since %s: %.*s", digest_text(&digests[i], text), date_day_text(entry->day, day), SLICE_ARG(slice_first(entry->reason, 300))));
		return true;
	}
	return false;
}

static bool
is_any_denied(struct deciding *d, struct guard_answer *out)
{
	const struct guard_question *q = d->question;
	if (q->place_count == 0 && is_denied(d, q->digests, q->digest_count, SLICE_NONE, out))
		return true;
	for (size_t i = 0; i < q->place_count; i++)
		if (is_denied(d, &q->places[i].digest, 1, q->places[i].repository, out) || is_denied(d, q->digests, q->digest_count, q->places[i].repository, out))
			return true;
	return false;
}

static bool
leads_to(const struct remembered *found, const struct digest *digest)
{
	if (digest_eq(&found->digest, digest))
		return true;
	for (size_t i = 0; i < found->part_count; i++)
		if (digest_eq(&found->parts[i], digest))
			return true;
	return false;
}

/* A name is a claim: what the door has must be what that name leads to. */
static bool
leads_to_all(const struct remembered *found, const struct guard_question *question)
{
	for (size_t i = 0; i < question->digest_count; i++)
		if (!leads_to(found, &question->digests[i]))
			return false;
	return true;
}

static struct guard_answer
conclude(struct deciding *d, const struct guard_place *place, const struct assign_rule *rule, const struct remembered *found, bool stale)
{
	struct guard_answer answer = answer_of(found->outcome, rule, found->reason), denied;
	answer.digest = found->digest;
	answer.until = found->fresh < found->until ? found->fresh : found->until;
	if (is_denied(d, &found->digest, 1, place->repository, &denied) || is_denied(d, found->parts, found->part_count, place->repository, &denied))
		return d->denied = true, denied;
	if (found->outcome != GUARD_ALLOWED)
		return answer;
	if (!leads_to_all(found, d->question))
		return answer_of(GUARD_REFUSED, rule, say(d, "%.*s leads to another image than this one", SLICE_ARG(place->repository)));
	if (stale)
		answer.reason = say(d, "%.*s; its registry could not be asked again", SLICE_ARG(found->reason));
	return answer;
}

static int
ask_anew(struct deciding *d, const struct guard_place *place, const struct assign_rule *rule, struct remembered *found, struct plim_error *err)
{
	const struct asking asking = { .rule = rule, .place = place, .options = &d->guard->options, .now = d->now, .arena = d->arena };
	int r = d->guard->run ? 0 : run_start(d->guard->options.run, &d->guard->run, err);
	return r < 0 ? r : guard_ask(d->guard->run, &asking, found, err);
}

/* Whatever hinders asking is no answer, and remembered for a moment only. */
static int
ask_place(struct deciding *d, const struct guard_place *place, const struct assign_rule *rule, const struct memory_key *key, struct guard_answer *out, struct plim_error *err)
{
	struct remembered found = { 0 }, before;
	struct plim_error why = { 0 };
	int r = ask_anew(d, place, rule, &found, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0 && memory_find(&d->guard->memory, key, d->arena, &before) && before.asked <= d->now + TRUST_SKEW_S && before.outcome == GUARD_ALLOWED && d->now <= before.until &&
	    d->now <= before.fresh + (int64_t)rule->stale) {
		*out = conclude(d, place, rule, &before, true);
		return 0;
	}
	if (r < 0) {
		*out = answer_of(GUARD_CANNOT_TELL, rule, say(d, "%s", why.text));
		return 0;
	}
	if (memory_keep(&d->guard->memory, key, &found, &why) < 0 && d->guard->options.run && d->guard->options.run->warnings)
		fprintf(d->guard->options.run->warnings, "it will be asked again: %s\n", why.text);
	*out = conclude(d, place, rule, &found, false);
	return 0;
}

static int
decide_place(struct deciding *d, const struct guard_place *place, struct guard_answer *out, struct plim_error *err)
{
	const struct assign_rule *rule = assign_find(orders_assign(d->guard->orders), place->repository, d->question->namespace);
	struct remembered found;
	if (rule == NULL) {
		*out = answer_of(GUARD_REFUSED, NULL, say(d, "no rule speaks of %.*s", SLICE_ARG(place->repository)));
		return 0;
	}
	if (place->digest.algorithm == DIGEST_NONE && !d->question->resolves) {
		*out = answer_of(GUARD_CANNOT_TELL, rule, say(d, "a tag does not say what will run: name %.*s by its digest", SLICE_ARG(place->repository)));
		return 0;
	}
	if (rule->unsigned_too && date_day(d->now) > rule->until) {
		*out = answer_of(GUARD_REFUSED, rule, say(d, "the rule '%.*s' let it run until a day that is past", SLICE_ARG(rule->name)));
		return 0;
	}
	/* Where tags do not count a digest needs none; a tag alone is all that there is. */
	bool untagged = rule->any_tag && place->digest.algorithm != DIGEST_NONE;
	const struct memory_key key = { place->repository, untagged ? SLICE_NONE : place->tag, place->digest, rule->digest };
	/* What a tag means changes: of it only the approvals of what it leads to are remembered, by digest. */
	if (place->digest.algorithm != DIGEST_NONE && memory_find(&d->guard->memory, &key, d->arena, &found) && found.asked <= d->now + TRUST_SKEW_S && d->now <= found.fresh && d->now <= found.until) {
		*out = conclude(d, place, rule, &found, false);
		return 0;
	}
	if (d->may_ask)
		return ask_place(d, place, rule, &key, out, err);
	d->open = true;
	*out = answer_of(GUARD_CANNOT_TELL, rule, SLICE("nobody was asked"));
	return 0;
}

/* One place that is authorised suffices; where none is, what could not be told counts more than a refusal. */
static int
decide_places(struct deciding *d, struct guard_answer *out, struct plim_error *err)
{
	*out = answer_of(GUARD_REFUSED, NULL, say(d, "it is known by no name in a registry: nobody can have approved it"));
	for (size_t i = 0; i < d->question->place_count; i++) {
		struct guard_answer one;
		int r = decide_place(d, &d->question->places[i], &one, err);
		if (r < 0)
			return r;
		if (i == 0 || one.outcome == GUARD_ALLOWED || (one.outcome == GUARD_CANNOT_TELL && out->outcome == GUARD_REFUSED))
			*out = one;
		if (out->outcome == GUARD_ALLOWED)
			break;
	}
	d->open &= out->outcome != GUARD_ALLOWED;
	return 0;
}

static const struct assign_glass *
glass_of(const struct deciding *d)
{
	const struct guard_question *q = d->question;
	const struct assign *assign = orders_assign(d->guard->orders);
	const struct assign_glass *glass = NULL;
	for (size_t i = 0; glass == NULL && i < q->place_count; i++)
		glass = assign_glass_find(assign, &q->places[i].digest, q->places[i].repository, q->namespace, date_day(d->now));
	for (size_t i = 0; glass == NULL && i < q->digest_count; i++)
		glass = assign_glass_find(assign, &q->digests[i], SLICE_NONE, q->namespace, date_day(d->now));
	return glass;
}

/* The deny list stands above a broken glass. */
static void
break_glass(struct deciding *d, struct guard_answer *answer)
{
	char day[DATE_TEXT_SIZE];
	const struct assign_glass *glass = answer->outcome == GUARD_ALLOWED || d->denied ? NULL : glass_of(d);
	if (glass == NULL)
		return;
	answer->broken = true;
	answer->rule = glass->name;
	answer->reason = say(d, "the glass is broken until %s by %.*s (%.*s); else: %.*s", date_day_text(glass->until, day), SLICE_ARG(slice_first(glass->owner, 80)),
	                     SLICE_ARG(slice_first(glass->reason, 200)), SLICE_ARG(slice_first(answer->reason, 300)));
	answer->until = (glass->until + 1) * DAY_S - 1;
	d->open = false;
}

static int
decide(struct deciding *d, struct guard_answer *out, struct plim_error *err)
{
	struct slice why = orders_doubt(d->guard->orders, d->now, d->arena);
	int r = 0;
	if (is_any_denied(d, out))
		return 0;
	/* Whoever holds the list back would else keep alive what it denies. */
	if (why.p)
		*out = answer_of(GUARD_CANNOT_TELL, NULL, why);
	else if ((r = decide_places(d, out, err)) < 0)
		return r;
	break_glass(d, out);
	return 0;
}

/* The log */

static const char *const outcome_names[] = { [GUARD_ALLOWED] = "allowed", [GUARD_REFUSED] = "refused", [GUARD_CANNOT_TELL] = "cannot tell" };

const char *
guard_outcome_name(enum guard_outcome outcome)
{
	return outcome_names[outcome];
}

static uint64_t
hash_of(const struct deciding *d, const struct guard_answer *answer)
{
	uint64_t hash = slice_hash(slice_of(d->question->door), (uint64_t)answer->outcome * 4 + answer->admits * 2u + answer->broken);
	hash = slice_hash(d->question->namespace, hash);
	for (size_t i = 0; i < d->question->digest_count; i++)
		hash = slice_hash((struct slice){ (const char *)d->question->digests[i].bytes, sizeof d->question->digests[i].bytes }, hash);
	for (size_t i = 0; i < d->question->place_count; i++) {
		const struct guard_place *place = &d->question->places[i];
		hash = slice_hash(place->repository, slice_hash(place->tag, hash));
		hash = slice_hash((struct slice){ (const char *)place->digest.bytes, sizeof place->digest.bytes }, hash);
	}
	return slice_hash(answer->reason, hash);
}

static bool
was_told(const struct told *told, uint64_t hash, int64_t now)
{
	return told->hash == hash && now >= told->time && now - told->time < TOLD_S;
}

static int
record(struct deciding *d, const struct guard_answer *answer, struct plim_error *err)
{
	const struct guard_question *q = d->question;
	struct slice repository = q->place_count ? q->places[0].repository : SLICE_NONE, tag = q->place_count ? q->places[0].tag : SLICE_NONE;
	struct digest digest = answer->digest.algorithm != DIGEST_NONE ? answer->digest : q->place_count ? q->places[0].digest : (struct digest){ 0 };
	if (digest.algorithm == DIGEST_NONE && q->digest_count)
		digest = q->digests[0];
	uint64_t hash = hash_of(d, answer);
	struct told *told = &d->guard->told[hash % TOLD_COUNT];
	if (was_told(told, hash, d->now))
		return 0;
	const struct log_field fields[] = {
		LOG_FIELD_TEXT("digest", event_digest(d->arena, &digest)),
		LOG_FIELD_TEXT("does", answer->admits ? SLICE("admits") : SLICE("refuses")),
		LOG_FIELD_TEXT("door", slice_of(q->door)),
		LOG_FIELD_TEXT("namespace", q->namespace.n ? q->namespace : SLICE_NONE),
		LOG_FIELD_TEXT("reason", answer->reason),
		LOG_FIELD_TEXT("repository", repository.n ? repository : SLICE_NONE),
		LOG_FIELD_TEXT("result", slice_of(outcome_names[answer->outcome])),
		LOG_FIELD_TEXT("rule", answer->rule.n ? answer->rule : SLICE_NONE),
		LOG_FIELD_TEXT("subject", q->subject.n ? q->subject : SLICE_NONE),
		LOG_FIELD_TEXT("tag", tag.n ? tag : SLICE_NONE),
		LOG_FIELD_TEXT("why", answer->broken ? SLICE("broken glass") : answer->dry ? SLICE("dry run") : SLICE_NONE),
	};
	int r = event_record(d->guard->options.log, "guard", fields, sizeof fields / sizeof *fields, err);
	/* What the log did not take was told to nobody. */
	if (r == 0)
		*told = (struct told){ hash, d->now };
	return r;
}

/* What is let in is in the log first: nothing runs of which nobody could know. */
static int
finish(struct deciding *d, struct guard_answer *out, struct plim_error *err)
{
	out->dry = out->outcome != GUARD_ALLOWED && !out->broken && d->guard->options.dry;
	out->admits = out->outcome == GUARD_ALLOWED || out->broken || out->dry;
	/* Orders may be replaced while a door still waits for its other answers. */
	if (out->rule.n && (out->rule = arena_dup(d->arena, out->rule)).p == NULL)
		return out->admits = false, error_nomem(err);
	int r = d->question->quiet ? 0 : record(d, out, err);
	if (r < 0)
		out->admits = false;
	return r;
}

static int
begin(struct guard *guard, const struct guard_question *question, struct arena *arena, bool may_ask, struct deciding *out, struct plim_error *err)
{
	*out = (struct deciding){ .guard = guard, .question = question, .arena = arena, .may_ask = may_ask };
	int r = judging_clock(guard->options.at, &out->now, err);
	if (r == 0)
		refresh(guard, out->now);
	return r;
}

int
guard_recall(struct guard *guard, const struct guard_question *question, struct arena *arena, struct guard_answer *out, bool *known, struct plim_error *err)
{
	struct deciding d;
	int r = begin(guard, question, arena, false, &d, err);
	if (r < 0 || (r = decide(&d, out, err)) < 0)
		return r;
	*known = !d.open;
	return d.open ? 0 : finish(&d, out, err);
}

int
guard_decide(struct guard *guard, const struct guard_question *question, struct arena *arena, struct guard_answer *out, struct plim_error *err)
{
	struct deciding d;
	int r = begin(guard, question, arena, true, &d, err);
	if (r < 0 || (r = decide(&d, out, err)) < 0)
		return r;
	return finish(&d, out, err);
}
