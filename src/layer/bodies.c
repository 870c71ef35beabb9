/* SPDX-License-Identifier: Apache-2.0 */
/* The file of bodies: records of twelve bytes, and the bytes between them. */
#include "layer/bodies.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { BLOB = 1, BEGIN, BYTES, ZEROS, END };

#define RECORD_BYTES 12
#define COPY_BYTES   ((size_t)256 << 10)

/* writing */

static void
put_record(char *at, enum kind kind, uint64_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)((uint32_t)kind >> (8 * i));
	for (int i = 0; i < 8; i++)
		at[4 + i] = (char)(number >> (8 * i));
}

static int
write_all(struct bodies *bodies, const char *p, size_t n, struct plim_error *err)
{
	if (n > LIMIT_WORKER_ANSWER_BYTES - bodies->size)
		return error_set(err, PLIM_ELIMIT, "more bytes of files than limit WORKER_ANSWER_BYTES (%" PRIu64 ")", LIMIT_WORKER_ANSWER_BYTES);
	bodies->size += n;
	while (n) {
		ssize_t done = write(bodies->fd, p, n);
		if (done < 0 && errno != EINTR)
			return error_sys(err, errno, "write");
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

static int
write_record(struct bodies *bodies, enum kind kind, uint64_t number, struct plim_error *err)
{
	char record[RECORD_BYTES];
	put_record(record, kind, number);
	return write_all(bodies, record, sizeof record, err);
}

int
bodies_blob(struct bodies *bodies, uint64_t blob, struct plim_error *err)
{
	return write_record(bodies, BLOB, blob, err);
}

int
bodies_begin(struct bodies *bodies, struct plim_error *err)
{
	return write_record(bodies, BEGIN, 0, err);
}

static bool
is_zeros(struct slice piece)
{
	return piece.p[0] == 0 && memcmp(piece.p, piece.p + 1, piece.n - 1) == 0;
}

int
bodies_add(struct bodies *bodies, struct slice piece, struct plim_error *err)
{
	if (piece.n == 0)
		return 0;
	if (is_zeros(piece))
		return write_record(bodies, ZEROS, piece.n, err);
	int r = write_record(bodies, BYTES, piece.n, err);
	return r < 0 ? r : write_all(bodies, piece.p, piece.n, err);
}

int
bodies_end(struct bodies *bodies, uint32_t entry, struct plim_error *err)
{
	return write_record(bodies, END, entry, err);
}

/* reading */

void
body_places_done(struct body_places *places)
{
	vec_done(&places->list);
}

static int
read_all(int fd, char *into, size_t n, uint64_t at, struct plim_error *err)
{
	for (size_t have = 0; have < n;) {
		ssize_t done = pread(fd, into + have, n - have, (off_t)(at + have));
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? error_sys(err, errno, "read") : error_set(err, PLIM_EFORMAT, "offset %" PRIu64 ": the file of bodies ends within a record", at);
		have += (size_t)done;
	}
	return 0;
}

/* `*at` moves behind the record and its bytes; where these begin goes to `*bytes`. */
static int
read_record(int fd, uint64_t size, uint64_t *at, uint32_t *kind, uint64_t *number, uint64_t *bytes, struct plim_error *err)
{
	char record[RECORD_BYTES];
	int r = read_all(fd, record, sizeof record, *at, err);
	if (r < 0)
		return r;
	struct cursor from = cursor_of((struct slice){ record, sizeof record });
	*kind = cursor_u32le(&from);
	*number = cursor_u64le(&from);
	*bytes = *at + RECORD_BYTES;
	if (*kind < BLOB || *kind > END || (*kind == BYTES && *number > size - *bytes))
		return error_set(err, PLIM_EFORMAT, "offset %" PRIu64 ": a record of bodies that there is not", *at);
	*at = *bytes + (*kind == BYTES ? *number : 0);
	return 0;
}

int
body_places_add(struct body_places *places, int fd, uint64_t blob, struct plim_error *err)
{
	off_t end = lseek(fd, 0, SEEK_END);
	uint64_t size = end > 0 ? (uint64_t)end : 0, at = 0, number, bytes, told = blob, begun = UINT64_MAX;
	uint32_t kind;
	while (at < size) {
		int r = read_record(fd, size, &at, &kind, &number, &bytes, err);
		if (r < 0)
			return r;
		if (kind == BLOB && blob == UINT64_MAX)
			told = number;
		if (kind == BEGIN)
			begun = bytes;
		if (kind != END || begun == UINT64_MAX)
			continue;
		struct body_place *place = vec_push(&places->list);
		if (place == NULL)
			return error_nomem(err);
		*place = (struct body_place){ told, (uint32_t)number, fd, begun };
		begun = UINT64_MAX;
	}
	return 0;
}

static int
place_cmp(const void *left, const void *right)
{
	const struct body_place *a = left, *b = right;
	int blobs = (a->blob > b->blob) - (a->blob < b->blob);
	return blobs ? blobs : (a->entry > b->entry) - (a->entry < b->entry);
}

void
body_places_sort(struct body_places *places)
{
	if (places->list.n)
		qsort(places->list.at, places->list.n, sizeof *places->list.at, place_cmp);
}

const struct body_place *
body_place_find(const struct body_places *places, uint64_t blob, uint32_t entry)
{
	struct body_place wanted = { .blob = blob, .entry = entry };
	return places->list.n ? bsearch(&wanted, places->list.at, places->list.n, sizeof wanted, place_cmp) : NULL;
}

static int
copy_bytes(int from, uint64_t at, uint64_t n, int into, struct plim_error *err)
{
	off_t where = (off_t)at;
	while (n) {
		ssize_t done = copy_file_range(from, &where, into, NULL, n < COPY_BYTES ? n : COPY_BYTES, 0);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return error_sys(err, done < 0 ? errno : EIO, "write");
		n -= (uint64_t)done;
	}
	return 0;
}

int
body_copy(const struct body_place *place, int into, uint64_t *left, struct plim_error *err)
{
	off_t end = lseek(place->fd, 0, SEEK_END);
	uint64_t size = end > 0 ? (uint64_t)end : 0, at = place->at, number, bytes, length = 0;
	uint32_t kind;
	for (;;) {
		int r = read_record(place->fd, size, &at, &kind, &number, &bytes, err);
		if (r < 0)
			return r;
		if (kind == END)
			return ftruncate(into, (off_t)length) < 0 ? error_sys(err, errno, "write") : 0;
		if (kind != BYTES && kind != ZEROS)
			return error_set(err, PLIM_EFORMAT, "offset %" PRIu64 ": a body without end", at);
		if ((kind == BYTES && number > *left) || __builtin_add_overflow(length, number, &length) || length > INT64_MAX)
			return error_set(err, PLIM_ELIMIT, "more than limit SCAN_TREE_BYTES (%" PRIu64 ")", LIMIT_SCAN_TREE_BYTES);
		*left -= kind == BYTES ? number : 0;
		if (kind == ZEROS && lseek(into, (off_t)length, SEEK_SET) < 0)
			return error_sys(err, errno, "write");
		if (kind == BYTES && (r = copy_bytes(place->fd, bytes, number, into, err)) < 0)
			return r;
	}
}
