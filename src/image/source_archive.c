/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files inside a tar archive.  One pass finds the members.  A plain archive is
 * read again from a member's own place; a compressed one keeps its small JSON
 * documents and is inflated a second time, once for all blobs, because what
 * says which blobs are wanted often comes last.  So is one that an engine
 * writes: it exists in no file, and is asked for twice.
 */
#include "image/source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/inflate.h"
#include "codec/tar.h"

#include <errno.h>

struct member {
	struct slice path;      /* clean, in the archive's arena */
	struct slice link;      /* clean; absent for a file, empty for a link out of the archive */
	uint64_t size;
	uint64_t offset;        /* of its header in the plain archive */
	struct slice kept;      /* the bytes of a document of a compressed archive */
	bool is_file;
	bool repeated;          /* an earlier member had this path */
};

struct archive {
	struct source source;
	int fd;                 /* -1: it is asked for over `channel` */
	int channel;
	uint64_t size;
	const struct codec *codec;
	bool passing;           /* nothing of it can be read from its own place */
	struct arena *arena;
	struct map by_path;
	size_t count;
};

static int
no_memory(const struct archive *archive, struct plim_error *err)
{
	if (arena_full(archive->arena))
		return error_set(err, PLIM_ELIMIT, "the archive's names and documents need more than limit IMAGE_SET_BYTES");
	return error_nomem(err);
}

struct slice
member_path_clean(struct slice base, struct slice path, struct arena *arena)
{
	AUTO(strbuf) struct strbuf clean = { 0 };
	struct slice piece, rests[2] = { slice_starts(path, SLICE("/")) ? SLICE_NONE : base, path };
	for (size_t i = 0; i < 2; i++) {
		while (slice_next(&rests[i], '/', &piece)) {
			if (piece.n == 0 || slice_is(piece, "."))
				continue;
			if (slice_is(piece, "..") && clean.n == 0)
				return SLICE_NONE;
			if (slice_is(piece, "..")) {
				size_t slash = slice_find_last(strbuf_slice(&clean), '/');
				clean.n = slash == SIZE_MAX ? 0 : slash;
				continue;
			}
			if (clean.n)
				strbuf_putc(&clean, '/');
			strbuf_put(&clean, piece);
		}
	}
	return clean.failed ? SLICE_NONE : arena_dup(arena, strbuf_slice(&clean));
}

static int
open_passing(const struct archive *archive, struct stream **out, struct plim_error *err)
{
	int pipe;
	int r = source_ask(archive->channel, SLICE("archive"), &pipe, err);
	return r < 0 ? r : stream_of_pipe(pipe, out, err);
}

/* The archive's plain bytes from `offset` on; only a plain archive can begin anywhere but at 0. */
static int
open_plain(const struct archive *archive, uint64_t offset, struct stream **out, struct plim_error *err)
{
	AUTO(stream) struct stream *file = NULL;
	if (archive->fd < 0)
		return open_passing(archive, out, err);
	int r = stream_of_file(archive->fd, offset, archive->size - offset, &file, err);
	if (r < 0 || archive->codec == &codec_plain)
		return r < 0 ? r : (*out = ptr_take(&file), 0);
	if ((r = inflate_open(archive->codec, file, LIMIT_ARCHIVE_BYTES, out, err)) < 0)
		return r;
	ptr_take(&file);
	return 0;
}

/* The body of a tar's current entry as a stream; the tar is borrowed. */
struct body_stream {
	struct stream stream;
	struct tar *tar;
};

static int
body_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	return tar_read(((struct body_stream *)stream)->tar, piece, err);
}

static void
body_close(struct stream *stream)
{
	(void)stream;
}

static const struct stream_ops body_ops = { .next = body_next, .close = body_close };

static bool
looks_like_json(struct slice head)
{
	head = slice_trim(head);
	return head.n && (head.p[0] == '{' || head.p[0] == '[');
}

/* Keeps the current entry's bytes if they can be a document: which of them will be asked for is not known yet. */
static int
keep_document(struct archive *archive, struct tar *tar, struct member *member, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf all = { 0 };
	struct slice piece;
	int r = tar_read(tar, &piece, err);
	if (r < 0 || !looks_like_json(piece))
		return r;
	for (; r == 0 && piece.n; r = tar_read(tar, &piece, err))
		strbuf_put(&all, piece);
	if (r < 0)
		return r;
	member->kept = arena_dup(archive->arena, strbuf_slice(&all));
	return all.failed || member->kept.p == NULL ? no_memory(archive, err) : 0;
}

/* Links of a tar name what they mean in two ways: symbolic ones from their own directory, hard ones from the root. */
static int
set_link(struct archive *archive, const struct tar_entry *entry, struct member *member, struct plim_error *err)
{
	bool hard = entry->type == TAR_HARDLINK;
	member->link = member_path_clean(hard ? SLICE("") : path_dir(member->path), entry->link, archive->arena);
	if (member->link.p == NULL && arena_full(archive->arena))
		return no_memory(archive, err);
	if (member->link.p == NULL)
		member->link = SLICE("");
	return 0;
}

static int
place_member(struct archive *archive, struct member *member, struct plim_error *err)
{
	void **place = map_place(&archive->by_path, member->path);
	if (place == NULL)
		return error_nomem(err);
	member->repeated = *place != NULL;
	*place = member;
	return 0;
}

static int
add_member(struct archive *archive, struct tar *tar, const struct tar_entry *entry, struct plim_error *err)
{
	if (++archive->count > LIMIT_ARCHIVE_MEMBER_COUNT)
		return error_set(err, PLIM_ELIMIT, "offset %ju: more members than limit ARCHIVE_MEMBER_COUNT",
		                 (uintmax_t)entry->offset);
	bool is_link = entry->type == TAR_SYMLINK || entry->type == TAR_HARDLINK;
	if (entry->type != TAR_FILE && !is_link)
		return 0;
	struct member *member = arena_make(archive->arena, struct member);
	if (member == NULL)
		return no_memory(archive, err);
	member->path = member_path_clean(SLICE(""), entry->path, archive->arena);
	if (member->path.p == NULL && arena_full(archive->arena))
		return no_memory(archive, err);
	if (member->path.p == NULL)
		return error_set(err, PLIM_EFORMAT, "offset %ju: a member's path leads out of the archive", (uintmax_t)entry->offset);
	member->size = entry->size;
	member->offset = entry->offset;
	member->is_file = !is_link;
	int r = is_link ? set_link(archive, entry, member, err) : 0;
	if (r < 0 || (r = place_member(archive, member, err)) < 0)
		return r;
	if (is_link || !archive->passing || entry->size > LIMIT_DOCUMENT_BYTES)
		return 0;
	return keep_document(archive, tar, member, err);
}

static int
find_members(struct archive *archive, struct plim_error *err)
{
	AUTO(stream) struct stream *plain = NULL;
	AUTO(tar) struct tar *tar = NULL;
	struct tar_entry entry;
	int r = open_plain(archive, 0, &plain, err);
	if (r < 0 || (r = tar_open(plain, &tar, err)) < 0)
		return r;
	while ((r = tar_next(tar, &entry, err)) > 0)
		if ((r = add_member(archive, tar, &entry, err)) < 0)
			return r;
	if (r < 0)
		return r;
	return stream_drain(plain, err);
}

/* Follows links; a later member of the same path replaces an earlier one, as in unpacking. */
static int
member_find(const struct archive *archive, struct slice path, struct member **out, struct plim_error *err)
{
	struct member *member = map_find(&archive->by_path, path);
	for (uint64_t depth = 0; member && !member->is_file; depth++) {
		if (depth == LIMIT_LINK_DEPTH_COUNT)
			return error_set(err, PLIM_EFORMAT, "%.*s: links without end", SLICE_ARG(path));
		if (slice_is_empty(member->link))
			return error_set(err, PLIM_EFORMAT, "%.*s: a link out of the archive", SLICE_ARG(path));
		/* A hard link to its own path stands for the earlier member, which unpacking has replaced by then. */
		member = map_find(&archive->by_path, member->link);
	}
	if (member == NULL)
		return error_set(err, PLIM_ENOTFOUND, "%.*s: not in the archive", SLICE_ARG(path));
	*out = member;
	return 0;
}

/* Opens a member of a plain archive through its own header, so that sparse and long-named ones need no second thought. */
static int
read_plain_member(const struct archive *archive, const struct member *member, size_t blob, image_blob_fn *fn,
                  void *context, struct plim_error *err)
{
	AUTO(stream) struct stream *plain = NULL;
	AUTO(tar) struct tar *tar = NULL;
	struct tar_entry entry;
	int r = open_plain(archive, member->offset, &plain, err);
	if (r < 0 || (r = tar_open(plain, &tar, err)) < 0 || (r = tar_next(tar, &entry, err)) < 0)
		return r;
	if (r == 0 || entry.type != TAR_FILE || entry.size != member->size)
		return error_set(err, PLIM_EFORMAT, "the archive changed while it was read, at offset %ju", (uintmax_t)member->offset);
	struct body_stream body = { { &body_ops }, tar };
	return fn(context, blob, &body.stream, err);
}

struct loading {
	char *bytes;
	size_t n;
};

static int
load_body(void *context, size_t blob, struct stream *stored, struct plim_error *err)
{
	struct loading *loading = context;
	(void)blob;
	return stream_read_all(stored, LIMIT_DOCUMENT_BYTES, &loading->bytes, &loading->n, err);
}

static int
load_plain(const struct archive *archive, const struct member *member, struct arena *arena, struct slice *out,
           struct plim_error *err)
{
	struct loading loading = { 0 };
	int r = read_plain_member(archive, member, 0, load_body, &loading, err);
	if (r < 0)
		return r;
	*out = arena_dup(arena, (struct slice){ loading.bytes, loading.n });
	free(loading.bytes);
	return out->p ? 0 : error_nomem(err);
}

static int
archive_load(struct source *source, struct slice path, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct archive *archive = (struct archive *)source;
	struct member *member;
	int r = member_find(archive, path, &member, err);
	if (r < 0)
		return r;
	/* Blobs are checked by their digest; of two documents without one, readers differ in which they take. */
	if (member->repeated && slice_find(path, '/') == SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "%.*s: twice in the archive", SLICE_ARG(path));
	if (member->size > LIMIT_DOCUMENT_BYTES)
		return error_set(err, PLIM_ELIMIT, "%.*s: %ju bytes are more than limit DOCUMENT_BYTES", SLICE_ARG(path),
		                 (uintmax_t)member->size);
	if (!archive->passing)
		r = load_plain(archive, member, arena, out, err);
	else if (member->kept.p)
		*out = member->kept;
	else
		r = error_set(err, PLIM_EFORMAT, "not a JSON document");
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(path)) : 0;
}

static int
archive_find(struct source *source, struct slice path, struct arena *arena, struct slice *place, uint64_t *size,
             struct plim_error *err)
{
	struct member *member;
	(void)arena;
	int r = member_find((struct archive *)source, path, &member, err);
	if (r < 0)
		return r;
	*place = member->path;
	*size = member->size;
	return 0;
}

struct target_member {
	const struct member *member;
	size_t blob;
};

static int
target_cmp(const void *a, const void *b)
{
	uint64_t x = ((const struct target_member *)a)->member->offset, y = ((const struct target_member *)b)->member->offset;
	return (x > y) - (x < y);
}

static int
read_in_order(const struct archive *archive, const struct target_member *targets, size_t n, image_blob_fn *fn,
              void *context, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = read_plain_member(archive, targets[i].member, targets[i].blob, fn, context, err);
	return r < 0 ? r : 0;
}

/* The second inflation: the wanted members pass in the order of their offsets. */
static int
read_passing(const struct archive *archive, const struct target_member *targets, size_t n, image_blob_fn *fn,
             void *context, struct plim_error *err)
{
	AUTO(stream) struct stream *plain = NULL;
	AUTO(tar) struct tar *tar = NULL;
	struct tar_entry entry;
	size_t at = 0;
	int r = open_plain(archive, 0, &plain, err);
	if (r < 0 || (r = tar_open(plain, &tar, err)) < 0)
		return r;
	while (at < n && (r = tar_next(tar, &entry, err)) > 0) {
		const struct member *member = targets[at].member;
		if (entry.offset != member->offset || entry.size != member->size || entry.type != TAR_FILE)
			continue;
		struct body_stream body = { { &body_ops }, tar };
		if ((r = fn(context, targets[at++].blob, &body.stream, err)) < 0)
			return r;
	}
	/* To its end, where alone an engine tells that it wrote all. */
	if (r >= 0 && archive->fd < 0)
		r = stream_drain(plain, err);
	if (r < 0)
		return r;
	return at == n ? 0 : error_set(err, PLIM_EFORMAT, "the archive changed while it was read, or one member serves two digests");
}

static int
archive_read(struct source *source, const struct source_want *wanted, size_t n, image_blob_fn *fn, void *context,
             struct plim_error *err)
{
	struct archive *archive = (struct archive *)source;
	AUTO(free) struct target_member *targets = calloc(n + 1, sizeof *targets);
	if (targets == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		struct member *member;
		int r = member_find(archive, wanted[i].path, &member, err);
		if (r < 0)
			return r;
		targets[i] = (struct target_member){ member, wanted[i].blob };
	}
	qsort(targets, n, sizeof *targets, target_cmp);
	if (!archive->passing)
		return read_in_order(archive, targets, n, fn, context, err);
	return read_passing(archive, targets, n, fn, context, err);
}

static void
archive_close(struct source *source)
{
	struct archive *archive = (struct archive *)source;
	if (archive->fd >= 0)
		close(archive->fd);
	map_done(&archive->by_path);
	arena_free(archive->arena);
	free(archive);
}

/* Found by its own header, as in reading it. */
static int
archive_place(struct source *source, struct slice path, uint64_t *offset, uint64_t *size, struct plim_error *err)
{
	const struct archive *archive = (struct archive *)source;
	AUTO(stream) struct stream *plain = NULL;
	AUTO(tar) struct tar *tar = NULL;
	struct member *member;
	struct tar_entry entry;
	if (archive->passing)
		return 0;
	int r = member_find(archive, path, &member, err);
	if (r < 0 || (r = open_plain(archive, member->offset, &plain, err)) < 0 || (r = tar_open(plain, &tar, err)) < 0 ||
	    (r = tar_next(tar, &entry, err)) < 0)
		return r;
	if (r == 0 || entry.type != TAR_FILE || entry.size != member->size)
		return error_set(err, PLIM_EFORMAT, "the archive changed while it was read, at offset %ju", (uintmax_t)member->offset);
	if (entry.sparse)
		return error_set(err, PLIM_EUNSUPPORTED, "%.*s: a layer stored as a sparse file", SLICE_ARG(path));
	*offset = member->offset + tar_offset(tar);
	*size = member->size;
	return 0;
}

static const struct source_ops archive_ops = {
	.place = archive_place,
	.load = archive_load,
	.find = archive_find,
	.read = archive_read,
	.close = archive_close,
};

static int
sniff(struct archive *archive, struct plim_error *err)
{
	char head[512];
	if (!file_size(archive->fd, &archive->size))
		return error_sys(err, errno, "reading its size");
	ssize_t got = pread(archive->fd, head, sizeof head, 0);
	if (got < 0)
		return error_sys(err, errno, "reading its head");
	if (got == 0)
		return error_set(err, PLIM_EFORMAT, "an empty file");
	archive->codec = codec_sniff((struct slice){ head, (size_t)got });
	archive->passing = archive->codec != &codec_plain;
	return 0;
}

static int
archive_new(struct archive **out, struct plim_error *err)
{
	AUTO(source) struct source *source = NULL;
	struct archive *archive = calloc(1, sizeof *archive);
	if (archive == NULL)
		return error_nomem(err);
	archive->source.ops = &archive_ops;
	archive->fd = archive->channel = -1;
	source = &archive->source;
	if ((archive->arena = arena_new(LIMIT_IMAGE_SET_BYTES)) == NULL)
		return error_nomem(err);
	*out = (struct archive *)ptr_take(&source);
	return 0;
}

int
source_open_archive(int taken, struct source **out, struct plim_error *err)
{
	AUTO(fd) int fd = taken;
	AUTO(source) struct source *source = NULL;
	struct archive *archive;
	int r = archive_new(&archive, err);
	if (r < 0)
		return r;
	source = &archive->source;
	archive->fd = fd_take(&fd);
	if ((r = sniff(archive, err)) < 0)
		return r;
	if ((r = find_members(archive, err)) < 0)
		return archive->codec == &codec_plain ? r : error_wrap(err, r, "%s", archive->codec->name);
	*out = ptr_take(&source);
	return 0;
}

int
source_open_passing(int channel, struct source **out, struct plim_error *err)
{
	AUTO(source) struct source *source = NULL;
	struct archive *archive;
	int r = archive_new(&archive, err);
	if (r < 0)
		return r;
	source = &archive->source;
	archive->channel = channel;
	archive->codec = &codec_plain;
	archive->passing = true;
	if ((r = find_members(archive, err)) < 0)
		return r;
	*out = ptr_take(&source);
	return 0;
}

bool
source_has(struct source *source, const char *path)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct slice place;
	uint64_t size;
	return arena && source->ops->find(source, slice_of(path), arena, &place, &size, NULL) != PLIM_ENOTFOUND;
}
