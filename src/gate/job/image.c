/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that reads an image's documents.  It holds the archive, or asks for a layout's files one by one.  Of a compressed archive it
 * reads the layers too: they exist nowhere else, and are not cached.
 */
#include "gate/collecting.h"
#include "gate/job/image.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate.h"
#include "image/source.h"
#include "process/sandbox.h"

#define END { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct wire_image_order = { sizeof(struct image_order), (const struct wire_field[]){
	WIRE_INSIDE(struct image_order, target, &wire_target),
	WIRE_MANY(struct image_order, platforms, platform_count, &wire_platform), END } };

static const struct wire_struct wire_flag = { sizeof(bool), (const struct wire_field[]){ { WIRE_BOOL, 0, 0, 0, NULL }, END } };

const struct wire_struct wire_read_order = { sizeof(struct read_order), (const struct wire_field[]){
	WIRE_MANY(struct read_order, wanted, n, &wire_flag), WIRE_INSIDE(struct read_order, wishes, &wire_wishes), END } };

struct reading {
	int channel;
	struct image_set *set;
	struct collecting collecting;
};

/* One blob of a compressed archive: its stored bytes pass here only, so both digests are taken here. */
struct passing {
	struct hasher *of_stored, *of_plain;
	struct block_builder *builder;
	uint64_t size;
	struct digest plain;
};

static void
auto_passing(struct passing *passing)
{
	hasher_free(passing->of_stored);
	hasher_free(passing->of_plain);
	block_builder_free(passing->builder);
}

static int
passing_init(struct passing *passing, const struct image_blob *blob, struct plim_error *err)
{
	bool named = blob->digest.algorithm != DIGEST_NONE;
	passing->of_stored = hasher_new(named ? blob->digest.algorithm : DIGEST_SHA256);
	passing->of_plain = hasher_new(DIGEST_SHA256);
	if (passing->of_stored == NULL || passing->of_plain == NULL)
		return error_nomem(err);
	return block_builder_new(&passing->builder, err);
}

static int
collect_passing(struct reading *reading, struct stream *stored, bool named, struct passing *passing, struct plim_error *err)
{
	AUTO(stream) struct stream *raw = NULL;
	AUTO(stream) struct stream *counted = NULL;
	AUTO(stream) struct stream *inflated = NULL;
	AUTO(stream) struct stream *plain = NULL;
	int r = stream_borrow(stored, &raw, err);
	if (r < 0 || (r = stream_tee(raw, named ? passing->of_stored : NULL, &passing->size, &counted, err)) < 0)
		return r;
	ptr_take(&raw);
	if ((r = inflate_open_any(counted, LIMIT_LAYER_BYTES, &inflated, err)) < 0)
		return r;
	ptr_take(&counted);
	if ((r = stream_tee(inflated, passing->of_plain, NULL, &plain, err)) < 0)
		return r;
	ptr_take(&inflated);
	struct collector collector = collecting_collector(&reading->collecting);
	r = collect_tar(plain, &collector, passing->builder, err);
	return r < 0 ? r : stream_drain(plain, err);
}

/* What a damaged blob deserves to be told first is that it is not the blob which was named. */
static int
verify_stored(const struct image_blob *blob, struct stream *stored, struct passing *passing, int so_far, struct plim_error *err)
{
	char named[DIGEST_TEXT_SIZE], found[DIGEST_TEXT_SIZE];
	struct plim_error ignored;
	struct slice piece = { "", 1 };
	while (so_far < 0 && so_far != PLIM_ELIMIT && stream_next(stored, &piece, &ignored) == 0 && piece.n > 0) {
		hasher_add(passing->of_stored, piece);
		passing->size += piece.n;
	}
	if (so_far == PLIM_ELIMIT || blob->digest.algorithm == DIGEST_NONE)
		return so_far;
	struct digest have = hasher_end(passing->of_stored);
	if (!digest_eq(&have, &blob->digest))
		return error_set(err, PLIM_EDIGEST, "the blob is %s, its name says %s", digest_text(&have, found), digest_text(&blob->digest, named));
	if (so_far == 0 && blob->size != UINT64_MAX && passing->size != blob->size)
		return error_set(err, PLIM_EDIGEST, "the blob has %ju bytes, its descriptor says %ju", (uintmax_t)passing->size,
		                 (uintmax_t)blob->size);
	return so_far;
}

static int
read_passing(struct reading *reading, size_t at, struct stream *stored, struct passing *passing, struct plim_error *err)
{
	const struct image_blob *blob = image_set_blob(reading->set, at);
	int r = passing_init(passing, blob, err);
	if (r < 0)
		return r;
	r = collect_passing(reading, stored, blob->digest.algorithm != DIGEST_NONE, passing, err);
	if ((r = verify_stored(blob, stored, passing, r, err)) == 0)
		passing->plain = hasher_end(passing->of_plain);
	return r;
}

static int
read_blob(void *context, size_t at, struct stream *stored, struct plim_error *err)
{
	struct reading *reading = context;
	AUTO(passing) struct passing passing = { 0 };
	collecting_begin(&reading->collecting, at);
	int r = read_passing(reading, at, stored, &passing, err);
	if (r == PLIM_ELIMIT)
		return say_number(reading->channel, SAY_GAP, (uint32_t)at, slice_of(err->text), err);
	if (r < 0)
		return error_wrap(err, r, "layer blob %.*s", SLICE_ARG(image_set_blob(reading->set, at)->name));
	if ((r = say_number(reading->channel, SAY_BLOB, (uint32_t)at, SLICE(""), err)) < 0 ||
	    (r = say_block(reading->channel, passing.builder, err)) < 0)
		return r;
	return channel_send(reading->channel, SAY_PLAIN, (struct slice){ (const char *)&passing.plain, sizeof passing.plain }, err);
}

static int
read_wanted(struct reading *reading, const struct message *message, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct read_order order = { 0 };
	struct cursor from = cursor_of(message->body);
	int r = arena ? wire_read(&wire_read_order, &from, arena, &order, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (order.n != image_set_blob_count(reading->set))
		return error_set(err, PLIM_EFORMAT, "an order for another image");
	collecting_done(&reading->collecting);
	if ((r = collecting_init(&reading->collecting, &order.wishes, err)) < 0)
		return r;
	collecting_copy(&reading->collecting, message->fd[0]);
	if ((r = image_set_read(reading->set, order.wanted, read_blob, reading, err)) < 0)
		return r;
	return channel_send(reading->channel, SAY_DONE, SLICE(""), err);
}

/* Further readings, until nobody asks any more. */
static int
serve(struct reading *reading, struct plim_error *err)
{
	for (;;) {
		struct message message;
		int r = channel_receive(reading->channel, &message, err);
		if (r < 0)
			return r == PLIM_ENOTFOUND ? 0 : r;
		r = read_wanted(reading, &message, err);
		message_done(&message);
		if (r < 0)
			return r;
	}
}

static int
open_set(int channel, struct message *start, struct image_set **out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(source) struct source *source = NULL;
	struct image_order order = { 0 };
	struct cursor from = cursor_of(start->body);
	int r = arena ? wire_read(&wire_image_order, &from, arena, &order, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (order.target.kind == TARGET_ARCHIVE)
		r = source_open_archive(fd_take(&start->fd[0]), &source, err);
	else if (order.target.kind == TARGET_ENGINE)
		r = source_open_passing(channel, &source, err);
	else
		r = source_open_remote(channel, order.target.kind == TARGET_REGISTRY, &source, err);
	if (r < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(order.target.name));
	return image_set_of(&order.target, ptr_take(&source), order.platforms, order.platform_count, out, err);
}

static int
run(int channel, struct message *start, struct plim_error *err)
{
	AUTO(image_set) struct image_set *set = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	int r = sandbox_enter(CONFINED_WORKER, -1, err);
	if (r < 0 || (r = open_set(channel, start, &set, err)) < 0)
		return r;
	image_set_write(set, &bytes);
	if (bytes.failed)
		return error_nomem(err);
	if ((r = channel_send(channel, SAY_SET, strbuf_slice(&bytes), err)) < 0)
		return r;
	struct reading reading = { .channel = channel, .set = set };
	r = serve(&reading, err);
	collecting_done(&reading.collecting);
	return r;
}

int
job_image(int channel)
{
	return job_answer(channel, run);
}
