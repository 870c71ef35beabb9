/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Toolchains of Go, by the VERSION at their root ("go1.22.5", its time on the next line), or the VERSION.cache of one that was built
 * of a checkout: the package `toolchain`, as Go's own advisories call what is wrong with the command go.  Many other things have a
 * file of that name.
 */
#include "catalog/program/programs.h"

#include "base/error.h"
#include "base/strbuf.h"

static const char *const paths[] = { "**/VERSION", "VERSION", "**/VERSION.cache", "VERSION.cache", NULL };

struct slice
go_toolchain_version(struct slice text)
{
	struct slice version = text, word, rest;
	slice_skip(&version, SLICE("devel "));
	if (!slice_skip(&version, SLICE("go")))
		return text;
	slice_cut(version, ' ', &word, &rest);
	size_t experiment = slice_find_text(word, SLICE("-X:"));
	word = experiment == SIZE_MAX ? word : slice_first(word, experiment);
	return word.n ? word : text;
}

static bool
is_number(struct slice version)
{
	return version.n >= 3 && version.p[0] >= '1' && version.p[0] <= '9' && version.p[1] == '.' && version.p[2] >= '0' && version.p[2] <= '9';
}

/* "devel +a1b2c3d4e5 Thu Apr 1 ...": before 1.17 a checkout had no number. */
static bool
is_revision(struct slice text)
{
	size_t n = 0;
	if (!slice_skip(&text, SLICE("devel +")))
		return false;
	while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || (text.p[n] >= 'a' && text.p[n] <= 'f')))
		n++;
	return n >= 7 && (n == text.n || text.p[n] == ' ');
}

/* "1.22.5", "1.23rc1", "1.26-devel_abc", "1.22-1f0c044d60" of "devel go1.22-1f0c044d60 Fri ...": absent where it is no version of Go. */
static struct slice
version_of(struct slice body)
{
	struct slice line, rest;
	slice_cut(body, '\n', &line, &rest);
	line = slice_trim(line);
	bool devel = slice_starts(line, SLICE("devel "));
	if (line.n > 128 || !(devel || (slice_starts(line, SLICE("go")) && slice_find(line, ' ') == SIZE_MAX)))
		return SLICE_NONE;
	struct slice version = go_toolchain_version(line);
	return is_number(version) || is_revision(line) ? version : SLICE_NONE;
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
