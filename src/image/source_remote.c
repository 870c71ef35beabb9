/* SPDX-License-Identifier: Apache-2.0 */
/* A layout whose directory another process holds: it opens files for us, we read them. */
#include "image/source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/wire.h"
#include "process/channel.h"

struct remote {
	struct source source;
	int channel;
};

/* An answer is a code, with its text, or 0 with a descriptor. */
int
source_ask(int channel, struct slice path, int *out, struct plim_error *err)
{
	AUTO(message) struct message answer = { .fd = { -1, -1 } };
	int r = channel_send(channel, SOURCE_ASK, path, err);
	if (r < 0 || (r = channel_receive(channel, &answer, err)) < 0)
		return r;
	if (answer.kind > (uint32_t)-PLIM_CODE_LAST)
		return error_set(err, PLIM_EFORMAT, "an answer that there is not");
	if (answer.kind != 0)
		return error_set(err, (enum plim_code)-(int)answer.kind, "%.*s", SLICE_ARG(answer.body));
	if (answer.fd[0] < 0)
		return error_set(err, PLIM_EFORMAT, "an answer without a file");
	*out = fd_take(&answer.fd[0]);
	return 0;
}

static int
ask(const struct remote *remote, struct slice path, int *out, uint64_t *size, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	int r = source_ask(remote->channel, path, &fd, err);
	if (r < 0)
		return r;
	if (!file_size(fd, size))
		return error_set(err, PLIM_EFORMAT, "an answer without a file");
	*out = fd_take(&fd);
	return 0;
}

static int
remote_load(struct source *source, struct slice path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(free) char *bytes = NULL;
	uint64_t size;
	size_t n;
	int r = ask((struct remote *)source, path, &fd, &size, err);
	if (r < 0)
		return r;
	if ((r = file_read_fd(fd, LIMIT_DOCUMENT_BYTES, &bytes, &n, err)) < 0)
		return error_wrap(err, r, "%.*s%s", SLICE_ARG(path), r == PLIM_ELIMIT ? ": beyond limit DOCUMENT_BYTES" : "");
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}

static int
remote_find(struct source *source, struct slice path, struct arena *arena, struct slice *place, uint64_t *size, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	int r = ask((struct remote *)source, path, &fd, size, err);
	if (r < 0)
		return r;
	*place = arena_dup(arena, path);
	return place->p ? 0 : error_nomem(err);
}

/* Blobs go from the one who holds the directory to other processes, never through this one. */
static int
remote_read(struct source *source, const struct source_want *wanted, size_t n, image_blob_fn *fn, void *context, struct plim_error *err)
{
	(void)source, (void)wanted, (void)n, (void)fn, (void)context;
	return error_set(err, PLIM_EUSAGE, "blobs of this source are read elsewhere");
}

static void
remote_close(struct source *source)
{
	free(source);
}

static const struct source_ops remote_ops = { .load = remote_load, .find = remote_find, .read = remote_read, .close = remote_close };

int
source_open_remote(int channel, bool manifests_apart, struct source **out, struct plim_error *err)
{
	struct remote *remote = malloc(sizeof *remote);
	if (remote == NULL)
		return error_nomem(err);
	*remote = (struct remote){ { &remote_ops, manifests_apart }, channel };
	*out = &remote->source;
	return 0;
}

bool
layout_path_digest(struct slice path, struct slice folder, struct digest *out)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (!slice_skip(&path, folder))
		return false;
	strbuf_put(&text, path);
	char *slash = text.p ? strchr(text.p, '/') : NULL;
	if (slash)
		*slash = ':';
	return digest_parse(strbuf_slice(&text), out);
}

/* "index.json", "oci-layout", "manifest.json", "blobs/ALGORITHM/HEX": what a layout may hold is all that may be asked for. */
static bool
is_of_layout(struct slice path)
{
	static const char *const documents[] = { "index.json", "oci-layout", "manifest.json" };
	struct digest digest;
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
		if (slice_is(path, documents[i]))
			return true;
	return layout_path_digest(path, SLICE("blobs/"), &digest);
}

int
source_answer(int channel, int root, struct slice path, struct plim_error *err)
{
	struct plim_error why = { 0 };
	AUTO(fd) int fd = -1;
	uint64_t size;
	int r = is_of_layout(path) ? layout_file_open(root, path, &fd, &size, &why)
	                           : error_set(&why, PLIM_EFORMAT, "%.*s: no file of a layout", SLICE_ARG(path));
	if (r < 0)
		return channel_answer(channel, (uint32_t)-r, slice_of(why.text), NULL, 0, err);
	return channel_answer(channel, 0, SLICE(""), &fd, 1, err);
}
