/* SPDX-License-Identifier: Apache-2.0 */
/* The judge's side of a run, as its parent sees it. */
#include "gate/judging.h"

#include "advisory/database.h"
#include "base/date.h"
#include "base/error.h"
#include "gate/policy/address.h"
#include "gate/scan/scanning.h"
#include "image/repository.h"

#include <time.h>

int
judging_begin(struct run *run, const struct judge_order *order, struct process *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct judge_order whole = *order;
	if (whole.level.p == NULL)
		whole.level = slice_of(analysis_level_name(run->level));
	wire_write(&wire_judge_order, &whole, &bytes);
	int r = bytes.failed ? error_nomem(err) : zygote_spawn(run->zygote, JOB_JUDGE, out, err);
	return r < 0 ? r : channel_send(out->channel, SAY_START, strbuf_slice(&bytes), err);
}

int
judging_clock(const char *text, int64_t *at, struct plim_error *err)
{
	if (text == NULL) {
		*at = time(NULL);
		return 0;
	}
	if (!date_parse(slice_of(text), at))
		return error_set(err, PLIM_EUSAGE, "'%s' is no time: write 2026-01-31 or 2026-01-31T12:00:00Z", text);
	return 0;
}

int
judging_begin_by(struct run *run, struct judge_order *order, const struct judging_choice *choice, struct process *out, struct plim_error *err)
{
	AUTO(free) char *standard = choice->database ? NULL : database_default_path();
	AUTO(arena) struct arena *arena = arena_new(0);
	const char *path = choice->database ? choice->database : standard;
	if (arena == NULL)
		return error_nomem(err);
	if (choice->policy || !choice->policy_optional)
		order->policy = slice_of(choice->policy ? choice->policy : "standard");
	order->database = path ? slice_of(path) : SLICE_NONE;
	order->database_optional = choice->database == NULL && choice->database_keys == NULL;
	int r = choice->as ? repository_parse(slice_of(choice->as), &order->destination, err) : 0;
	if (r == 0)
		r = judging_clock(choice->at, &order->at, err);
	if (r == 0)
		r = data_keys_load(choice->database_keys, arena, &order->data_keys, err);
	bool far = choice->policy && policy_is_address(choice->policy);
	if (r == 0 && choice->policy_key && !far)
		r = error_set(err, PLIM_EUSAGE, "only a policy in a registry, oci://, can be signed");
	if (r == 0 && far)
		r = policy_address_fetch(run, choice->policy, choice->policy_key, arena, &order->policy_text, err);
	return r < 0 ? r : judging_begin(run, order, out, err);
}

/* Why the judge is no more, if it is: that explains more than a channel that is closed. */
static int
lost(struct run *run, const struct process *judge, int code, struct plim_error *err)
{
	char cause[128];
	if (code != PLIM_ESYSTEM || !zygote_cause(run->zygote, judge, cause, sizeof cause))
		return code;
	return error_set(err, PLIM_EPROCESS, "the judge %s", cause);
}

/* Of the judge it is not said what it read. */
int
judging_answer(struct run *run, const struct process *judge, uint32_t kind, struct message *out, struct plim_error *err)
{
	char cause[128];
	int r = run_expect(run, judge, kind, out, err);
	if (r != PLIM_EPROCESS)
		return r;
	zygote_cause(run->zygote, judge, cause, sizeof cause);
	return error_set(err, PLIM_EPROCESS, "the judge %s", cause);
}

static int
take_signers(struct cursor *from, struct signers *out, struct plim_error *err)
{
	struct slice kept = arena_dup(out->arena, cursor_take(from, cursor_left(from)));
	struct cursor again = cursor_of(kept);
	int r = kept.p ? wire_read(&wire_verify_order, &again, out->arena, &out->order, err) : error_nomem(err);
	return r < 0 ? r : wire_read(&wire_vex_order, &again, out->arena, &out->vex, err);
}

int
judging_ready(struct run *run, const struct process *judge, struct wishes *wishes, struct signers *signers, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	AUTO(arena) struct arena *arena = arena_new(0);
	watching_stage(&run->watching, (struct plim_progress){ .stage = PLIM_STAGE_PREPARING });
	int r = arena ? judging_answer(run, judge, SAY_READY, &message, err) : error_nomem(err);
	struct cursor from = cursor_of(message.body);
	if (r == 0)
		r = wire_read(&wire_wishes, &from, arena, wishes, err);
	if (r == 0 && signers && cursor_left(&from))
		r = take_signers(&from, signers, err);
	/* It knows no file yet. */
	wishes->extras = (struct extra_list){ 0 };
	return r;
}

int
judging_try(struct run *run, const struct judging_choice *choice, int64_t *at, struct plim_error *err)
{
	struct judge_order order = { .target = SLICE("") };
	AUTO(process) struct process judge = { .channel = -1 };
	struct wishes ignored = { 0 };
	int r = judging_begin_by(run, &order, choice, &judge, err);
	if (r == 0)
		r = judging_ready(run, &judge, &ignored, NULL, err);
	*at = order.at;
	return r;
}

static int
ask(const struct process *judge, uint32_t question, size_t image, bool final, struct slice statement, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf rest = { 0 };
	wire_put_u32(&rest, final);
	strbuf_put(&rest, statement);
	return rest.failed ? error_nomem(err) : say_number(judge->channel, question, (uint32_t)image, strbuf_slice(&rest), err);
}

static int
read_missed(struct analysis *analysis, struct slice body, bool *fresh, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct extra_list extras = { 0 };
	struct cursor from = cursor_of(body);
	int r = arena ? wire_read(&wire_extras, &from, arena, &extras, err) : error_nomem(err);
	return r < 0 ? r : analysis_read_more(analysis, &extras, fresh, err);
}

/* Of several images also which. */
static void
tell_judging(const struct analysis *analysis, struct run *run, size_t image)
{
	struct plim_progress now = { .stage = PLIM_STAGE_JUDGING };
	size_t count = analysis_count(analysis);
	if (count > 1) {
		struct slice name = image_set_image(analysis_set(analysis), image)->reference;
		now = (struct plim_progress){ .stage = PLIM_STAGE_JUDGING, .done = image, .total = count, .name = name.p, .name_size = name.n };
	}
	watching_stage(&run->watching, now);
}

struct asking {
	struct analysis *analysis;
	const struct process *judge;
	size_t image;
	bool final;                /* what was read for this reason already ends it */
	struct scanning scanning;
};

/* Something that the judge needs first: `*out` is empty again. */
static int
provide(struct asking *asking, struct message *out, struct plim_error *err)
{
	bool fresh;
	int r;
	if (out->kind == SAY_SCAN)
		r = scanning_answer(&asking->scanning, asking->analysis, asking->judge, asking->image, out, err);
	else if (asking->final)
		r = error_set(err, PLIM_EPROCESS, "the judge asks without end");
	/* Further readings may lead to further files. */
	else if ((r = read_missed(asking->analysis, out->body, &fresh, err)) == 0)
		asking->final = !fresh;
	message_done(out);
	return r;
}

static int
ask_until_answered(struct asking *asking, struct run *run, uint32_t question, struct slice statement, struct message *out, struct plim_error *err)
{
	for (;;) {
		tell_judging(asking->analysis, run, asking->image);
		int r = analysis_send(asking->analysis, asking->judge->channel, err);
		if (r < 0 || (r = ask(asking->judge, question, asking->image, asking->final, statement, err)) < 0)
			return lost(run, asking->judge, r, err);
		if ((r = judging_answer(run, asking->judge, 0, out, err)) < 0)
			return r;
		if (out->kind != SAY_MISSED && out->kind != SAY_SCAN)
			return 0;
		if ((r = provide(asking, out, err)) < 0)
			return r;
	}
}

int
judging_ask(struct analysis *analysis, struct run *run, const struct process *judge, uint32_t question, size_t image, struct slice statement,
            struct message *out, struct plim_error *err)
{
	struct asking asking = { .analysis = analysis, .judge = judge, .image = image, .scanning = SCANNING_NONE };
	int r = ask_until_answered(&asking, run, question, statement, out, err);
	scanning_end(run, &asking.scanning);
	return r;
}
