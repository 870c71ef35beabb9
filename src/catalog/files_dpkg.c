/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a deb has: info/NAME.list, and NAME.md5sums in status.d of distroless images. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

static int
add_file(struct slice package, struct slice file, uint32_t line, struct rows *rows, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FILE_FIELD_COUNT] = {
		[PACKAGE_FILE_TYPE] = SLICE("deb"), [PACKAGE_FILE_PACKAGE] = package, [PACKAGE_FILE_FILE] = file,
	};
	return rows_add(rows, ROW_PACKAGE_FILE, line, fields, PACKAGE_FILE_FIELD_COUNT, err);
}

/* "/." is the root, which is everybody's. */
static int
take_listed(struct slice package, struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	if (line.n == 0 || line.p[0] != '/')
		return rows_problem(rows, err, "line %u: no absolute path", number);
	return slice_is(line, "/.") ? 0 : add_file(package, line, number, rows, err);
}

/* "DIGEST  usr/bin/env", of files only. */
static int
take_summed(struct slice package, struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct slice sum, file;
	if (!slice_cut(line, ' ', &sum, &file) || !slice_skip(&file, SLICE(" ")) || file.n == 0)
		return rows_problem(rows, err, "line %u: no digest and path", number);
	strbuf_putc(&path, '/');
	strbuf_put(&path, file);
	return path.failed ? error_nomem(err) : add_file(package, strbuf_slice(&path), number, rows, err);
}

/* Packages of several architectures: "libc6:amd64.list". */
static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice name = path_base(path), architecture;
	bool summed = slice_skip_end(&name, SLICE(".md5sums"));
	if (!summed)
		slice_skip_end(&name, SLICE(".list"));
	slice_cut(name, ':', &name, &architecture);
	uint32_t number = 0;
	for (struct slice line; cursor_line(&in, &line);) {
		number++;
		int r = summed ? take_summed(name, line, number, rows, err) : take_listed(name, line, number, rows, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct cataloger cataloger_dpkg_files = {
	.name = "dpkg",
	.on_wish = true,
	.paths = (const char *const[]){ "var/lib/dpkg/info/*.list", "var/lib/dpkg/status.d/*.md5sums", NULL },
	.extract = extract,
};
