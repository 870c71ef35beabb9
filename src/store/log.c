/* SPDX-License-Identifier: Apache-2.0 */
/* Appending: a turn, the last whole entry, one write behind it. */
#include "store/log.h"

#include "base/error.h"
#include "base/limits.h"
#include "store/atomic.h"
#include "store/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define LOOK_FIRST 65536
#define BEGINNING SLICE("{\"fields\":{")

/* What is at the end of a log. */
struct tail {
	uint64_t sequence;         /* of the last whole entry, 0: none */
	struct digest region;      /* of all that the next one stands behind; DIGEST_NONE: nothing */
	uint64_t size;             /* of the file */
	bool clean;                /* its last line is that entry */
	bool open;                 /* its last line has no newline */
};

/* The end of a file. */
struct window {
	struct strbuf text;
	bool whole;                /* it is all of the file */
};

static int
window_read(int fd, uint64_t size, uint64_t most, struct window *out, struct plim_error *err)
{
	uint64_t from = size > most ? size - most : 0;
	out->whole = from == 0;
	strbuf_clear(&out->text);
	while (from < size) {
		char *at = strbuf_reserve(&out->text, (size_t)(size - from));
		if (at == NULL)
			return error_nomem(err);
		ssize_t got = pread(fd, at, (size_t)(size - from), (off_t)from);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_sys(err, got < 0 ? errno : EIO, "read at offset %ju", (uintmax_t)from);
		strbuf_added(&out->text, (size_t)got);
		from += (uint64_t)got;
	}
	return 0;
}

static bool
is_entry(struct slice line, uint64_t *sequence)
{
	struct log_line parsed;
	/* A file of many short lines is not worth a parser each. */
	if (!slice_starts(line, BEGINNING) || line.n > LIMIT_LOG_LINE_BYTES)
		return false;
	AUTO(arena) struct arena *arena = arena_new(0);
	if (arena == NULL || log_line_parse(line, arena, &parsed, NULL) < 0)
		return false;
	*sequence = parsed.sequence;
	return true;
}

/* Where the last entry begins; false: there is none in the window. */
static bool
entry_last(const struct window *window, uint64_t *sequence, size_t *at)
{
	struct slice text = strbuf_slice(&window->text);
	for (size_t end = text.n; end > 0; end = *at) {
		*at = slice_find_last(slice_first(text, end - 1), '\n') + 1;
		if (*at == 0 && !window->whole)
			return false;
		if (is_entry((struct slice){ text.p + *at, end - *at }, sequence))
			return true;
	}
	return false;
}

/*
 * Looks further and further back; false with the window being all of the file: it has none.  `closing`: what ends without a newline will
 * get one, and may be an entry then.
 */
static int
find_entry(int fd, uint64_t size, bool closing, struct window *window, uint64_t *sequence, size_t *at, struct plim_error *err)
{
	for (uint64_t most = LOOK_FIRST;; most *= 4) {
		most = most < LIMIT_LOG_TAIL_BYTES ? most : LIMIT_LOG_TAIL_BYTES;
		int r = window_read(fd, size, most, window, err);
		if (r < 0)
			return r;
		if (closing && size && !slice_ends(strbuf_slice(&window->text), SLICE("\n")))
			strbuf_putc(&window->text, '\n');
		if (window->text.failed)
			return error_nomem(err);
		if (entry_last(window, sequence, at))
			return 1;
		if (window->whole)
			return 0;
		if (most == LIMIT_LOG_TAIL_BYTES)
			return error_set(err, PLIM_EFORMAT, "there is no entry at its end, within limit LOG_TAIL_BYTES");
	}
}

static void
auto_window(struct window *window)
{
	strbuf_done(&window->text);
}

/* The file has no entry yet: the last is in the segment before. */
static int
tail_before(const char *path, struct slice here, struct tail *tail, struct plim_error *err)
{
	AUTO(log_files) struct log_files files = { .fd = -1 };
	AUTO(window) struct window window = { 0 };
	AUTO(fd) int fd = -1;
	uint64_t size;
	size_t at = 0;
	int r = log_file_numbers(path, &files, err);
	if (r < 0)
		return r;
	if (files.numbers.n == 0) {
		if (!slice_starts(here, slice_first(BEGINNING, here.n ? here.n - 1 : 0)))
			return error_set(err, PLIM_EFORMAT, "it is no log");
		if (here.n)
			tail->region = digest_of(here);
		return 0;
	}
	uint32_t last = files.numbers.at[files.numbers.n - 1];
	if ((r = log_file_open(path, last, &fd, &size, err)) < 0 || (r = find_entry(fd, size, false, &window, &tail->sequence, &at, err)) < 0)
		return r;
	if (r == 0)
		return error_set(err, PLIM_EFORMAT, "there is no entry in the file before it, .%u", last);
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return error_nomem(err);
	hasher_add(hasher, slice_from(strbuf_slice(&window.text), at));
	hasher_add(hasher, here);
	tail->region = hasher_end(hasher);
	return 0;
}

static int
tail_find(const char *path, int fd, struct tail *tail, struct plim_error *err)
{
	AUTO(window) struct window window = { 0 };
	struct stat st;
	size_t at = 0;
	char last = '\n';
	*tail = (struct tail){ 0 };
	if (fstat(fd, &st) < 0)
		return error_sys(err, errno, "its size");
	tail->size = (uint64_t)st.st_size;
	if (tail->size && pread(fd, &last, 1, st.st_size - 1) != 1)
		return error_sys(err, errno, "its last byte");
	tail->open = last != '\n';
	int r = find_entry(fd, tail->size, true, &window, &tail->sequence, &at, err);
	if (r < 0)
		return r;
	struct slice text = strbuf_slice(&window.text), region = slice_from(text, at);
	if (r == 0)
		return tail_before(path, text, tail, err);
	tail->region = digest_of(region);
	tail->clean = !tail->open && slice_find(region, '\n') == region.n - 1;
	return 0;
}

static int
lines_make(const struct tail *tail, const struct log_entry *entries, size_t count, struct strbuf *into, struct plim_error *err)
{
	struct log_line line = { .sequence = tail->sequence, .time = (int64_t)time(NULL), .previous = tail->region };
	if (tail->open)
		strbuf_putc(into, '\n');
	for (size_t i = 0; i < count; i++) {
		size_t begins = into->n;
		line.sequence++;
		line.entry = entries[i];
		int r = log_line_write(&line, into, err);
		if (r < 0)
			return r;
		struct slice text = slice_from(strbuf_slice(into), begins);
		if (text.n > LIMIT_LOG_LINE_BYTES)
			return error_set(err, PLIM_ELIMIT, "an entry of %zu bytes, limit LOG_LINE_BYTES", text.n);
		line.previous = digest_of(text);
	}
	return line.sequence > LOG_SEQUENCE_MOST ? error_set(err, PLIM_ELIMIT, "its numbers are used up") : 0;
}

/* A file that another process would overwrite, or one that cannot be renamed, is no reason to lose the entry: it goes on where it is. */
static bool
set_aside(const char *path)
{
	AUTO(log_files) struct log_files files = { .fd = -1 };
	if (log_file_numbers(path, &files, NULL) < 0 || files.numbers.n >= LIMIT_LOG_SEGMENT_COUNT)
		return false;
	AUTO(free) char *name = log_file_name(path, files.numbers.n ? files.numbers.at[files.numbers.n - 1] + 1 : 1);
	if (name == NULL)
		return false;
	if (renameat2(AT_FDCWD, path, AT_FDCWD, name, RENAME_NOREPLACE) == 0)
		return true;
	return errno == EINVAL && access(name, F_OK) < 0 && rename(path, name) == 0;
}

/* Beyond the limit of a file's size there is a signal that kills, and an error only for who does not take it. */
static ssize_t
write_some(int fd, struct slice text)
{
	sigset_t beyond, before;
	sigemptyset(&beyond);
	sigaddset(&beyond, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &beyond, &before);
	ssize_t wrote = write(fd, text.p, text.n);
	int number = errno;
	if (wrote < 0 && number == EFBIG)
		sigtimedwait(&beyond, NULL, &(struct timespec){ 0 });
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = number;
	return wrote;
}

/* What could not be written whole is taken back, if nobody else wrote behind it; a file that may only grow keeps it as a torn line. */
static int
write_whole(int fd, uint64_t end, struct slice text, struct plim_error *err)
{
	struct slice left = text;
	while (left.n) {
		ssize_t wrote = write_some(fd, left);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			int number = errno;
			struct stat st;
			if (fstat(fd, &st) == 0 && (uint64_t)st.st_size == end + (text.n - left.n) && ftruncate(fd, (off_t)end) < 0)
				return error_sys(err, number, "%zu of %zu bytes were written", text.n - left.n, text.n);
			return error_sys(err, number, "nothing was written");
		}
		left = slice_from(left, (size_t)wrote);
	}
	return 0;
}

static int
sync_directory(const char *path)
{
	struct slice dir = path_dir(slice_of(path));
	AUTO(free) char *name = slice_dup(dir.p == NULL ? SLICE(".") : dir.n == 0 ? SLICE("/") : dir);
	AUTO(fd) int fd = name ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	return fd < 0 || (fsync(fd) < 0 && errno != EINVAL) ? -1 : 0;
}

/* 1: the file was full and is renamed; a turn at the next one is needed. */
static int
append_once(const char *path, const struct log_entry *entries, size_t count, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(fd) int fd = -1;
	struct tail tail;
	int r = log_file_turn(path, &fd, err);
	if (r < 0)
		return r;
	if ((r = tail_find(path, fd, &tail, err)) < 0 || (r = lines_make(&tail, entries, count, &text, err)) < 0)
		return error_wrap(err, r, "%s", path);
	if (tail.clean && tail.size + text.n > LIMIT_LOG_SEGMENT_BYTES && set_aside(path))
		return 1;
	if ((r = write_whole(fd, tail.size, strbuf_slice(&text), err)) < 0)
		return error_wrap(err, r, "%s", path);
	/* Others may go on while the disk works: to sync one entry is to sync all before it. */
	flock(fd, LOCK_UN);
	if (fdatasync(fd) < 0 || (tail.size == 0 && sync_directory(path) < 0))
		return error_sys(err, errno, "%s", path);
	return 0;
}

int
log_append(const char *path, const struct log_entry *entries, size_t count, struct plim_error *err)
{
	int r = append_once(path, entries, count, err);
	/* The next file is empty, unless others have filled it meanwhile. */
	for (int i = 0; r == 1 && i < 100; i++)
		r = append_once(path, entries, count, err);
	return r == 1 ? error_set(err, PLIM_ESYSTEM, "%s is full each time", path) : r;
}

/* where */

void
auto_log_place(struct log_place *place)
{
	free(place->path);
}

static int
place_set(struct log_place *out, const char *directory, const char *below, bool asked, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	strbuf_puts(&path, directory);
	strbuf_puts(&path, below);
	*out = (struct log_place){ strbuf_take(&path), asked };
	return out->path ? 0 : error_nomem(err);
}

int
log_place_find(const char *chosen, struct log_place *out, struct plim_error *err)
{
	const char *named = chosen ? chosen : getenv("PLIMSOLL_LOG");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	*out = (struct log_place){ 0 };
	if (chosen && !*chosen)
		return error_set(err, PLIM_EUSAGE, "the log's name is empty");
	if (named && *named)
		return place_set(out, named, "", true, err);
	if (state && state[0] == '/')
		return place_set(out, state, "/plimsoll/log", false, err);
	return home && home[0] == '/' ? place_set(out, home, "/.local/state/plimsoll/log", false, err) : 0;
}

static int
make_directory(const char *path, struct plim_error *err)
{
	AUTO(free) char *directory = slice_dup(path_dir(slice_of(path)));
	return directory ? directory_make(directory, err) : error_nomem(err);
}

int
log_record(const struct log_place *place, const struct log_entry *entries, size_t count, FILE *warnings, struct plim_error *err)
{
	struct plim_error cause = { 0 };
	if (place->path == NULL || count == 0)
		return 0;
	int r = place->asked ? 0 : make_directory(place->path, &cause);
	if (r == 0)
		r = log_append(place->path, entries, count, &cause);
	if (r < 0 && place->asked) {
		if (err)
			*err = cause;
		return error_wrap(err, r, "the log");
	}
	if (r < 0 && warnings)
		fprintf(warnings, "warning: this is not in the log: %s\n", cause.text);
	return 0;
}
