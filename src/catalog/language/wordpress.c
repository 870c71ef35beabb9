/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WordPress: its version in wp-includes/version.php, plugins and themes by the
 * header comment that WordPress itself reads (Plugin Handbook, header
 * requirements): of the first 8 KiB of a plugin's main file, or of a theme's style.css.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

#define HEADER_BYTES 8192

static int
add(const char *type, struct slice name, struct slice version, struct slice license, struct slice vendor, struct slice directory, struct rows *rows,
    struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	strbuf_putc(&root, '/');
	strbuf_put(&root, directory);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = slice_of(type), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_LICENSE] = license.n ? license : SLICE_NONE, [PACKAGE_VENDOR] = vendor.n ? vendor : SLICE_NONE,
		[PACKAGE_ROOT] = directory.n ? strbuf_slice(&root) : SLICE_NONE,
		[PACKAGE_CPE] = slice_is(name, "wordpress") ? SLICE("wordpress:wordpress") : SLICE_NONE,
	};
	return root.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* "$wp_version = '6.4.2';", not the comment above that names it. */
static struct slice
core_line(struct slice body)
{
	struct cursor in = cursor_of(body);
	for (struct slice line, rest; cursor_line(&in, &line);) {
		rest = line;
		if (slice_skip(&rest, SLICE("$wp_version")) && slice_starts(slice_trim(rest), SLICE("=")))
			return line;
	}
	return SLICE("");
}

static int
take_core(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct slice line = core_line(body), tail, before, version;
	char quote = slice_find(line, '\'') != SIZE_MAX ? '\'' : '"';
	if (!slice_cut(line, quote, &before, &version) || !slice_cut(version, quote, &version, &tail) || version.n == 0)
		return error_set(err, PLIM_EFORMAT, "wp-includes/version.php without a $wp_version that stands there as it is");
	struct slice directory = path_dir(path_dir(path));
	return add("generic", SLICE("wordpress"), version, SLICE("GPL-2.0-or-later"), SLICE_NONE, directory.p ? directory : SLICE(""), rows, err);
}

struct header {
	struct slice name, version, license, author;
};

/* A comment of one line ends behind its last value. */
static struct slice
header_value(struct slice text)
{
	size_t end = slice_find_text(text, SLICE("*/"));
	return slice_trim(end == SIZE_MAX ? text : slice_first(text, end));
}

/* " * Version: 1.2.3", whatever stands before the key; the first counts. */
static struct header
header_read(struct slice body, struct slice named)
{
	struct header header = { 0 };
	const struct {
		struct slice key;
		struct slice *place;
	} keys[] = { { named, &header.name }, { SLICE("Version"), &header.version }, { SLICE("License"), &header.license }, { SLICE("Author"), &header.author } };
	struct cursor in = cursor_of(slice_first(body, HEADER_BYTES));
	for (struct slice line; cursor_line(&in, &line);) {
		line = slice_trim(line);
		slice_skip(&line, SLICE("<?php"));
		while (line.n && strchr(" \t/*#@", line.p[0]))
			line = slice_from(line, 1);
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			struct slice rest = line;
			if (keys[i].place->n == 0 && slice_skip(&rest, keys[i].key) && slice_skip(&rest, SLICE(":")))
				*keys[i].place = header_value(rest);
		}
	}
	return header;
}

/* plugins/hello.php, mu-plugins/NAME.php */
static bool
is_single(struct slice path)
{
	return slice_is(path_base(path_dir(path_dir(path))), "wp-content");
}

/* The name is that of its folder, by which WordPress and advisories know it, or of a plugin's only file; those of no folder are not the folder's. */
static int
take_header(struct slice path, struct slice body, bool theme, struct rows *rows, struct plim_error *err)
{
	struct header header = header_read(body, theme ? SLICE("Theme Name") : SLICE("Plugin Name"));
	struct slice directory = path_dir(path), name = path_base(directory);
	if (header.name.n == 0)
		return 0;
	if (header.version.n == 0)
		return rows_problem(rows, err, "a %s without a version", theme ? "theme" : "plugin");
	if (!theme && is_single(path)) {
		name = path_base(path);
		slice_skip_end(&name, SLICE(".php"));
		directory = SLICE("");
	}
	return add(theme ? "wordpress-theme" : "wordpress-plugin", name, header.version, header.license, header.author, directory, rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_is(path_base(path), "version.php"))
		return take_core(path, body, rows, err);
	return take_header(path, body, slice_is(path_base(path), "style.css"), rows, err);
}

const struct cataloger cataloger_wordpress = {
	.name = "wordpress",
	.paths = (const char *const[]){ "**/wp-includes/version.php", "**/wp-content/plugins/*/*.php", "**/wp-content/plugins/*.php",
	                                 "**/wp-content/mu-plugins/*.php", "**/wp-content/themes/*/style.css", NULL },
	.extract = extract,
};
