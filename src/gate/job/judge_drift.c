/* SPDX-License-Identifier: Apache-2.0 */
/* What changed in a container, between the image and the layers over it. */
#include "gate/job/judge_inside.h"

#include "base/error.h"
#include "diff/drift.h"

const struct wire_struct wire_drift_order = { sizeof(struct drift_order), (const struct wire_field[]){
	WIRE_CHOICE(struct drift_order, base, DRIFT_BASE_LAYERS), WIRE_PLAIN(WIRE_U64, struct drift_order, own),
	WIRE_MANY(struct drift_order, ignore, ignore_count, &wire_slices), WIRE_MANY(struct drift_order, mounts, mount_count, &wire_slices), { WIRE_END, 0, 0, 0, NULL } } };

/* The image as it should be; without one, what lies below the container's own layers. */
static int
drift_from(const struct judge *judge, const struct drift_order *order, struct inventory **made, struct plim_error *err)
{
	const struct pieces *tops = &judge->sides[1];
	if (order->own > tops->n)
		return error_set(err, PLIM_EFORMAT, "a container of more layers than there are");
	return pieces_stacked(NULL, 0, tops, tops->n - order->own, judge->arena, made, err);
}

static int
say_drift_of(struct judge *judge, struct inventory *image, uint32_t number, const struct drift_order *order, struct plim_error *err)
{
	AUTO(inventory) struct inventory *below = NULL;
	AUTO(inventory) struct inventory *container = NULL;
	AUTO(drift) struct drift *drift = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	const struct pieces *tops = &judge->sides[1];
	int r = order->base == DRIFT_BASE_LAYERS ? drift_from(judge, order, &below, err) : 0;
	if (r == 0)
		r = pieces_stacked(order->base == DRIFT_BASE_IMAGE ? &judge->sides[0] : NULL, number, tops, tops->n, judge->arena, &container, err);
	if (r < 0)
		return r;
	const struct drift_question question = {
		.old = below ? below : image, .new = container, .own = tops->n, .ignore = order->ignore, .ignore_count = order->ignore_count,
		.mounts = order->mounts, .mount_count = order->mount_count,
	};
	if (question.old == NULL)
		return error_set(err, PLIM_EFORMAT, "drift from no image");
	if ((r = drift_make(&question, &drift, err)) < 0)
		return r;
	drift_write(drift, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_DRIFT, strbuf_slice(&bytes), err);
}

int
judge_say_drift(struct judge *judge, struct inventory *image, uint32_t number, struct slice body, struct plim_error *err)
{
	struct drift_order order = { 0 };
	struct slice kept = arena_dup(judge->arena, body);
	struct cursor from = cursor_of(kept);
	int r = kept.p ? wire_read(&wire_drift_order, &from, judge->arena, &order, err) : error_nomem(err);
	return r < 0 ? r : say_drift_of(judge, image, number, &order, err);
}
