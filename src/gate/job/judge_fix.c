/* SPDX-License-Identifier: Apache-2.0 */
/* What would make an image pass, with the changed image judged as any. */
#include "gate/job/judge_inside.h"

#include "base/error.h"
#include "fix/fix.h"

const struct wire_struct wire_fix_order = { sizeof(struct fix_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct fix_order, dockerfile), WIRE_PLAIN(WIRE_SLICE, struct fix_order, name), { WIRE_END, 0, 0, 0, NULL } } };

struct fix_question {
	struct judge *judge;
	uint32_t number;           /* of the image */
};

static int
judge_changed(void *context, const struct image *image, const struct block *top, struct inventory **out, struct verdict **verdict, struct plim_error *err)
{
	const struct fix_question *question = context;
	struct judge *judge = question->judge;
	AUTO(inventory) struct inventory *inventory = NULL;
	int r = pieces_changed(&judge->sides[judge->side], question->number, image, top, judge->arena, &inventory, err);
	if (r < 0 || (r = judge_evaluate(judge, judge->side, inventory, judge->order.target, verdict, err)) < 0)
		return r;
	*out = ptr_take(&inventory);
	return 0;
}

static int
put_mending(const struct fix_subject *subject, const struct fix_writer *writer, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf document = { 0 };
	bool applies = !(writer->of_images && subject->mending->from->image == NULL) && !(writer->wants_dockerfile && subject->dockerfile == NULL);
	int r = applies ? writer->write(subject, &document, err) : 0;
	wire_put_slice(into, applies ? strbuf_slice(&document) : SLICE_NONE);
	into->failed |= document.failed;
	return r;
}

static int
say_mending(struct judge *judge, const struct mending *mending, const struct fix_order *order, const struct dockerfile *dockerfile, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf answer = { 0 };
	const struct fix_subject subject = {
		.mending = mending, .target = judge->order.target, .dockerfile = dockerfile, .dockerfile_name = order->name,
		.repository = judge_repository(judge, judge->side, mending->from),
	};
	int r = 0;
	wire_put_u32(&answer, (uint32_t)mending->after->result);
	for (size_t i = 0; r == 0 && fix_writers[i]; i++)
		r = put_mending(&subject, fix_writers[i], &answer, err);
	if (r < 0)
		return r;
	return answer.failed ? error_nomem(err) : channel_send(judge->channel, SAY_FIX, strbuf_slice(&answer), err);
}

int
judge_say_fix(struct judge *judge, const struct inventory *inventory, uint32_t number, struct slice body, struct plim_error *err)
{
	struct fix_order order = { 0 };
	AUTO(dockerfile) struct dockerfile dockerfile = { 0 };
	AUTO(mending) struct mending *mending = NULL;
	struct fix_question question = { judge, number };
	struct slice kept = arena_dup(judge->arena, body);
	struct cursor from = cursor_of(kept);
	int r = kept.p ? wire_read(&wire_fix_order, &from, judge->arena, &order, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (inventory_is_document(inventory))
		return error_set(err, PLIM_EUSAGE, "a bill of materials has no files to mend");
	if (order.dockerfile.p && (r = dockerfile_parse(order.dockerfile, judge->arena, &dockerfile, err)) < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(order.name));
	const struct fix_request request = {
		.image = inventory->image, .dockerfile = order.dockerfile.p ? &dockerfile : NULL, .policy = judge->policy, .at = judge->order.at,
		.judge = judge_changed, .context = &question,
	};
	r = fix_make(&request, &mending, err);
	return r < 0 ? r : say_mending(judge, mending, &order, request.dockerfile, err);
}
