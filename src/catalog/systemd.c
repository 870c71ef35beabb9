/* SPDX-License-Identifier: Apache-2.0 */
/* Unit files, drop-ins and settings of systemd's programs: systemd.syntax(7). */
#include "catalog/systemd.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/config_lines.h"

const char *const systemd_places[SYSTEMD_PLACE_COUNT] = { "etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd", "lib/systemd" };

bool
is_unit_name(struct slice name)
{
	static const char *const types[] = { "service", "socket", "target", "device", "mount", "automount", "swap", "timer", "path", "slice", "scope" };
	struct slice prefix, type;
	if (!slice_cut_last(name, '.', &prefix, &type) || prefix.n == 0)
		return false;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (slice_is(type, types[i]))
			return true;
	return false;
}

struct systemd_reader {
	struct cursor in;
	struct rows *rows;
	uint32_t read;             /* lines so far */
	struct strbuf joined, section, value;
};

static void
auto_systemd_reader(struct systemd_reader *reader)
{
	strbuf_done(&reader->joined);
	strbuf_done(&reader->section);
	strbuf_done(&reader->value);
}

/* The last backslash counts only where none takes its meaning. */
static bool
continues(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[line.n - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

/* One line with what continues it; comments between its parts are left out.  False at the end. */
static bool
joined_next(struct systemd_reader *reader, uint32_t *number)
{
	bool more = false;
	strbuf_clear(&reader->joined);
	for (struct slice line; cursor_line(&reader->in, &line);) {
		reader->read++;
		while (line.n && strchr(" \t\r", line.p[0]))
			line = slice_from(line, 1);
		if (line.n && strchr("#;", line.p[0]))
			continue;
		if (!more)
			*number = reader->read;
		more = continues(line);
		strbuf_put(&reader->joined, more ? slice_first(line, line.n - 1) : line);
		if (!more)
			return true;
		strbuf_putc(&reader->joined, ' ');
	}
	return more;
}

static int
add(struct systemd_reader *reader, struct slice key, struct slice value, uint32_t number, struct plim_error *err)
{
	strbuf_clear(&reader->value);
	config_put_uri(&reader->value, value);
	struct slice fields[] = {
		[SYSTEMD_SECTION] = strbuf_slice(&reader->section), [SYSTEMD_KEY] = key, [SYSTEMD_VALUE] = value.p ? strbuf_slice(&reader->value) : SLICE_NONE,
	};
	if (reader->section.failed || reader->joined.failed || reader->value.failed)
		return error_nomem(err);
	return rows_add(reader->rows, ROW_SYSTEMD, number, fields, SYSTEMD_FIELD_COUNT, err);
}

/* 1: systemd reads no further.  It passes over lines without =, and over assignments before the first section. */
static int
take_line(struct systemd_reader *reader, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice key, value;
	bool section = slice_skip(&line, SLICE("["));
	if ((section && !slice_skip_end(&line, SLICE("]"))) || !slice_is_utf8(line)) {
		int r = add(reader, SLICE_NONE, SLICE_NONE, number, err);
		return r < 0 ? r : 1;
	}
	if (section) {
		strbuf_clear(&reader->section);
		strbuf_put(&reader->section, line);
		return 0;
	}
	if (reader->section.n == 0 || !slice_cut(line, '=', &key, &value))
		return 0;
	value = slice_trim(value);
	return add(reader, slice_trim(key), value.p ? value : SLICE(""), number, err);
}

static bool
is_settings_name(struct slice path)
{
	return is_unit_name(path_base(path)) || slice_ends(path, SLICE(".conf"));
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	slice_skip(&body, SLICE("\xef\xbb\xbf"));
	AUTO(systemd_reader) struct systemd_reader reader = { .in = cursor_of(body), .rows = rows };
	uint32_t number = 0;
	int r = 0;
	if (!is_settings_name(path))
		return 0;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	while (r == 0 && joined_next(&reader, &number))
		r = take_line(&reader, slice_trim(strbuf_slice(&reader.joined)), number, err);
	return r < 0 ? r : reader.joined.failed ? error_nomem(err) : 0;
}

#define PLACE(place)                                                                                                       \
	place "/*.conf", place "/*.conf.d/*.conf", place "/system/*", place "/user/*", place "/system/*.d/*.conf", place "/user/*.d/*.conf"

const struct cataloger cataloger_systemd = {
	.name = "systemd",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ PLACE("etc/systemd"), PLACE("run/systemd"), PLACE("usr/local/lib/systemd"), PLACE("usr/lib/systemd"),
	                                PLACE("lib/systemd"), NULL },
	.extract = extract,
};
