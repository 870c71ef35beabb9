/* SPDX-License-Identifier: Apache-2.0 */
/* The streams that know no format: file, memory, tee. */
#include "base/stream.h"

#include "base/error.h"
#include "base/strbuf.h"

#include <errno.h>

#define WINDOW_BYTES ((size_t)256 << 10)

struct file_stream {
	struct stream stream;
	int fd;
	uint64_t at;
	uint64_t left;
	char window[WINDOW_BYTES];
};

static int
file_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct file_stream *file = (struct file_stream *)stream;
	size_t want = file->left < WINDOW_BYTES ? (size_t)file->left : WINDOW_BYTES;
	ssize_t got = 0;
	do
		got = want ? pread(file->fd, file->window, want, (off_t)file->at) : 0;
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_sys(err, errno, "read at offset %ju", (uintmax_t)file->at);
	if (want && got == 0)
		return error_set(err, PLIM_EFORMAT, "the file ends at offset %ju, %ju bytes early", (uintmax_t)file->at,
		                 (uintmax_t)file->left);
	file->at += (uint64_t)got;
	file->left -= (uint64_t)got;
	*piece = (struct slice){ file->window, (size_t)got };
	return 0;
}

static uint64_t
file_skip(struct stream *stream, uint64_t n)
{
	struct file_stream *file = (struct file_stream *)stream;
	uint64_t skipped = n < file->left ? n : file->left;
	file->at += skipped;
	file->left -= skipped;
	return skipped;
}

static void
plain_close(struct stream *stream)
{
	free(stream);
}

static const struct stream_ops file_ops = { .next = file_next, .skip = file_skip, .close = plain_close };

int
stream_of_file(int fd, uint64_t offset, uint64_t length, struct stream **out, struct plim_error *err)
{
	struct file_stream *file = malloc(sizeof *file);
	if (file == NULL)
		return error_nomem(err);
	file->stream.ops = &file_ops;
	file->fd = fd;
	file->at = offset;
	file->left = length;
	*out = &file->stream;
	return 0;
}

struct pipe_stream {
	struct stream stream;
	int fd;
	uint64_t at;
	char window[WINDOW_BYTES];
};

static int
pipe_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct pipe_stream *pipe = (struct pipe_stream *)stream;
	ssize_t got;
	do
		got = read(pipe->fd, pipe->window, WINDOW_BYTES);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_sys(err, errno, "read at offset %ju", (uintmax_t)pipe->at);
	pipe->at += (uint64_t)got;
	*piece = (struct slice){ pipe->window, (size_t)got };
	return 0;
}

static void
pipe_close(struct stream *stream)
{
	close(((struct pipe_stream *)stream)->fd);
	free(stream);
}

static const struct stream_ops pipe_ops = { .next = pipe_next, .close = pipe_close };

int
stream_of_pipe(int taken, struct stream **out, struct plim_error *err)
{
	AUTO(fd) int fd = taken;
	struct pipe_stream *pipe = malloc(sizeof *pipe);
	if (pipe == NULL)
		return error_nomem(err);
	pipe->stream.ops = &pipe_ops;
	pipe->fd = fd_take(&fd);
	pipe->at = 0;
	*out = &pipe->stream;
	return 0;
}

struct slice_stream {
	struct stream stream;
	struct slice left;
};

static int
slice_stream_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct slice_stream *memory = (struct slice_stream *)stream;
	(void)err;
	*piece = memory->left;
	memory->left = slice_from(memory->left, memory->left.n);
	return 0;
}

static const struct stream_ops slice_ops = { .next = slice_stream_next, .close = plain_close };

int
stream_of_slice(struct slice bytes, struct stream **out, struct plim_error *err)
{
	struct slice_stream *memory = malloc(sizeof *memory);
	if (memory == NULL)
		return error_nomem(err);
	*memory = (struct slice_stream){ { &slice_ops }, bytes };
	*out = &memory->stream;
	return 0;
}

struct tee_stream {
	struct stream stream;
	struct stream *below;
	struct hasher *hasher;
	uint64_t *count;
};

static int
tee_next(struct stream *stream, struct slice *piece, struct plim_error *err)
{
	struct tee_stream *tee = (struct tee_stream *)stream;
	int r = stream_next(tee->below, piece, err);
	if (r < 0)
		return r;
	if (tee->hasher)
		hasher_add(tee->hasher, *piece);
	if (tee->count)
		*tee->count += piece->n;
	return 0;
}

static void
tee_close(struct stream *stream)
{
	stream_close(((struct tee_stream *)stream)->below);
	free(stream);
}

static const struct stream_ops tee_ops = { .next = tee_next, .close = tee_close };

int
stream_tee(struct stream *below, struct hasher *hasher, uint64_t *count, struct stream **out, struct plim_error *err)
{
	struct tee_stream *tee = malloc(sizeof *tee);
	if (tee == NULL)
		return error_nomem(err);
	*tee = (struct tee_stream){ { &tee_ops }, below, hasher, count };
	*out = &tee->stream;
	return 0;
}

static const struct stream_ops borrow_ops = { .next = tee_next, .close = plain_close };

int
stream_borrow(struct stream *below, struct stream **out, struct plim_error *err)
{
	int r = stream_tee(below, NULL, NULL, out, err);
	if (r == 0)
		(*out)->ops = &borrow_ops;
	return r;
}

int
stream_read_all(struct stream *stream, uint64_t limit, char **out, size_t *out_size, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf all = { 0 };
	for (;;) {
		struct slice piece;
		int r = stream_next(stream, &piece, err);
		if (r < 0)
			return r;
		if (piece.n == 0)
			break;
		if (piece.n > limit - all.n)
			return error_set(err, PLIM_ELIMIT, "more than %ju bytes", (uintmax_t)limit);
		strbuf_put(&all, piece);
	}
	size_t size = all.n;
	char *bytes = strbuf_take(&all);
	if (bytes == NULL)
		return error_nomem(err);
	*out = bytes;
	*out_size = size;
	return 0;
}

int
stream_drain(struct stream *stream, struct plim_error *err)
{
	struct slice piece;
	int r;
	do
		r = stream_next(stream, &piece, err);
	while (r == 0 && piece.n > 0);
	return r;
}
