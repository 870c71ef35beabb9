/* SPDX-License-Identifier: Apache-2.0 */
/* What rpm said of an image's packages before its database was removed: distroless images of Azure Linux keep it so, a line each, with tabs. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

enum column { COLUMN_NAME, COLUMN_VERSION, COLUMN_INSTALLED, COLUMN_BUILT, COLUMN_VENDOR, COLUMN_EPOCH, COLUMN_SIZE, COLUMN_ARCH, COLUMN_EPOCH_NUMBER,
              COLUMN_SOURCE, COLUMN_COUNT };

/* rpm's word for what a header does not have. */
static struct slice
value(struct slice text)
{
	return slice_is(text, "(none)") ? SLICE_NONE : text;
}

/* "zlib-1.2.13-1.cm2.src.rpm" is zlib in 1.2.13-1.cm2. */
static void
put_source(struct slice file, struct slice *fields)
{
	struct slice rest, release, version;
	if (!slice_skip_end(&file, SLICE(".src.rpm")) || !slice_cut_last(file, '-', &rest, &release) || !slice_cut_last(rest, '-', &rest, &version) ||
	    rest.n == 0)
		return;
	fields[PACKAGE_SOURCE] = rest;
	fields[PACKAGE_SOURCE_VERSION] = slice_from(file, rest.n + 1);
}

static int
add_package(const struct slice *columns, uint32_t line, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf version = { 0 };
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("rpm"), [PACKAGE_NAME] = columns[COLUMN_NAME], [PACKAGE_EPOCH] = value(columns[COLUMN_EPOCH]),
		[PACKAGE_ARCH] = value(columns[COLUMN_ARCH]), [PACKAGE_VENDOR] = value(columns[COLUMN_VENDOR]), [PACKAGE_SOURCE] = columns[COLUMN_NAME],
	};
	if (fields[PACKAGE_EPOCH].n) {
		strbuf_put(&version, fields[PACKAGE_EPOCH]);
		strbuf_putc(&version, ':');
	}
	strbuf_put(&version, columns[COLUMN_VERSION]);
	fields[PACKAGE_VERSION] = fields[PACKAGE_SOURCE_VERSION] = strbuf_slice(&version);
	put_source(columns[COLUMN_SOURCE], fields);
	return version.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_line(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	struct slice columns[COLUMN_COUNT];
	size_t n = 0;
	for (struct slice rest = line, column; slice_next(&rest, '\t', &column); n++)
		if (n < COLUMN_COUNT)
			columns[n] = column;
	if (n != COLUMN_COUNT || columns[COLUMN_NAME].n == 0 || slice_find(columns[COLUMN_VERSION], '-') == SIZE_MAX)
		return rows_problem(rows, err, "line %u: no package of %d columns", number, COLUMN_COUNT);
	return add_package(columns, number, rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	int r = 0;
	(void)path;
	if (slice_trim(body).n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the list of packages is empty");
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		if (line.n)
			r = take_line(line, number, rows, err);
	}
	return r;
}

/* Its sibling container-manifest-1 has the same packages with less of each. */
const struct cataloger cataloger_rpm_manifest = {
	.name = "rpm-manifest",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/lib/rpmmanifest/container-manifest-2", NULL },
	.roots = (const char *const[]){ "var/lib/rpmmanifest/container-manifest-2", NULL },
	.extract = extract,
};
