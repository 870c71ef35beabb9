/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing a line over itself: what belongs there is computed from what a run tells and from a time, what knows of terminals and clocks is below. */
#include "cli/progress.h"

#include "base/auto.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 1000
#define REDRAW_MS 100

/* A line of this width may lack its end, but says something. */
#define COLUMNS_LEAST 16

static const struct {
	const char *text;
	const char *unit;          /* of what is counted */
} stages[] = {
	[PLIM_STAGE_OPENING] = { "opening the image", "" },
	[PLIM_STAGE_PREPARING] = { "preparing to judge", "" },
	[PLIM_STAGE_LAYERS] = { "reading layers", "layers" },
	[PLIM_STAGE_TREE] = { "reading the tree", "" },
	[PLIM_STAGE_JUDGING] = { "judging", "images" },
	[PLIM_STAGE_FEEDS] = { "reading feeds", "files" },
	[PLIM_STAGE_FETCHING] = { "fetching feeds", "files" },
	[PLIM_STAGE_COMPILING] = { "compiling the database", "" },
	[PLIM_STAGE_VERDICT] = { "reading the verdict", "" },
	[PLIM_STAGE_SCANNING] = { "asking oscap", "" },
};

/* 812 kB, 1.5 GB. */
static void
put_bytes(struct strbuf *text, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double shown = (double)bytes;
	size_t unit = 0;
	for (; shown >= 999.5; unit++)
		shown /= 1000;
	strbuf_printf(text, unit && shown < 9.95 ? "%.1f %s" : "%.0f %s", shown, units[unit]);
}

/* A piece that does not fit is left out, and what comes behind may. */
static void
put_piece(struct strbuf *line, const struct strbuf *piece, size_t columns)
{
	size_t gap = line->n ? 2 : 0;
	if (piece->n == 0 || line->n + gap + piece->n > columns)
		return;
	strbuf_fill(line, ' ', gap);
	strbuf_put(line, strbuf_slice(piece));
}

static void
say_part(struct strbuf *text, const struct plim_progress *now)
{
	/* Sizes are claims until all has been read. */
	if (now->bytes_total && now->bytes <= now->bytes_total)
		strbuf_printf(text, "%u %%", (unsigned)((double)now->bytes * 100 / (double)now->bytes_total));
}

static void
say_bytes(struct strbuf *text, const struct plim_progress *now)
{
	if (now->bytes == 0 && now->bytes_total == 0)
		return;
	put_bytes(text, now->bytes);
	if (now->bytes_total) {
		strbuf_puts(text, " of ");
		put_bytes(text, now->bytes_total);
	}
}

static void
say_count(struct strbuf *text, const struct plim_progress *now)
{
	if (now->done || now->total)
		strbuf_printf(text, "%zu ", now->done);
	if (now->total)
		strbuf_printf(text, "of %zu ", now->total);
	if (text->n)
		strbuf_puts(text, stages[now->stage].unit);
}

static void (*const pieces[])(struct strbuf *text, const struct plim_progress *now) = { say_part, say_bytes, say_count };

/* Nobody knows here how wide a letter outside ASCII is on this terminal: two columns are enough for any. */
static void
put_name(struct strbuf *line, struct slice name, size_t columns)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, slice_first(name, 4 * columns));
	size_t room = columns > line->n + 2 ? columns - line->n - 2 : 0, width = 0, n = 0;
	if (shown.n == 0 || room < 8)
		return;
	for (; n < shown.n; n++) {
		unsigned char c = (unsigned char)shown.p[n];
		width += c < 0x80 ? 1 : c >= 0xc0 ? 2 : 0;
		if (width > room)
			break;
	}
	strbuf_puts(line, "  ");
	strbuf_put(line, slice_first(strbuf_slice(&shown), n));
}

static void
put_line(const struct plim_progress *now, int64_t seconds, size_t columns, struct strbuf *out)
{
	AUTO(strbuf) struct strbuf line = { 0 };
	AUTO(strbuf) struct strbuf piece = { 0 };
	strbuf_put(&line, slice_first(slice_of(stages[now->stage].text), columns));
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		strbuf_clear(&piece);
		pieces[i](&piece, now);
		put_piece(&line, &piece, columns);
	}
	strbuf_clear(&piece);
	strbuf_printf(&piece, "%lld s", (long long)seconds);
	put_piece(&line, &piece, columns);
	if (now->name)
		put_name(&line, (struct slice){ now->name, now->name_size }, columns);
	strbuf_put(out, strbuf_slice(&line));
}

void
progress_step(struct progress *progress, const struct plim_progress *now, int64_t at, unsigned columns, struct strbuf *out)
{
	bool is_shown = progress->stage != PLIM_STAGE_NONE;
	bool ends = now->stage == PLIM_STAGE_NONE || columns < COLUMNS_LEAST;
	if (ends && is_shown)
		strbuf_puts(out, "\r\x1b[K");
	if (ends)
		progress->stage = PLIM_STAGE_NONE;
	if (ends || at - progress->begun < QUIET_MS || (progress->stage == now->stage && at - progress->drawn < REDRAW_MS))
		return;
	/* Never the last column: a terminal would go on to the next line. */
	strbuf_putc(out, '\r');
	put_line(now, (at - progress->begun) / 1000, columns - 1, out);
	strbuf_puts(out, "\x1b[K");
	progress->drawn = at;
	progress->stage = now->stage;
}

/* The terminal. */

static int64_t
milliseconds(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static unsigned
columns_of(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* In the background a line would be written over whatever is in front, or stop this process. */
static bool
is_in_front(int fd)
{
	pid_t front = tcgetpgrp(fd);
	return front < 0 || front == getpgrp();
}

static void
draw(void *context, const struct plim_progress *now)
{
	AUTO(strbuf) struct strbuf out = { 0 };
	struct progress *progress = context;
	progress_step(progress, now, milliseconds(), columns_of(STDERR_FILENO), &out);
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };
	/* What a terminal does not take, stopped by its user, is not worth waiting for. */
	bool takes = out.n && !out.failed && is_in_front(STDERR_FILENO) && poll(&terminal, 1, 0) > 0 && (terminal.revents & POLLOUT);
	if (takes && write(STDERR_FILENO, out.p, out.n) < 0)
		return;
}

/* A terminal that can go back in a line, and no pipeline's log that only looks like one. */
static bool
is_watched(void)
{
	const char *term = getenv("TERM"), *ci = getenv("CI");
	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0 && !(ci && *ci && strcmp(ci, "false") != 0);
}

void
progress_watch(struct progress *progress, struct plim_run_options *run)
{
	*progress = (struct progress){ .begun = milliseconds() };
	if (!is_watched())
		return;
	run->on_progress = draw;
	run->progress_context = progress;
}
