/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews in, questions to the core, all of a review's at once, and the answer when the last of them is there. */
#include "enforce/kubernetes/guard_kubernetes.h"

#include "base/error.h"
#include "base/limits.h"
#include "enforce/kubernetes/admission.h"

/* What an API server waits where it is told nothing else, and what of it is left for the way back: it would take silence for a failure. */
#define TIMEOUT_S     10
#define TIMEOUT_MOST  30
#define WAY_BACK_MS   500
/* An API server keeps its connections for as long as they are of use. */
#define IDLE_MS       (5 * 60 * 1000)

struct door {
	struct serving *serving;
};

struct review {
	struct serving *serving;
	struct http_call *call;
	struct admission admission;
	struct guard_question *questions;
	struct guard_answer *answers;
	struct asking *asking;         /* an image each */
	size_t open;                   /* questions without an answer, and one more while there may come others */
};

struct asking {
	struct review *review;
	size_t image;
};

static const struct {
	const char *path;
	enum admission_hook hook;
} hooks[] = {
	{ "/validate", ADMISSION_VALIDATE },
	{ "/mutate", ADMISSION_MUTATE },
	{ "/imagereview", ADMISSION_IMAGES },
};

static bool
find_hook(struct slice path, enum admission_hook *out)
{
	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
		if (slice_is(path, hooks[i].path)) {
			*out = hooks[i].hook;
			return true;
		}
	return false;
}

/* "timeout=10s", as an API server says it. */
static uint64_t
milliseconds_left(struct slice query)
{
	struct slice part;
	uint64_t seconds = TIMEOUT_S, found;
	while (slice_next(&query, '&', &part))
		if (slice_skip(&part, SLICE("timeout=")) && slice_skip_end(&part, SLICE("s")) && slice_to_u64(part, 10, &found) && found > 0 &&
		    found <= TIMEOUT_MOST)
			seconds = found;
	return seconds * 1000 - WAY_BACK_MS;
}

static void
answer_with(struct http_call *call, unsigned status, struct strbuf *text)
{
	if (text->failed)
		http_call_say(call, 500, "out of memory");
	else
		http_call_answer(call, &(struct http_answer){ .status = status, .type = "application/json", .body = strbuf_slice(text) });
	strbuf_done(text);
}

/* Nothing of the review is touched behind this: it is the call's. */
static void
finish(struct review *review)
{
	struct strbuf text = { 0 };
	if (--review->open > 0)
		return;
	admission_answer(&review->admission, review->answers, serving_is_dry(review->serving), &text);
	answer_with(review->call, 200, &text);
}

static void
on_decided(void *context, const struct guard_answer *answer)
{
	struct asking *asking = context;
	asking->review->answers[asking->image] = *answer;
	finish(asking->review);
}

/* Whoever is refused for what it is was refused by nobody's decision. */
static bool
is_refused_by_shape(const struct admission *admission)
{
	for (size_t i = 0; i < admission->image_count; i++)
		if (admission->images[i].wrong.p)
			return true;
	return admission->refusal.p != NULL;
}

static void
ask(struct review *review, uint64_t ms)
{
	struct arena *arena = http_call_arena(review->call);
	size_t count = review->admission.image_count;
	review->open = 1;
	if (is_refused_by_shape(&review->admission))
		serving_refused(review->serving);
	for (size_t i = 0; i < count; i++) {
		struct guard_question *question = &review->questions[i];
		if (!admission_question(&review->admission, i, question))
			continue;
		review->asking[i] = (struct asking){ review, i };
		review->open++;
		serving_ask(review->serving, question, arena, ms, on_decided, &review->asking[i]);
	}
	finish(review);
}

static void
refuse_whole(struct serving *serving, struct http_call *call, enum admission_hook hook, const struct plim_error *err)
{
	struct strbuf text = { 0 };
	serving_refused(serving);
	admission_answer_error(hook, err->text, &text);
	answer_with(call, 400, &text);
}

static struct review *
review_new(struct serving *serving, struct http_call *call)
{
	struct review *review = arena_make(http_call_arena(call), struct review);
	if (review == NULL)
		return NULL;
	review->serving = serving;
	review->call = call;
	return review;
}

static bool
make_room(struct review *review)
{
	struct arena *arena = http_call_arena(review->call);
	size_t count = review->admission.image_count + 1;
	review->questions = arena_make_array(arena, count, struct guard_question);
	review->answers = arena_make_array(arena, count, struct guard_answer);
	review->asking = arena_make_array(arena, count, struct asking);
	return review->questions && review->answers && review->asking;
}

static void
judge(struct serving *serving, struct http_call *call, enum admission_hook hook, struct slice query)
{
	struct plim_error err = { 0 };
	struct review *review = review_new(serving, call);
	if (review == NULL) {
		http_call_say(call, 500, "out of memory");
		return;
	}
	if (admission_parse(hook, http_call_body(call), http_call_arena(call), &review->admission, &err) < 0)
		refuse_whole(serving, call, hook, &err);
	else if (!make_room(review))
		http_call_say(call, 500, "out of memory");
	else
		ask(review, milliseconds_left(query));
}

/* Parameters of the type say nothing that JSON leaves open. */
static bool
is_json(const struct http_head *head)
{
	struct slice type = http_header_find(head, "Content-Type"), name, parameters;
	slice_cut(type, ';', &name, &parameters);
	return slice_eq_nocase(slice_trim(name), SLICE("application/json"));
}

static void
handle(void *context, struct http_call *call)
{
	const struct door *door = context;
	const struct http_head *head = http_call_head(call);
	struct slice path, query;
	enum admission_hook hook;
	http_call_target(call, &path, &query);
	if (!find_hook(path, &hook))
		http_call_say(call, 404, "there are /validate, /mutate and /imagereview");
	else if (!slice_is(head->method, "POST"))
		http_call_say(call, 405, "reviews are posted");
	else if (!is_json(head))
		http_call_say(call, 415, "reviews are application/json");
	else
		judge(door->serving, call, hook, query);
}

static int
begin(void *context, struct serving *serving, struct plim_error *err)
{
	(void)err;
	((struct door *)context)->serving = serving;
	return 0;
}

int
guard_kubernetes_run(const struct serving_options *options, FILE *told, struct plim_error *err)
{
	struct door context = { 0 };
	const struct serving_door door = {
		.name = "kubernetes", .handle = handle, .begin = begin, .context = &context, .body_most = LIMIT_ADMISSION_BYTES, .idle_ms = IDLE_MS,
	};
	return serving_run(options, &door, told, err);
}
