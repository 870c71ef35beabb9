/* SPDX-License-Identifier: Apache-2.0 */
/* A database out of a registry: the manifest says which blob it is, the blob comes through a pipe. */
#include "gate/data/registry_bundle.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "gate/data/published.h"
#include "gate/trust/trusting.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static int
find_layer(struct trusting *artifact, struct arena *arena, struct closure_item *out, struct plim_error *err)
{
	struct closure_answer closure = { 0 };
	int r = trusting_closure(artifact, arena, &closure, err);
	if (r < 0)
		return r;
	/* Its configuration, the layer, and the manifest that leads to them. */
	if (closure.n != 3 || closure.items[1].is_manifest || !slice_is(closure.items[1].media_type, PUBLISHED_MEDIA_TYPE))
		return error_set(err, PLIM_EFORMAT, "no artifact whose only layer is of type " PUBLISHED_MEDIA_TYPE);
	if (closure.items[1].size > LIMIT_DATABASE_BYTES)
		return error_set(err, PLIM_ELIMIT, "beyond limit DATABASE_BYTES");
	*out = closure.items[1];
	return 0;
}

static int
write_whole(int fd, struct slice bytes, struct plim_error *err)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_sys(err, errno, "the database cannot be held in memory");
		bytes = slice_from(bytes, (size_t)n);
	}
	return 0;
}

/* To the end of the pipe, early or not. */
static int
drain(int pipe, int into, struct digest *out, struct plim_error *err)
{
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	char bytes[65536];
	ssize_t n;
	int r = hasher ? 0 : error_nomem(err);
	while (r == 0 && (n = read(pipe, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_sys(err, errno, "the database cannot be read from its pipe");
		hasher_add(hasher, (struct slice){ bytes, (size_t)n });
		r = write_whole(into, (struct slice){ bytes, (size_t)n }, err);
	}
	if (r == 0)
		*out = hasher_end(hasher);
	return r;
}

static int
fetch_layer(const struct remote *remote, const struct closure_item *layer, int *out, struct plim_error *err)
{
	AUTO(fd) int pipe = -1, memory = memfd_create("plimsoll-bundle", MFD_CLOEXEC);
	struct digest got;
	uint32_t number;
	if (memory < 0)
		return error_sys(err, errno, "no memory file");
	int r = fetcher_stream(remote->fetcher, remote->root.repository, &layer->digest, layer->size, &pipe, &number, err);
	if (r < 0 || (r = drain(pipe, memory, &got, err)) < 0 || (r = fetcher_why(remote->fetcher, number, err)) < 0)
		return r;
	if (!digest_eq(&got, &layer->digest))
		return error_set(err, PLIM_EDIGEST, "the layer has other bytes than its digest says");
	*out = fd_take(&memory);
	return 0;
}

int
registry_bundle_fetch(struct run *run, struct slice reference, const struct digest *known, struct arena *arena, struct registry_bundle *out,
                      struct plim_error *err)
{
	AUTO(trusting) struct trusting artifact = TRUSTING_NONE;
	struct closure_item layer;
	const char *target = arena_strz(arena, arena_printf(arena, "docker://%.*s", SLICE_ARG(reference)));
	*out = (struct registry_bundle){ .fd = -1 };
	if (target == NULL)
		return error_nomem(err);
	int r = trusting_open(run, target, &artifact, err);
	if (r < 0 || (r = find_layer(&artifact, arena, &layer, err)) < 0)
		return r;
	out->digest = layer.digest;
	return digest_eq(known, &layer.digest) ? 0 : fetch_layer(&artifact.remote, &layer, &out->fd, err);
}

int
registry_bundle_read(struct run *run, int fd, struct published_artifact *out, struct plim_error *err)
{
	AUTO(message) struct message message = { .fd = { -1, -1 } };
	int r = published_read(run, fd, INDEX_ARTIFACT, &message, err);
	if (r < 0)
		return r;
	struct cursor from = cursor_of(message.body);
	return wire_read(&wire_published_artifact, &from, NULL, out, err);
}
