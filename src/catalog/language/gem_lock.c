/* SPDX-License-Identifier: Apache-2.0 */
/* What Gemfile.lock wants (Bundler's lock file): "    name (version)" below "  specs:"; what that needs stands two deeper. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

struct locked {
	struct slice name, version;
	struct strbuf needs;
	uint32_t line;
};

static void
auto_locked(struct locked *locked)
{
	strbuf_done(&locked->needs);
}

static int
flush(struct locked *locked, struct rows *rows, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("gem"), [PACKAGE_NAME] = locked->name, [PACKAGE_VERSION] = locked->version, [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_DEPENDENCIES] = locked->needs.n ? strbuf_slice(&locked->needs) : SLICE_NONE,
	};
	if (locked->needs.failed)
		return error_nomem(err);
	int r = locked->name.n ? rows_add(rows, ROW_PACKAGE, locked->line, fields, PACKAGE_FIELD_COUNT, err) : 0;
	locked->name = SLICE_NONE;
	strbuf_clear(&locked->needs);
	return r;
}

static size_t
indent_of(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

/* "nokogiri (1.15.4-x86_64-linux)": behind the number is a platform; prereleases have dots. */
static int
take_spec(struct locked *locked, struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	struct slice name, version, platform;
	int r = flush(locked, rows, err);
	if (r < 0 || !slice_cut(line, ' ', &name, &version) || !slice_skip(&version, SLICE("(")) || !slice_skip_end(&version, SLICE(")")))
		return r;
	slice_cut(version, '-', &version, &platform);
	locked->name = name;
	locked->version = version;
	locked->line = number;
	return 0;
}

static void
take_need(struct locked *locked, struct slice line)
{
	struct slice name, rest;
	if (locked->name.n == 0 || locked->needs.n > LIMIT_ROW_TEXT_BYTES / 2)
		return;
	slice_cut(line, ' ', &name, &rest);
	slice_skip_end(&name, SLICE("!"));
	strbuf_puts(&locked->needs, locked->needs.n ? "\n" : "");
	strbuf_put(&locked->needs, name);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(locked) struct locked locked = { 0 };
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	bool specs = false, whole = false;
	int r = 0;
	(void)path;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		slice_skip_end(&line, SLICE("\r"));
		size_t indent = indent_of(line);
		whole |= slice_is(line, "DEPENDENCIES");
		if (indent < 4)
			specs = slice_is(line, "  specs:");
		else if (specs && indent == 4)
			r = take_spec(&locked, slice_from(line, 4), number, rows, err);
		else if (specs && indent == 6)
			take_need(&locked, slice_from(line, 6));
	}
	r = r < 0 ? r : flush(&locked, rows, err);
	/* Bundler writes them behind all gems, none of them too. */
	return r == 0 && !whole ? rows_problem(rows, err, "line %u: the lock ends before its DEPENDENCIES", number) : r;
}

const struct cataloger cataloger_gem_lock = {
	.name = "gem_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/Gemfile.lock", "**/gems.locked", NULL },
	.extract = extract,
};
