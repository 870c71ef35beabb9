/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge: blocks in, verdicts and rows out.  Policy and data are the organisation's own and are opened before it confines itself; whatever
 * a worker made of an image is read after.
 */
#include "gate/job/judge_inside.h"
#include "gate/job/scan_asking.h"

#include "base/error.h"
#include "facts/facts.h"
#include "gate/trust/approvals.h"
#include "image/repository.h"
#include "net/reference.h"
#include "process/sandbox.h"
#include "sbom/sbom.h"

const struct wire_struct wire_judge_order = { sizeof(struct judge_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, policy), WIRE_PLAIN(WIRE_SLICE, struct judge_order, database),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, since),
	WIRE_PLAIN(WIRE_BOOL, struct judge_order, database_optional), WIRE_PLAIN(WIRE_SLICE, struct judge_order, statement),
	WIRE_PLAIN(WIRE_BOOL, struct judge_order, session),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, target), WIRE_PLAIN(WIRE_SLICE, struct judge_order, destination),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, old_target), WIRE_PLAIN(WIRE_SLICE, struct judge_order, explain),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, level), WIRE_PLAIN(WIRE_U64, struct judge_order, at), WIRE_PLAIN(WIRE_SLICE, struct judge_order, policy_text),
	WIRE_INSIDE(struct judge_order, data_keys, &wire_data_keys), { WIRE_END, 0, 0, 0, NULL } } };

void
auto_judge(struct judge *judge)
{
	for (size_t i = 0; i < 2; i++) {
		inventory_free(judge->held[i]);
		pieces_done(&judge->sides[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		judge_let_go_vex(&judge->vex[i]);
		scap_scans_done(&judge->scans[i]);
	}
	database_close(judge->database);
	policy_free(judge->policy);
	arena_free(judge->arena);
}

static int
say_missed(struct judge *judge, const struct inventory *inventory, bool *any, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct extra_list list = { 0 };
	int r = pieces_missed(inventory, judge->policy, judge->arena, &list, err);
	*any = list.n > 0;
	if (r < 0 || list.n == 0)
		return r;
	wire_write(&wire_extras, &list, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_MISSED, strbuf_slice(&bytes), err);
}

struct slice
judge_repository(const struct judge *judge, size_t side, const struct inventory *inventory)
{
	struct slice repository = SLICE_NONE;
	const struct image_set *set = judge->sides[side].set;
	if (set && inventory->image && strcmp(image_set_transport(set), "docker") == 0)
		repository_parse(inventory->image->reference, &repository, NULL);
	return repository;
}

/* Unless somebody said where it will. */
static struct slice
destination_of(const struct judge *judge, size_t side, const struct inventory *inventory)
{
	return judge->order.destination.n ? judge->order.destination : judge_repository(judge, side, inventory);
}

/* Under which it was asked for in a registry: tags inside archives are claims. */
static struct slice
tag_of(const struct judge *judge, size_t side, const struct inventory *inventory)
{
	struct reference reference = { 0 };
	const struct image_set *set = judge->sides[side].set;
	if (set && inventory->image && strcmp(image_set_transport(set), "docker") == 0 && reference_parse(inventory->image->reference, &reference, NULL) == 0)
		return reference.tag;
	return SLICE_NONE;
}

int
judge_evaluate(struct judge *judge, size_t side, struct inventory *inventory, struct slice target, struct verdict **out, struct plim_error *err)
{
	struct evaluation evaluation = {
		.policy = judge->policy,
		.inventory = inventory,
		.target = target,
		.destination = destination_of(judge, side, inventory),
		.tag = tag_of(judge, side, inventory),
		.signed_by = judge->signed_by[side],
		.vex = judge->vex[side],
		.database = judge->database,
		.data_signed = judge->data_signed,
		.at = judge->at,
		.explain = judge->order.explain,
		.level = inventory_is_document(inventory) ? SLICE_NONE : judge->order.level,
		.since = judge->since.digest.algorithm ? &judge->since : NULL,
		.scans = &judge->scans[side],
	};
	return judge->policy ? policy_evaluate(&evaluation, out, err) : error_set(err, PLIM_EUSAGE, "a judge without a policy");
}

int
judge_say_verdict(struct judge *judge, struct inventory *inventory, struct plim_error *err)
{
	AUTO(verdict) struct verdict *verdict = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	int r = judge_evaluate(judge, judge->side, inventory, judge->order.target, &verdict, err);
	if (r < 0)
		return r;
	verdict_write(verdict, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_VERDICT, strbuf_slice(&bytes), err);
}

/* Which layers are the base's is the policy's to say. */
static int
find_base(struct judge *judge, struct inventory *inventory, struct plim_error *err)
{
	AUTO(verdict) struct verdict *verdict = NULL;
	return judge->policy ? judge_evaluate(judge, judge->side, inventory, judge->order.target, &verdict, err) : 0;
}

static int
say_sbom(struct judge *judge, struct inventory *inventory, struct slice body, struct plim_error *err)
{
	const struct sbom_subject subject = { inventory, judge->order.target, judge->order.at };
	AUTO(strbuf) struct strbuf document = { 0 };
	uint32_t format = number_of(&body), n = 0;
	while (sbom_writers[n])
		n++;
	if (format >= n)
		return error_set(err, PLIM_EFORMAT, "a format that there is not");
	int r = find_base(judge, inventory, err);
	if (r < 0 || (r = judge_say_gaps(judge, inventory, err)) < 0 || (r = sbom_write(&subject, sbom_writers[format], &document, err)) < 0)
		return r;
	return channel_send(judge->channel, SAY_SBOM, strbuf_slice(&document), err);
}

/* A second miss of the same files is the last: the text behind the number says whether there may be another reading. */
static int
answer(struct judge *judge, const struct message *message, struct plim_error *err)
{
	AUTO(inventory) struct inventory *inventory = NULL;
	struct slice body = message->body;
	uint32_t number = number_of(&body), final = number_of(&body);
	bool missed = false;
	const struct pieces *pieces = &judge->sides[judge->side];
	if (message->kind == SAY_QUERY && judge->order.session && judge->held[judge->side])
		return judge_say_next_rows(judge, body, err);
	if (message->kind == SAY_DRIFT && judge->sides[0].n == 0)
		return judge_say_drift(judge, NULL, number, body, err);
	int r = pieces_inventory(pieces, number, judge->arena, &inventory, err);
	if (r == 0 && final == 0)
		r = say_missed(judge, inventory, &missed, err);
	if (r < 0 || missed)
		return r;
	/* A tree that was not mounted, or a name mistyped by one level: nothing in it could fail. */
	if (pieces->set == NULL && inventory->node_count == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no file in it");
	bool judges = judge->policy && (message->kind == SAY_CHECK || message->kind == SAY_HOLD);
	if (judges && ((r = scan_ask(judge->channel, &judge->scans[judge->side], judge->policy, inventory, number, &missed, err)) < 0 || missed))
		return r;
	if (message->kind == SAY_QUERY && judge->policy && (r = policy_find_base(judge->policy, inventory, err)) < 0)
		return r;
	if (message->kind == SAY_QUERY && (r = judge_say_gaps(judge, inventory, err)) < 0)
		return r;
	if (message->kind == SAY_QUERY && judge->order.session) {
		judge->held[judge->side] = ptr_take(&inventory);
		return judge_say_next_rows(judge, body, err);
	}
	if (message->kind == SAY_QUERY)
		return judge_say_rows(judge, inventory, body, err);
	if (message->kind == SAY_HOLD)
		return judge_hold(judge, ptr_take(&inventory), err);
	if (message->kind == SAY_DRIFT)
		return judge_say_drift(judge, inventory, number, body, err);
	if (message->kind == SAY_FIX)
		return judge_say_fix(judge, inventory, number, body, err);
	if (message->kind == SAY_SBOM)
		return say_sbom(judge, inventory, body, err);
	return judge_say_verdict(judge, inventory, err);
}

static int
turn_to(struct judge *judge, struct slice body, struct plim_error *err)
{
	uint32_t side = number_of(&body);
	if (side > 1)
		return error_set(err, PLIM_EFORMAT, "a side that there is not");
	judge->side = side;
	return 0;
}

static int
make_room(struct judge *judge, struct slice body, struct plim_error *err)
{
	judge_let_go(judge);
	return pieces_room(&judge->sides[judge->side], number_of(&body), err);
}

int
judge_take(struct judge *judge, struct message *message, struct plim_error *err)
{
	switch (message->kind) {
	case SAY_SET:
	case SAY_BLOCK:
	case SAY_GAP:
		judge_let_go(judge);
		return pieces_take(&judge->sides[judge->side], message, err);
	case SAY_APPROVAL:
		return judge_take_approval(judge, message->body, err);
	case SAY_VEX:
		return judge_take_vex(judge, message->body, err);
	case SAY_SCANNED:
		return scan_told(&judge->scans[judge->side], judge->policy, message, judge->arena, err);
	case SAY_SIDE:
		return turn_to(judge, message->body, err);
	case SAY_DIFF:
		return judge_say_diff(judge, err);
	case SAY_ROOM:
		return make_room(judge, message->body, err);
	case SAY_AGAIN:
		return judge_again(judge, message->body, err);
	case SAY_CHECK:
	case SAY_HOLD:
	case SAY_QUERY:
	case SAY_SBOM:
	case SAY_FIX:
	case SAY_DRIFT:
		return answer(judge, message, err);
	default:
		return error_set(err, PLIM_EFORMAT, "a message that there is not");
	}
}

static int
serve(struct judge *judge, struct plim_error *err)
{
	for (;;) {
		struct message message;
		int r = channel_receive(judge->channel, &message, err);
		if (r < 0)
			return r == PLIM_ENOTFOUND ? 0 : r;
		r = judge_take(judge, &message, err);
		message_done(&message);
		if (r < 0)
			return r;
	}
}

static int
say_ready(const struct judge *judge, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(&wire_wishes, &judge->wishes, &body);
	if (judge->policy)
		judge_put_wanted(judge, &body);
	return body.failed ? error_nomem(err) : channel_send(judge->channel, SAY_READY, strbuf_slice(&body), err);
}

/* What others wrote, though the policy names it. */
static int
open_foreign(struct judge *judge, struct plim_error *err)
{
	int r = judge->policy ? policy_vex_open(judge->policy, err) : 0;
	if (r == 0 && judge->policy && policy_has_scap(judge->policy) && (r = policy_scap_open(judge->policy, err)) == 0)
		judge->wishes = (struct wishes){ .hashing = policy_hashing(judge->policy), .rows = policy_reads_wished(judge->policy) };
	return r < 0 || judge->policy == NULL ? r : approvals_check(judge->policy, err);
}

static int
run(struct judge *judge, struct plim_error *err)
{
	struct message start;
	int r = channel_receive(judge->channel, &start, err);
	if (r < 0)
		return r;
	facts_bound_memory();
	if ((r = judge_prepare(judge, &start, err)) == 0 && (r = sandbox_enter(CONFINED_JUDGE, -1, err)) == 0 && (r = judge_check_signed(judge, err)) == 0)
		r = judge_find_data_signer(judge, err);
	message_done(&start);
	if (r < 0 || (r = open_foreign(judge, err)) < 0 || (r = say_ready(judge, err)) < 0)
		return r;
	return serve(judge, err);
}

int
job_judge(int channel)
{
	AUTO(judge) struct judge judge = { .channel = channel };
	struct plim_error err = { 0 };
	int r = run(&judge, &err);
	return r < 0 && say_failed(channel, r, &err) < 0;
}
