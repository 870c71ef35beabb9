/* SPDX-License-Identifier: Apache-2.0 */
/* A worker: the stored bytes of one layer in, its block and the digest of its plain bytes out.  One layer, one process: whatever a layer does to it ends there. */
#include "gate/collecting.h"

#include "base/error.h"
#include "base/limits.h"
#include "codec/inflate.h"
#include "codec/windows.h"
#include "process/channel.h"
#include "process/ring.h"
#include "process/sandbox.h"

/* Below this a second thread costs more than it saves. */
#define BESIDE_BYTES ((uint64_t)2 << 20)

struct layer_job {
	int channel;
	struct message start;
	struct arena *arena;
	struct layer_order order;
	struct hasher *hasher;
	struct stream *beside;    /* not yet put over anything */
};

static void
auto_layer_job(struct layer_job *job)
{
	hasher_free(job->hasher);
	arena_free(job->arena);
	message_done(&job->start);
}

static int
take_order(struct layer_job *job, struct plim_error *err)
{
	int r = channel_receive(job->channel, &job->start, err);
	if (r < 0)
		return r;
	struct cursor from = cursor_of(job->start.body);
	if ((job->arena = arena_new(0)) == NULL || (job->hasher = hasher_new(DIGEST_SHA256)) == NULL)
		return error_nomem(err);
	return wire_read(&wire_layer_order, &from, job->arena, &job->order, err);
}

/* Waits until the parent has room for it beside the other workers. */
static int
ask_window(void *context, uint64_t bytes, struct plim_error *err)
{
	const struct layer_job *job = context;
	AUTO(strbuf) struct strbuf body = { 0 };
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	wire_put_u64(&body, bytes);
	if (body.failed)
		return error_nomem(err);
	int r = channel_send(job->channel, SAY_WINDOW, strbuf_slice(&body), err);
	if (r < 0 || (r = channel_receive(job->channel, &answer, err)) < 0)
		return r;
	return answer.kind == SAY_WINDOW ? 0 : error_set(err, PLIM_EPROCESS, "the answer to SAY_WINDOW is none");
}

/* The thread is begun between the two: it inherits Landlock, and the filter without clone(2) is laid over both. */
static int
confine(struct layer_job *job, struct plim_error *err)
{
	int r = sandbox_enter_files(-1, err);
	if (r == 0 && job->order.stored >= BESIDE_BYTES)
		r = stream_tee_beside(job->hasher, &job->beside, err);
	return r < 0 ? r : sandbox_enter_calls(CONFINED_WORKER, err);
}

/* Plain bytes are hashed once, by the hasher, unless it was asked for SHA-512: for them there is no second digest. */
static bool
is_hashed_here(const struct layer_job *job, const struct codec *codec)
{
	return codec != &codec_plain || job->order.hash_plain;
}

static int
stack_hasher(struct layer_job *job, const struct codec *codec, struct stream *inflated, struct stream **out, struct plim_error *err)
{
	if (!is_hashed_here(job, codec)) {
		*out = inflated;
		return 0;
	}
	if (job->beside == NULL)
		return stream_tee(inflated, job->hasher, NULL, out, err);
	stream_beside_put(job->beside, inflated);
	*out = job->beside;
	return 0;
}

static int
read_layer(struct layer_job *job, struct block_builder *builder, struct digest *plain_digest, struct plim_error *err)
{
	AUTO(collecting) struct collecting collecting = { 0 };
	AUTO(stream) struct stream *stored = NULL;
	AUTO(stream) struct stream *inflated = NULL;
	AUTO(stream) struct stream *plain = NULL;
	const struct codec *codec;
	int r = collecting_init(&collecting, &job->order.wishes, err);
	if (r < 0 || (r = stream_of_ring(job->start.fd[0], &stored, err)) < 0)
		return r;
	if ((r = inflate_open_sniffed(stored, LIMIT_LAYER_BYTES, &codec, &inflated, err)) < 0)
		return r;
	ptr_take(&stored);
	if ((r = stack_hasher(job, codec, inflated, &plain, err)) < 0)
		return r;
	ptr_take(&inflated);
	collecting_copy(&collecting, job->start.fd[1]);
	struct collector collector = collecting_collector(&collecting);
	r = collect_tar(plain, &collector, builder, err);
	if (r == 0 && (r = stream_drain(plain, err)) == 0 && is_hashed_here(job, codec))
		*plain_digest = hasher_end(job->hasher);
	return r;
}

static int
answer(struct layer_job *job, struct plim_error *err)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	struct digest plain = { 0 };
	int r = block_builder_new(&builder, err);
	if (r < 0 || (r = read_layer(job, builder, &plain, err)) < 0 || (r = say_block(job->channel, builder, err)) < 0)
		return r;
	return channel_send(job->channel, SAY_PLAIN, (struct slice){ (const char *)&plain, sizeof plain }, err);
}

int
job_layer(int channel)
{
	AUTO(layer_job) struct layer_job job = { .channel = channel, .start = { .fd = { -1, -1 } } };
	struct plim_error err = { 0 };
	int r = take_order(&job, &err);
	windows_share(ask_window, &job);
	if (r == 0)
		r = confine(&job, &err);
	if (r == 0)
		r = answer(&job, &err);
	return r < 0 && say_failed(channel, r, &err) < 0;
}
