/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of bounded length out of one file after another, and the chain that they have to be. */
#include "store/log_read.h"

#include "base/error.h"
#include "base/limits.h"
#include "store/log_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define LOOK_AHEAD 65536

struct walk {
	const struct log_wanted *wanted;
	log_each_fn *each;
	void *context;
	struct log_state *state;
	struct plim_error *err;
	struct hasher *region;        /* of the last entry, and of what is behind it */
	bool region_empty;            /* nothing was there yet */
	uint64_t due;                 /* the number of the next entry; 0: any */
	bool last_file;               /* the one that is written to */
	/* Lines since the last entry that are none. */
	struct log_at torn;
	uint64_t torn_lines, torn_bytes;
	bool torn_open;               /* the last has no newline */
	char torn_why[256];
};

static void
break_at(struct walk *walk, const struct log_at *at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The first break counts. */
static void
break_at(struct walk *walk, const struct log_at *at, const char *format, ...)
{
	va_list args;
	if (walk->state->broken)
		return;
	walk->state->broken = true;
	walk->state->at = *at;
	va_start(args, format);
	vsnprintf(walk->state->why, sizeof walk->state->why, format, args);
	va_end(args);
}

static void
take_torn(struct walk *walk, const struct log_at *at, struct slice line, const char *why)
{
	if (walk->torn_lines++ == 0) {
		walk->torn = *at;
		walk->torn.number = walk->due;
		snprintf(walk->torn_why, sizeof walk->torn_why, "%.*s", (int)sizeof walk->torn_why - 1, why);
	}
	walk->torn_bytes += line.n;
	walk->torn_open = !slice_ends(line, SLICE("\n"));
	hasher_add(walk->region, line);
	walk->region_empty = false;
}

/* What the next entry has to say: nothing where nothing precedes. */
static bool
follows(struct walk *walk, const struct digest *previous)
{
	struct digest is = hasher_end(walk->region);
	if (!walk->region_empty)
		return digest_eq(&is, previous);
	return digest_eq(&walk->wanted->after, previous);
}

static void
check_entry(struct walk *walk, const struct log_at *at, const struct log_line *line)
{
	bool sound = follows(walk, &line->previous);
	bool due = walk->due == 0 || line->sequence == walk->due;
	if (walk->torn_lines && !(sound && due))
		break_at(walk, &walk->torn, "it is no entry: %s", walk->torn_why);
	else if (!due)
		break_at(walk, at, "entry %ju stands where entry %ju is due", (uintmax_t)line->sequence, (uintmax_t)walk->due);
	else if (!sound && walk->state->entries == 0)
		break_at(walk, at, walk->wanted->after.algorithm == DIGEST_NONE ? "it is the first here, and not the first of all: what precedes it is missing"
		                                                               : "it follows another entry than the one that is demanded");
	else if (!sound)
		break_at(walk, at, "it was written behind something else: entry %ju was changed, or something was taken out or put in before this one",
		         (uintmax_t)line->sequence - 1);
	walk->state->torn_lines += walk->torn_lines;
	walk->state->torn_bytes += walk->torn_bytes;
	walk->torn_lines = walk->torn_bytes = 0;
}

static int
take_entry(struct walk *walk, struct log_at *at, struct slice bytes, struct log_item *item)
{
	struct log_state *state = walk->state;
	item->hash = digest_of(bytes);
	at->number = walk->due ? walk->due : item->line.sequence;
	check_entry(walk, at, &item->line);
	hasher_add(walk->region, bytes);
	walk->region_empty = false;
	walk->due = item->line.sequence + 1;
	if (state->entries++ == 0)
		state->first = item->line.sequence;
	state->last = item->line.sequence;
	state->head = item->hash;
	if (walk->wanted->head.algorithm != DIGEST_NONE && digest_eq(&item->hash, &walk->wanted->head)) {
		state->head_found = true;
		state->head_number = item->line.sequence;
	}
	return walk->each ? walk->each(walk->context, item, walk->err) : 0;
}

/* What lacks only its newline will be an entry with the next one: it has to fit already. */
static void
check_unended(struct walk *walk, const struct log_at *at, struct slice bytes)
{
	AUTO(strbuf) struct strbuf ended = { 0 };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct log_line line;
	strbuf_put(&ended, bytes);
	strbuf_putc(&ended, '\n');
	if (walk->last_file && arena && !ended.failed && log_line_parse(strbuf_slice(&ended), arena, &line, NULL) == 0)
		check_entry(walk, at, &line);
}

static int
take_line(struct walk *walk, struct log_at *at, struct slice bytes, bool too_long)
{
	struct plim_error why = { 0 };
	struct log_item item = { 0 };
	if (too_long) {
		take_torn(walk, at, bytes, "it is longer than limit LOG_LINE_BYTES");
		return 0;
	}
	AUTO(arena) struct arena *arena = arena_new(0);
	int r = arena ? log_line_parse(bytes, arena, &item.line, &why) : PLIM_ENOMEM;
	if (r == PLIM_ENOMEM)
		return error_nomem(walk->err);
	if (r == 0)
		return take_entry(walk, at, bytes, &item);
	if (!slice_ends(bytes, SLICE("\n")))
		check_unended(walk, at, bytes);
	take_torn(walk, at, bytes, why.text);
	return 0;
}

/* What was never ended was torn; what has an end and is no entry was not written by us. */
static void
finish(struct walk *walk)
{
	struct log_state *state = walk->state;
	if (walk->torn_lines && !walk->torn_open)
		break_at(walk, &walk->torn, "it is no entry: %s", walk->torn_why);
	if (walk->torn_lines) {
		state->tail_bytes = walk->torn_bytes;
		state->tail = walk->torn;
	}
	if (walk->wanted->head.algorithm == DIGEST_NONE || state->head_found)
		return;
	struct log_at end = { .number = state->last + 1 };
	char text[DIGEST_TEXT_SIZE];
	break_at(walk, &end, "the entry that is demanded, %s, is not in it: the end was cut off, or it is another log",
	         digest_text(&walk->wanted->head, text));
}

/* files */

/* Bytes of a file that come as lines. */
struct lines {
	int fd;                       /* -1: all of it is in `text` */
	uint64_t size;                /* as far as it is read */
	uint64_t at;                  /* of the byte behind `text` */
	struct strbuf text;
	size_t taken;                 /* of it */
	bool inside;                  /* of a line whose beginning was too long */
};

static void
auto_lines(struct lines *lines)
{
	strbuf_done(&lines->text);
}

/* More of the file behind what is left; 0 at its end. */
static int
lines_fill(struct lines *lines, struct plim_error *err)
{
	if (lines->fd < 0 || lines->at >= lines->size)
		return 0;
	lines->text.n -= lines->taken;
	if (lines->taken)
		memmove(lines->text.p, lines->text.p + lines->taken, lines->text.n);
	lines->taken = 0;
	uint64_t left = lines->size - lines->at;
	char *into = strbuf_reserve(&lines->text, LOOK_AHEAD);
	if (into == NULL)
		return error_nomem(err);
	ssize_t got;
	do
		got = pread(lines->fd, into, left < LOOK_AHEAD ? (size_t)left : LOOK_AHEAD, (off_t)lines->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_sys(err, errno, "read at offset %ju", (uintmax_t)lines->at);
	/* Shorter than it was: somebody cut it off meanwhile. */
	if (got == 0)
		lines->size = lines->at;
	strbuf_added(&lines->text, (size_t)got);
	lines->at += (uint64_t)got;
	return got > 0;
}

static int
lines_take(struct lines *lines, struct slice line, bool ended, struct slice *out, bool *too_long)
{
	*too_long = lines->inside || line.n > LIMIT_LOG_LINE_BYTES;
	lines->inside = *too_long && !ended;
	lines->taken += line.n;
	*out = line;
	return 1;
}

/* 1 and the next line with its newline; what is too long comes in pieces, and what is cut off at the end without one.  0: no more. */
static int
lines_next(struct lines *lines, struct slice *out, bool *too_long, struct plim_error *err)
{
	for (size_t seen = 0;;) {
		struct slice left = slice_from(strbuf_slice(&lines->text), lines->taken);
		size_t end = slice_find(slice_from(left, seen), '\n');
		if (end != SIZE_MAX)
			return lines_take(lines, slice_first(left, seen + end + 1), true, out, too_long);
		if (left.n > LIMIT_LOG_LINE_BYTES)
			return lines_take(lines, left, false, out, too_long);
		seen = left.n;
		int r = lines_fill(lines, err);
		if (r < 0)
			return r;
		left = slice_from(strbuf_slice(&lines->text), lines->taken);
		if (r == 0)
			return left.n ? lines_take(lines, left, false, out, too_long) : 0;
	}
}

static int
walk_lines(struct walk *walk, struct lines *lines, const char *name)
{
	struct log_at at = { 0 };
	struct slice line;
	bool too_long;
	int r;
	struct slice base = path_base(slice_of(name));
	snprintf(at.file, sizeof at.file, "%.*s", SLICE_ARG(slice_first(base, sizeof at.file - 1)));
	walk->state->files++;
	while ((r = lines_next(lines, &line, &too_long, walk->err)) > 0) {
		at.number = walk->due;
		if ((r = take_line(walk, &at, line, too_long)) != 0)
			return r;
		at.offset += line.n;
	}
	return r;
}

static int
walk_segment(struct walk *walk, const char *path, uint32_t number)
{
	AUTO(fd) int fd = -1;
	AUTO(free) char *name = log_file_name(path, number);
	uint64_t size;
	if (name == NULL)
		return error_nomem(walk->err);
	int r = log_file_open(path, number, &fd, &size, walk->err);
	if (r < 0)
		return r;
	AUTO(lines) struct lines lines = { .fd = fd, .size = size };
	r = walk_lines(walk, &lines, name);
	return r < 0 ? error_wrap(walk->err, r, "%s", name) : r;
}

static int
walk_files(struct walk *walk, const char *path, const struct log_files *files)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < files->numbers.n; i++)
		r = walk_segment(walk, path, files->numbers.at[i]);
	if (r != 0 || files->fd < 0)
		return r;
	AUTO(lines) struct lines lines = { .fd = files->fd, .size = files->size };
	walk->last_file = true;
	r = walk_lines(walk, &lines, path);
	return r < 0 ? error_wrap(walk->err, r, "%s", path) : r;
}

static int
walk_begin(struct walk *walk, const struct log_wanted *wanted, struct log_state *state, struct plim_error *err)
{
	*state = (struct log_state){ 0 };
	*walk = (struct walk){ .wanted = wanted, .state = state, .err = err, .region = hasher_new(DIGEST_SHA256), .region_empty = true };
	walk->due = wanted->after.algorithm == DIGEST_NONE;
	return walk->region ? 0 : error_nomem(err);
}

int
log_walk(const char *path, const struct log_wanted *wanted, log_each_fn *each, void *context, struct log_state *out, struct plim_error *err)
{
	AUTO(log_files) struct log_files files = { .fd = -1 };
	struct walk walk;
	int r = log_files_open(path, &files, err);
	if (r < 0 || (r = walk_begin(&walk, wanted, out, err)) < 0)
		return r;
	walk.each = each;
	walk.context = context;
	if ((r = walk_files(&walk, path, &files)) == 0)
		finish(&walk);
	hasher_free(walk.region);
	return r;
}

int
log_walk_bytes(struct slice bytes, const struct log_wanted *wanted, log_each_fn *each, void *context, struct log_state *out,
               struct plim_error *err)
{
	AUTO(lines) struct lines lines = { .fd = -1 };
	struct walk walk;
	strbuf_put(&lines.text, bytes);
	int r = lines.text.failed ? error_nomem(err) : walk_begin(&walk, wanted, out, err);
	if (r < 0)
		return r;
	walk.each = each;
	walk.context = context;
	walk.last_file = true;
	if ((r = walk_lines(&walk, &lines, "log")) == 0)
		finish(&walk);
	hasher_free(walk.region);
	return r;
}
