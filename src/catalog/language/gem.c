/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed gems: specifications/NAME.gemspec as RubyGems writes it, Ruby source of one shape (Gem::Specification#to_ruby).  It is not run:
 * literals that are assigned are read, and a version that is computed is a problem.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"

struct gem {
	struct slice name, version, platform;    /* point into the body */
	struct strbuf license, vendor, needs;
};

static void
auto_gem(struct gem *gem)
{
	strbuf_done(&gem->license);
	strbuf_done(&gem->vendor);
	strbuf_done(&gem->needs);
}

/* The next text in quotes, "x", 'x' or %q<x>; escapes are none of those that names have. */
static bool
next_literal(struct slice *rest, struct slice *out)
{
	for (size_t i = 0; i < rest->n; i++) {
		struct slice at = slice_from(*rest, i);
		bool percent = slice_skip(&at, SLICE("%q<"));
		char end = percent ? '>' : at.p[0];
		if (!percent && end != '"' && end != '\'')
			continue;
		at = percent ? at : slice_from(at, 1);
		size_t n = slice_find(at, end);
		if (n == SIZE_MAX)
			return false;
		*out = slice_first(at, n);
		*rest = slice_from(at, n + 1);
		return true;
	}
	return false;
}

static void
put_literals(struct slice value, const char *between, struct strbuf *into)
{
	for (struct slice literal; into->n < 4096 && next_literal(&value, &literal);) {
		strbuf_puts(into, into->n ? between : "");
		strbuf_put(into, literal);
	}
}

static void
put_need(struct slice value, struct gem *gem)
{
	struct slice literal;
	if (gem->needs.n > LIMIT_ROW_TEXT_BYTES / 2 || !next_literal(&value, &literal))
		return;
	strbuf_puts(&gem->needs, gem->needs.n ? "\n" : "");
	strbuf_put(&gem->needs, literal);
}

/* Several licences: one may choose, as RubyGems' guide says. */
static void
take_setting(struct gem *gem, struct slice key, struct slice value)
{
	struct slice literal;
	if (slice_is(key, "name") && gem->name.n == 0 && next_literal(&value, &literal))
		gem->name = literal;
	else if (slice_is(key, "version") && gem->version.n == 0 && next_literal(&value, &literal))
		gem->version = literal;
	else if (slice_is(key, "platform") && next_literal(&value, &literal))
		gem->platform = literal;
	else if (slice_is(key, "licenses") || slice_is(key, "license"))
		put_literals(value, " OR ", &gem->license);
	else if (slice_is(key, "authors") || slice_is(key, "author"))
		put_literals(value, ", ", &gem->vendor);
}

/* "# stub: rake 13.0.6 ruby lib": what RubyGems itself reads first. */
static void
take_stub(struct gem *gem, struct slice line)
{
	struct slice name, version, platform;
	if (!slice_word(&line, &name) || !slice_word(&line, &version) || !slice_word(&line, &platform))
		return;
	gem->name = name;
	gem->version = version;
	gem->platform = platform;
}

static void
take_line(struct gem *gem, struct slice line)
{
	struct slice key, value;
	line = slice_trim(line);
	if (slice_skip(&line, SLICE("# stub: "))) {
		take_stub(gem, line);
		return;
	}
	if (!slice_skip(&line, SLICE("s.")) && !slice_skip(&line, SLICE("spec.")) && !slice_skip(&line, SLICE("gem.")))
		return;
	if (slice_skip(&line, SLICE("add_runtime_dependency")) || slice_skip(&line, SLICE("add_dependency")))
		put_need(line, gem);
	else if (slice_cut(line, '=', &key, &value))
		take_setting(gem, slice_trim(key), value);
}

/*
 * ".../specifications/x.gemspec", or below default/: its files are in .../gems/NAME-VERSION; of a default gem among the language's own.
 * A gem of a repository lies beside its specification, which Bundler has evaluated and written anew.
 */
static void
put_root(struct slice path, const struct gem *gem, struct strbuf *into)
{
	struct slice folder = path_dir(path);
	if (slice_find_text(path, SLICE("bundler/gems/")) != SIZE_MAX) {
		strbuf_putc(into, '/');
		strbuf_put(into, folder);
		return;
	}
	if (!slice_is(path_base(folder), "specifications"))
		return;
	struct slice above = path_dir(folder);
	strbuf_putc(into, '/');
	strbuf_put(into, above.p ? above : SLICE(""));
	strbuf_puts(into, above.n ? "/gems/" : "gems/");
	strbuf_printf(into, "%.*s-%.*s", SLICE_ARG(gem->name), SLICE_ARG(gem->version));
	if (gem->platform.n && !slice_is(gem->platform, "ruby"))
		strbuf_printf(into, "-%.*s", SLICE_ARG(gem->platform));
}

static struct slice
text_or_none(const struct strbuf *text)
{
	return text->n ? strbuf_slice(text) : SLICE_NONE;
}

static int
add_gem(struct slice path, const struct gem *gem, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	put_root(path, gem, &root);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("gem"), [PACKAGE_NAME] = gem->name, [PACKAGE_VERSION] = gem->version,
		[PACKAGE_ARCH] = slice_is(gem->platform, "ruby") ? SLICE_NONE : gem->platform,
		[PACKAGE_LICENSE] = text_or_none(&gem->license), [PACKAGE_VENDOR] = text_or_none(&gem->vendor),
		[PACKAGE_DEPENDENCIES] = text_or_none(&gem->needs), [PACKAGE_ROOT] = text_or_none(&root),
	};
	if (root.failed || gem->license.failed || gem->vendor.failed || gem->needs.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(gem) struct gem gem = { 0 };
	struct cursor in = cursor_of(body);
	for (struct slice line; cursor_line(&in, &line);)
		take_line(&gem, line);
	if (gem.name.n == 0 || gem.version.n == 0)
		return error_set(err, PLIM_EFORMAT, "a specification without a name or version that stands there as it is");
	return add_gem(path, &gem, rows, err);
}

const struct cataloger cataloger_gem = {
	.name = "gem",
	/* Bundler looks for those of repositories two folders deep. */
	.paths = (const char *const[]){ "**/specifications/*.gemspec", "**/specifications/default/*.gemspec", "**/bundler/gems/*/*.gemspec",
	                                "**/bundler/gems/*/*/*.gemspec", "**/bundler/gems/*/*/*/*.gemspec", NULL },
	.extract = extract,
};
