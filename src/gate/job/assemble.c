/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that makes a layer's tar again out of a store of containers: it may read below the layer's directory, and write into the pipe
 * out of which the hasher reads.  Whether that is the layer which was named, the hasher says.
 */
#include "gate/job/jobs.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/inflate.h"
#include "layer/assemble.h"
#include "process/sandbox.h"

#include <signal.h>

#define END { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct wire_assemble_order = { sizeof(struct assemble_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct assemble_order, size), WIRE_PLAIN(WIRE_BOOL, struct assemble_order, counted), END } };

/* The first message has the metadata and the directory, the second the pipe. */
struct assembly {
	struct message start, pipe;
	struct assemble_order order;
};

static void
auto_assembly(struct assembly *assembly)
{
	message_done(&assembly->start);
	message_done(&assembly->pipe);
}

static int
take_order(int channel, struct assembly *assembly, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	int r = arena ? channel_receive(channel, &assembly->start, err) : error_nomem(err);
	if (r < 0)
		return r;
	struct cursor from = cursor_of(assembly->start.body);
	if ((r = wire_read(&wire_assemble_order, &from, arena, &assembly->order, err)) < 0)
		return r;
	if (!assembly->order.counted && (r = channel_receive(channel, &assembly->pipe, err)) < 0)
		return r;
	if (assembly->start.fd[1] < 0 || (!assembly->order.counted && assembly->pipe.fd[0] < 0))
		return error_set(err, PLIM_EFORMAT, "an order without files");
	return 0;
}

static int
say_size(int channel, struct stream *metadata, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	uint64_t bytes;
	int r = assemble_size(metadata, &bytes, err);
	if (r < 0)
		return r;
	wire_put_u64(&body, bytes);
	return body.failed ? error_nomem(err) : channel_send(channel, SAY_DONE, strbuf_slice(&body), err);
}

static int
assemble(int channel, const struct assembly *assembly, struct plim_error *err)
{
	AUTO(stream) struct stream *packed = NULL;
	AUTO(stream) struct stream *metadata = NULL;
	uint64_t size;
	if (!file_size(assembly->start.fd[0], &size))
		return error_set(err, PLIM_EFORMAT, "tar-split: no file");
	int r = stream_of_file(assembly->start.fd[0], 0, size, &packed, err);
	if (r < 0 || (r = inflate_open(&codec_gzip, packed, LIMIT_LAYER_BYTES, &metadata, err)) < 0)
		return r < 0 ? error_wrap(err, r, "tar-split") : r;
	ptr_take(&packed);
	if (assembly->order.counted)
		return say_size(channel, metadata, err);
	r = assemble_tar(metadata, assembly->start.fd[1], assembly->order.size, assembly->pipe.fd[0], err);
	return r < 0 ? r : channel_send(channel, SAY_DONE, SLICE(""), NULL);
}

static int
run(int channel, struct plim_error *err)
{
	AUTO(assembly) struct assembly assembly = { .start = { .fd = { -1, -1 } }, .pipe = { .fd = { -1, -1 } } };
	int r = take_order(channel, &assembly, err);
	if (r < 0 || (r = sandbox_enter(CONFINED_TREE, assembly.start.fd[1], err)) < 0)
		return r;
	return assemble(channel, &assembly, err);
}

int
job_assemble(int channel)
{
	struct plim_error err = { 0 };
	/* Whoever reads may end before; that is an error like others. */
	signal(SIGPIPE, SIG_IGN);
	int r = run(channel, &err);
	return r < 0 && say_failed(channel, r, &err) < 0;
}
