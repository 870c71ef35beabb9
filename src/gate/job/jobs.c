/* SPDX-License-Identifier: Apache-2.0 */
/* The table of jobs, and the messages that several of them use. */
#include "gate/job/jobs.h"

#include "base/error.h"

const struct job jobs[] = {
	[JOB_HASHER] = { "plimsoll-hasher", job_hasher }, [JOB_IMAGE] = { "plimsoll-image", job_image },
	[JOB_LAYER] = { "plimsoll-layer", job_layer },    [JOB_TREE] = { "plimsoll-tree", job_tree },
	[JOB_JUDGE] = { "plimsoll-judge", job_judge },    [JOB_FEEDS] = { "plimsoll-feeds", job_feeds },
	[JOB_VERDICT] = { "plimsoll-reader", job_verdict },
	[JOB_INVENTORY] = { "plimsoll-inventory", job_inventory },
	[JOB_TRUST] = { "plimsoll-trust", job_trust },
	[JOB_ASSEMBLE] = { "plimsoll-assemble", job_assemble },
	[JOB_DOCUMENT] = { "plimsoll-document", job_document },
	[JOB_BUNDLE] = { "plimsoll-bundle", job_bundle },
	[JOB_INDEX] = { "plimsoll-index", job_index },
	[JOB_LIVE] = { "plimsoll-live", job_live },
	[JOB_RUNNING] = { "plimsoll-running", job_running },
	[JOB_SCRATCH] = { "plimsoll-folder", job_scratch },
	[JOB_UNPACK] = { "plimsoll-unpack", job_unpack },
	[JOB_SCAN] = { "plimsoll-scan", job_scan },
	{ 0 },
};

#define END { WIRE_END, 0, 0, 0, NULL }

static const struct wire_struct wire_extra = { sizeof(struct extra), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct extra, blob), WIRE_PLAIN(WIRE_SLICE, struct extra, path), WIRE_PLAIN(WIRE_SLICE, struct extra, known_as), END } };

const struct wire_struct wire_extras = { sizeof(struct extra_list), (const struct wire_field[]){
	WIRE_MANY(struct extra_list, at, n, &wire_extra), END } };

const struct wire_struct wire_wishes = { sizeof(struct wishes), (const struct wire_field[]){
	WIRE_CHOICE(struct wishes, hashing, HASH_RECORDED), WIRE_PLAIN(WIRE_BOOL, struct wishes, rows),
	WIRE_INSIDE(struct wishes, extras, &wire_extras), WIRE_CHOICE(struct wishes, level, LEVEL_FULL), END } };

static const struct wire_struct wire_id_run = { sizeof(struct id_run), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U32, struct id_run, inside), WIRE_PLAIN(WIRE_U32, struct id_run, outside), WIRE_PLAIN(WIRE_U32, struct id_run, count), END } };

const struct wire_struct wire_id_map = { sizeof(struct id_map), (const struct wire_field[]){
	WIRE_MANY(struct id_map, at, n, &wire_id_run), END } };

const struct wire_struct wire_layer_order = { sizeof(struct layer_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct layer_order, stored), WIRE_PLAIN(WIRE_BOOL, struct layer_order, hash_plain),
	WIRE_PLAIN(WIRE_BOOL, struct layer_order, host), WIRE_PLAIN(WIRE_BOOL, struct layer_order, live),
	WIRE_INSIDE(struct layer_order, wishes, &wire_wishes), WIRE_CHOICE(struct layer_order, marks, OVERLAY_MARKS_MOST),
	WIRE_INSIDE(struct layer_order, uids, &wire_id_map), WIRE_INSIDE(struct layer_order, gids, &wire_id_map), WIRE_CHOICE(struct layer_order, depth, DEPTH_PROGRAMS), END } };

int
say_failed(int channel, int code, const struct plim_error *why)
{
	return say_number(channel, SAY_FAILED, (uint32_t)-code, slice_of(why->text), NULL);
}

int
failure_of(struct slice body, struct plim_error *err)
{
	uint32_t code = number_of(&body);
	/* A code that there is not is a lie like any other. */
	if (code == 0 || code > (uint32_t)-PLIM_CODE_LAST)
		return error_set(err, PLIM_EFORMAT, "another process failed in a way that there is not");
	return error_set(err, (enum plim_code)-(int)code, "%.*s", SLICE_ARG(body));
}

int
job_answer(int channel, int (*answer)(int channel, struct message *start, struct plim_error *err))
{
	AUTO(message) struct message start = { .fd = { -1, -1 } };
	struct plim_error err = { 0 };
	if (channel_receive(channel, &start, &err) < 0)
		return 1;
	int r = answer(channel, &start, &err);
	return r < 0 && say_failed(channel, r, &err) < 0;
}

int
say_number(int channel, uint32_t kind, uint32_t number, struct slice text, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_put_u32(&body, number);
	strbuf_put(&body, text);
	return body.failed ? error_nomem(err) : channel_send(channel, kind, strbuf_slice(&body), err);
}

uint32_t
number_of(struct slice *body)
{
	struct cursor from = cursor_of(*body);
	uint32_t number = cursor_u32le(&from);
	*body = cursor_rest(&from);
	return from.bad ? UINT32_MAX : number;
}
