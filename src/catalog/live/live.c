/* SPDX-License-Identifier: Apache-2.0 */
/* The files of proc, one reader after another. */
#include "catalog/live/inside.h"

#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)16 << 10)

/* proc gives no lengths. */
int
live_file_read(int directory, const char *path, struct strbuf *out)
{
	strbuf_clear(out);
	AUTO(fd) int fd = openat(directory, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return errno;
	for (;;) {
		char *at = strbuf_reserve(out, PIECE_BYTES);
		if (at == NULL)
			return ENOMEM;
		ssize_t got = read(fd, at, PIECE_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? errno : 0;
		strbuf_added(out, (size_t)got);
		if (out->n > LIMIT_LIVE_BYTES)
			return EFBIG;
	}
}

int
live_file(struct live_reading *reading, int directory, const char *path)
{
	return live_file_read(directory, path, &reading->text);
}

int
live_row(struct live_reading *reading, enum live_kind kind, const struct slice *fields, size_t n, struct plim_error *err)
{
	return block_add_row(reading->into, (uint16_t)kind, 0, 0, fields, n, err);
}

int
live_problem(struct live_reading *reading, const char *table, struct plim_error *err, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return block_add_problem(reading->into, 0, slice_of(table), slice_of(text), err);
}

int
live_unread(struct live_reading *reading, const char *table, const char *path, int number, struct plim_error *err)
{
	struct plim_error why = { 0 };
	error_sys(&why, number, "/proc/%s", path);
	return live_problem(reading, table, err, "%s", why.text);
}

struct slice
live_decimal(struct live_number *room, uint64_t number)
{
	int n = snprintf(room->text, sizeof room->text, "%ju", (uintmax_t)number);
	return (struct slice){ room->text, (size_t)n };
}

struct slice
live_value(struct slice text, const char *name)
{
	struct slice line;
	while (slice_next(&text, '\n', &line))
		if (slice_skip(&line, slice_of(name)) && slice_skip(&line, SLICE(":")))
			return slice_trim(line);
	return SLICE_NONE;
}

int
live_collect(int proc, const struct live_links *links, struct block_builder *into, struct plim_error *err)
{
	static live_reader *const readers[] = {
		live_processes, live_sockets, live_kernel, live_modules, live_mounts, live_system_controls, live_uptime, live_system,
	};
	struct live_reading reading = { .proc = proc, .links = links, .into = into };
	const struct entry root = { .path = SLICE(""), .type = ENTRY_DIRECTORY, .mode = 0755 };
	int r = block_add_entry(into, &root, NULL, err);
	for (size_t i = 0; r == 0 && i < sizeof readers / sizeof *readers; i++)
		r = readers[i](&reading, err);
	strbuf_done(&reading.text);
	return r;
}
