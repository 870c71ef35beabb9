/* SPDX-License-Identifier: Apache-2.0 */
/* One line after another: segments as they are, files from where they were unpacked to. */
#include "layer/assemble.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/crc.h"
#include "codec/tar_split.h"
#include "layer/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define READ_BYTES ((size_t)256 << 10)

struct assembling {
	int root, out;             /* -1: it is only counted */
	uint64_t left;             /* of the archive */
	uint64_t counted;
	uint64_t line;
	char *window;
	struct strbuf held;        /* the beginning of a line whose end is in the next piece */
};

static void
auto_assembling(struct assembling *a)
{
	free(a->window);
	strbuf_done(&a->held);
}

static int
put(struct assembling *a, struct slice bytes, struct plim_error *err)
{
	if (bytes.n > a->left)
		return error_set(err, PLIM_EFORMAT, "the archive is longer than the store says");
	a->left -= bytes.n;
	while (bytes.n > 0) {
		ssize_t n = write(a->out, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_sys(err, errno, "handing the archive on");
		bytes = slice_from(bytes, (size_t)n);
	}
	return 0;
}

/* files */

/*
 * A directory on the way may be a link, where the layer was unpacked over another one: it is followed as in a container, whose root is
 * ours.  The file itself is none.
 */
static int
open_inside(int root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

static int
open_error(int number, struct plim_error *err)
{
	if (number == ENOENT || number == ENOTDIR)
		return error_set(err, PLIM_ENOTFOUND, "the file is no longer there");
	if (number == ELOOP)
		return error_set(err, PLIM_EFORMAT, "a link has come in the file's place");
	if (number == EACCES)
		return error_set(err, PLIM_ESYSTEM, "permission denied: the store is another user's, or has files of its user's subordinate ids (podman unshare plimsoll ...)");
	return error_sys(err, number, "opening the file");
}

static int
open_file(struct assembling *a, const struct tar_split_entry *entry, int *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct stat st;
	int r = path_clean(entry->name, &path, err);
	if (r < 0)
		return r;
	AUTO(fd) int fd = path.failed || path.n == 0 ? -1 : open_inside(a->root, path.p);
	if (path.failed)
		return error_nomem(err);
	if (path.n == 0)
		return error_set(err, PLIM_EFORMAT, "content for the root directory");
	if (fd < 0)
		return open_error(errno, err);
	if (fstat(fd, &st) < 0)
		return error_sys(err, errno, "asking for its size");
	if (!S_ISREG(st.st_mode))
		return error_set(err, PLIM_EFORMAT, "something else has come in the file's place");
	if ((uint64_t)st.st_size != entry->size)
		return error_set(err, PLIM_EDIGEST, "the file has %jd bytes, not %ju: it was changed", (intmax_t)st.st_size, (uintmax_t)entry->size);
	*out = fd_take(&fd);
	return 0;
}

static int
copy_file(struct assembling *a, int fd, const struct tar_split_entry *entry, struct plim_error *err)
{
	uint64_t crc = 0;
	int r = 0;
	for (uint64_t left = entry->size; r == 0 && left > 0;) {
		ssize_t got = read(fd, a->window, left < READ_BYTES ? (size_t)left : READ_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_sys(err, errno, "reading the file");
		if (got == 0)
			return error_set(err, PLIM_EDIGEST, "the file has become shorter while it was read");
		struct slice piece = { a->window, (size_t)got };
		crc = crc64_more(crc, piece);
		left -= piece.n;
		r = put(a, piece, err);
	}
	if (r == 0 && entry->summed && crc != entry->crc)
		return error_set(err, PLIM_EDIGEST, "the file's content was changed");
	return r;
}

static int
put_file(struct assembling *a, const struct tar_split_entry *entry, struct plim_error *err)
{
	AUTO(fd) int fd = -1;
	AUTO(strbuf) struct strbuf shown = { 0 };
	if (entry->size == 0)
		return 0;
	int r = open_file(a, entry, &fd, err);
	if (r == 0)
		r = copy_file(a, fd, entry, err);
	if (r == 0)
		return 0;
	strbuf_put_printable(&shown, slice_first_text(entry->name, 500));
	return error_wrap(err, r, "%s", shown.p ? shown.p : "");
}

/* lines */

/* Nothing is read or written: how long it will be. */
static int
count(struct assembling *a, uint64_t bytes, struct plim_error *err)
{
	if (bytes > LIMIT_LAYER_BYTES - a->counted)
		return error_set(err, PLIM_ELIMIT, "the archive is longer than limit LAYER_BYTES");
	a->counted += bytes;
	return 0;
}

static int
put_line(struct assembling *a, struct slice line, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct tar_split_entry entry;
	a->line++;
	int r = arena ? tar_split_parse(line, arena, &entry, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "tar-split, line %ju", (uintmax_t)a->line);
	if (a->out < 0)
		return count(a, entry.type == TAR_SPLIT_FILE ? entry.size : entry.bytes.n, err);
	return entry.type == TAR_SPLIT_FILE ? put_file(a, &entry, err) : put(a, entry.bytes, err);
}

static int
hold(struct assembling *a, struct slice part, struct plim_error *err)
{
	if (part.n > LIMIT_TAR_SPLIT_LINE_BYTES - a->held.n)
		return error_set(err, PLIM_ELIMIT, "tar-split, line %ju: longer than limit TAR_SPLIT_LINE_BYTES", (uintmax_t)a->line + 1);
	strbuf_put(&a->held, part);
	return a->held.failed ? error_nomem(err) : 0;
}

static int
put_piece(struct assembling *a, struct slice piece, struct plim_error *err)
{
	struct slice line, rest = piece;
	int r = 0;
	while (r == 0 && slice_cut(piece, '\n', &line, &rest)) {
		piece = rest;
		if (a->held.n == 0) {
			r = put_line(a, line, err);
			continue;
		}
		if ((r = hold(a, line, err)) == 0)
			r = put_line(a, strbuf_slice(&a->held), err);
		strbuf_clear(&a->held);
	}
	return r == 0 && piece.n > 0 ? hold(a, piece, err) : r;
}

static int
put_all(struct assembling *a, struct stream *metadata, struct plim_error *err)
{
	struct slice piece;
	int r = a->window ? 0 : error_nomem(err);
	while (r == 0 && (r = stream_next(metadata, &piece, err)) == 0 && piece.n > 0)
		r = put_piece(a, piece, err);
	return r == 0 && a->held.n > 0 ? put_line(a, strbuf_slice(&a->held), err) : r;
}

int
assemble_tar(struct stream *metadata, int root, uint64_t size, int out, struct plim_error *err)
{
	AUTO(assembling) struct assembling a = { .root = root, .out = out, .left = size, .window = malloc(READ_BYTES) };
	int r = put_all(&a, metadata, err);
	if (r == 0 && a.left > 0)
		r = error_set(err, PLIM_EFORMAT, "tar-split ends %ju bytes early", (uintmax_t)a.left);
	return r;
}

int
assemble_size(struct stream *metadata, uint64_t *out, struct plim_error *err)
{
	AUTO(assembling) struct assembling a = { .root = -1, .out = -1, .window = malloc(READ_BYTES) };
	int r = put_all(&a, metadata, err);
	if (r == 0)
		*out = a.counted;
	return r;
}
