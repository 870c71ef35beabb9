/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an Alpine package has: the lines F (directory) and R (file in it) of the installed database. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

struct place {
	struct slice package, directory;
	struct strbuf path;
};

static void
auto_place(struct place *place)
{
	strbuf_done(&place->path);
}

static int
add_file(struct place *place, struct slice name, uint32_t line, struct rows *rows, struct plim_error *err)
{
	strbuf_clear(&place->path);
	strbuf_puts(&place->path, "/");
	strbuf_put(&place->path, place->directory);
	strbuf_puts(&place->path, place->directory.n && name.n ? "/" : "");
	strbuf_put(&place->path, name);
	const struct slice fields[PACKAGE_FILE_FIELD_COUNT] = {
		[PACKAGE_FILE_TYPE] = SLICE("apk"), [PACKAGE_FILE_PACKAGE] = place->package, [PACKAGE_FILE_FILE] = strbuf_slice(&place->path),
	};
	return place->path.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE_FILE, line, fields, PACKAGE_FILE_FIELD_COUNT, err);
}

/* What is no field at all, the cataloger of packages tells. */
static int
take_line(struct place *place, struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	struct slice value = slice_from(line, 2);
	if (line.n < 2 || line.p[1] != ':')
		return 0;
	switch (line.p[0]) {
	case 'P':
		place->package = value;
		return 0;
	case 'F':
		place->directory = value;
		return value.n ? add_file(place, SLICE(""), number, rows, err) : 0;
	case 'R':
		return add_file(place, value, number, rows, err);
	default:
		return 0;
	}
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	AUTO(place) struct place place = { 0 };
	uint32_t number = 0;
	(void)path;
	for (struct slice line; cursor_line(&in, &line);) {
		number++;
		if (line.n == 0)
			place.package = place.directory = SLICE_NONE;
		int r = take_line(&place, line, number, rows, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct cataloger cataloger_apk_files = {
	.name = "apk",
	.on_wish = true,
	.paths = (const char *const[]){ "lib/apk/db/installed", "usr/lib/apk/db/installed", NULL },
	.extract = extract,
};
