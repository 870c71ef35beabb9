/* SPDX-License-Identifier: Apache-2.0 */
/* A registry behind the files of a layout: index.json is made here, all others are fetched. */
#include "gate/remote.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/json_write.h"
#include "image/source.h"
#include "net/reference.h"
#include "process/channel.h"

#include <fcntl.h>

static struct slice
reference_text(const struct remote *remote, struct slice tag)
{
	char digest[DIGEST_TEXT_SIZE];
	if (tag.n)
		return arena_printf(remote->arena, "%.*s:%.*s", SLICE_ARG(remote->root.repository), SLICE_ARG(tag));
	return arena_printf(remote->arena, "%.*s@%s", SLICE_ARG(remote->root.repository), digest_text(&remote->root.digest, digest));
}

/* OCI image-spec image-layout.md: one descriptor, called as containerd calls it. */
static void
put_index(struct json_writer *w, const struct remote *remote)
{
	json_write_object(w);
	json_write_key(w, SLICE("manifests"));
	json_write_array(w);
	json_write_object(w);
	json_write_key(w, SLICE("annotations"));
	json_write_object(w);
	json_write_member(w, "io.containerd.image.name", remote->reference);
	json_write_object_end(w);
	json_write_member_digest(w, "digest", &remote->root.digest);
	json_write_member(w, "mediaType", remote->root.media_type);
	json_write_member_u64(w, "size", remote->root.size);
	json_write_object_end(w);
	json_write_array_end(w);
	json_write_member_u64(w, "schemaVersion", 2);
	json_write_object_end(w);
}

static int
make_index(struct remote *remote, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct json_writer w = { .into = &text };
	put_index(&w, remote);
	return text.failed ? error_nomem(err) : memory_file(strbuf_slice(&text), &remote->index, err);
}

int
remote_open(struct run *run, struct slice address, struct arena *arena, struct remote *out, struct plim_error *err)
{
	struct remote remote = REMOTE_NONE;
	remote.arena = arena;
	int r = run_fetcher(run, &remote.fetcher, err);
	if (r == 0)
		r = fetcher_resolve(remote.fetcher, address, arena, &remote.root, err);
	if (r < 0)
		return r;
	remote.reference = reference_text(&remote, remote.root.tag);
	r = remote.reference.p ? make_index(&remote, err) : error_nomem(err);
	if (r < 0)
		remote_done(&remote);
	else
		*out = remote;
	return r;
}

int
remote_open_engine(struct run *run, struct slice address, struct arena *arena, struct remote *out, struct plim_error *err)
{
	struct remote remote = REMOTE_NONE;
	remote.arena = arena;
	int r = run_fetcher(run, &remote.fetcher, err);
	if (r == 0)
		r = fetcher_engine_find(remote.fetcher, address, arena, &remote.id, err);
	if (r == 0)
		*out = remote;
	return r;
}

void
remote_done(struct remote *remote)
{
	auto_fd(&remote->root.fd);
	auto_fd(&remote->index);
	*remote = REMOTE_NONE;
}

static int
fetch_document(struct remote *remote, enum fetched_kind kind, const struct digest *digest, int *out, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	int r = fetcher_document(remote->fetcher, remote->root.repository, kind, digest, remote->arena, &fetched, err);
	*out = fetched.fd;
	return r;
}

static int
fetch_referrers(struct remote *remote, const struct digest *subject, int *out, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	bool api;
	int r = fetcher_referrers(remote->fetcher, remote->root.repository, subject, SLICE_NONE, remote->arena, &fetched, &api, err);
	*out = fetched.fd;
	return r;
}

static int
fetch_tag(struct remote *remote, struct slice tag, int *out, struct plim_error *err)
{
	struct fetched fetched = { .fd = -1 };
	int r = reference_tag_check(tag, err);
	if (r == 0)
		r = fetcher_tag(remote->fetcher, remote->root.repository, tag, remote->arena, &fetched, err);
	*out = fetched.fd;
	return r;
}

/* Whoever asks reads it to its end before anybody asks again: the place within it is shared. */
static int
lend_again(int file, int *out, struct plim_error *err)
{
	*out = lseek(file, 0, SEEK_SET) < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, 3);
	return *out < 0 ? error_set(err, PLIM_ESYSTEM, "no descriptor left") : 0;
}

static int
answer_path(struct remote *remote, struct slice path, int *fd, struct plim_error *err)
{
	struct digest digest;
	if (slice_is(path, "index.json"))
		return lend_again(remote->index, fd, err);
	if (layout_path_digest(path, SLICE("manifests/"), &digest)) {
		if (digest_eq(&digest, &remote->root.digest))
			return lend_again(remote->root.fd, fd, err);
		return fetch_document(remote, FETCHED_MANIFEST, &digest, fd, err);
	}
	if (layout_path_digest(path, SLICE("blobs/"), &digest))
		return fetch_document(remote, FETCHED_BLOB, &digest, fd, err);
	if (layout_path_digest(path, SLICE("referrers/"), &digest))
		return fetch_referrers(remote, &digest, fd, err);
	if (slice_skip(&path, SLICE("tags/")))
		return fetch_tag(remote, path, fd, err);
	return error_set(err, PLIM_ENOTFOUND, "%.*s: a registry has no such file", SLICE_ARG(path));
}

int
remote_answer(struct remote *remote, int channel, struct slice path, struct plim_error *err)
{
	struct plim_error why = { 0 };
	AUTO(fd) int fd = -1;
	int r = answer_path(remote, path, &fd, &why);
	if (r < 0)
		return channel_answer(channel, (uint32_t)-r, slice_of(why.text), NULL, 0, err);
	return channel_answer(channel, 0, SLICE(""), &fd, 1, err);
}

int
remote_answer_archive(struct remote *remote, int channel, struct slice path, struct plim_error *err)
{
	struct plim_error why = { 0 };
	AUTO(fd) int fd = -1;
	int r = slice_is(path, "archive") ? fetcher_engine_stream(remote->fetcher, remote->id, &fd, &remote->stream, &why)
	                                  : error_set(&why, PLIM_ENOTFOUND, "%.*s: an engine has no such file", SLICE_ARG(path));
	if (r < 0)
		return channel_answer(channel, (uint32_t)-r, slice_of(why.text), NULL, 0, err);
	return channel_answer(channel, 0, SLICE(""), &fd, 1, err);
}

int
remote_why(struct remote *remote, int code, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = remote->id.n && remote->stream ? fetcher_why(remote->fetcher, remote->stream, &why) : 0;
	return r < 0 ? (*err = why, r) : code;
}

int
remote_stream(struct remote *remote, const struct image_blob *blob, int *fd, uint32_t *number, struct plim_error *err)
{
	if (blob->digest.algorithm == DIGEST_NONE || blob->size == UINT64_MAX)
		return error_set(err, PLIM_EFORMAT, "a layer without digest or size");
	return fetcher_stream(remote->fetcher, remote->root.repository, &blob->digest, blob->size, fd, number, err);
}

int
fetched_text(struct fetched *fetched, uint64_t limit, struct arena *arena, struct slice *out, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	AUTO(fd) int fd = fd_take(&fetched->fd);
	size_t n;
	int r = file_read_fd(fd, limit, &bytes, &n, err);
	if (r < 0)
		return r;
	*out = arena_dup(arena, (struct slice){ bytes, n });
	return out->p ? 0 : error_nomem(err);
}
