/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Toolchains of Go, by the VERSION at their root ("go1.22.5", its time on the next line): the package `toolchain`, as Go's own
 * advisories call what is wrong with the command go.  Many other things have a file of that name.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/strbuf.h"

static const char *const paths[] = { "**/VERSION", "VERSION", NULL };

/* "1.22.5", "1.23rc1", "1.26-devel_abc": absent where it is no version of Go. */
static struct slice
version_of(struct slice body)
{
	struct slice line, rest;
	slice_cut(body, '\n', &line, &rest);
	line = slice_trim(line);
	bool number = slice_skip(&line, SLICE("go")) && line.n >= 3 && line.n <= 64 && line.p[0] >= '1' && line.p[0] <= '9' && line.p[1] == '.';
	return number && line.p[2] >= '0' && line.p[2] <= '9' && slice_find(line, ' ') == SIZE_MAX ? line : SLICE_NONE;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	struct slice version = version_of(body), directory = path_dir(path);
	if (version.n == 0)
		return 0;
	strbuf_putc(&root, '/');
	strbuf_put(&root, directory);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("golang"), [PACKAGE_NAME] = SLICE("toolchain"), [PACKAGE_VERSION] = version,
		[PACKAGE_ROOT] = directory.n ? strbuf_slice(&root) : SLICE_NONE,
	};
	return root.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

const struct cataloger cataloger_go_toolchain = { .name = "go_toolchain", .paths = paths, .extract = extract };
