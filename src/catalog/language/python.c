/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed Python packages by their core metadata, wherever that stands:
 * *.dist-info/METADATA, *.egg-info (a directory or the file itself), the
 * EGG-INFO of eggs, zipped ones too.  As `pip list`, it leaves out what
 * pip left half removed (~name) and what no Python would import from there.
 */
#include "catalog/language/python.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/cataloger.h"
#include "catalog/language/header.h"
#include "catalog/language/requirement.h"
#include "codec/zip.h"

struct metadata {
	struct slice name, version, author, author_email, maintainer, maintainer_email, license, license_expression;
	struct strbuf classifiers;     /* the licences among them */
	struct strbuf dependencies;
	uint32_t line;                 /* of the name */
};

static const struct {
	const char *name;
	size_t place;
} single_fields[] = {
	{ "name", offsetof(struct metadata, name) },
	{ "version", offsetof(struct metadata, version) },
	{ "author", offsetof(struct metadata, author) },
	{ "author-email", offsetof(struct metadata, author_email) },
	{ "maintainer", offsetof(struct metadata, maintainer) },
	{ "maintainer-email", offsetof(struct metadata, maintainer_email) },
	{ "license", offsetof(struct metadata, license) },
	{ "license-expression", offsetof(struct metadata, license_expression) },
};

/* The first of each counts, as for pip. */
static void
keep_single(struct metadata *metadata, const struct header *header)
{
	for (size_t i = 0; i < sizeof single_fields / sizeof *single_fields; i++) {
		struct slice *place = (struct slice *)((char *)metadata + single_fields[i].place);
		if (place->p == NULL && slice_eq_nocase(header->name, slice_of(single_fields[i].name)))
			*place = header->value;
	}
}

static void
put_separated(struct strbuf *into, const char *between, struct slice text)
{
	strbuf_puts(into, into->n ? between : "");
	strbuf_put(into, text);
}

/* "License :: OSI Approved :: MIT License"; the words between alone name none. */
static void
keep_classifier(struct metadata *metadata, struct slice value)
{
	if (!slice_starts(value, SLICE("License ::")))
		return;
	struct slice last = slice_trim(slice_from(value, slice_find_last(value, ':') + 1));
	if (last.n && !slice_is(last, "OSI Approved"))
		put_separated(&metadata->classifiers, "; ", last);
}

/* What only an extra asks for is not needed. */
static void
keep_dependency(struct metadata *metadata, struct slice value)
{
	struct requirement requirement;
	if (requirement_parse(value, &requirement) && slice_find_text(requirement.marker, SLICE("extra")) == SIZE_MAX)
		put_separated(&metadata->dependencies, "\n", requirement.name);
}

/* A line without colon ends the headers for pip, too: the description has begun. */
static void
read_metadata(struct slice text, struct metadata *out)
{
	struct header_reader reader = { .in = cursor_of(text) };
	struct header header;
	while (header_next(&reader, &header) && header.name.p) {
		if (out->name.p == NULL)
			out->line = header.line;
		keep_single(out, &header);
		if (slice_eq_nocase(header.name, SLICE("classifier")))
			keep_classifier(out, header.value);
		else if (slice_eq_nocase(header.name, SLICE("requires-dist")))
			keep_dependency(out, header.value);
	}
}

static bool
is_said(struct slice value)
{
	return value.n > 0 && !slice_eq_nocase(value, SLICE("unknown")) && !slice_eq_nocase(value, SLICE("none"));
}

/* Some have the whole text of a licence in that field: its classifier says more, and its first line something. */
static struct slice
license_of(const struct metadata *metadata)
{
	struct slice first, rest;
	bool lines = slice_cut(metadata->license, '\n', &first, &rest);
	if (is_said(metadata->license_expression))
		return metadata->license_expression;
	if (is_said(metadata->license) && !lines)
		return metadata->license;
	if (metadata->classifiers.n)
		return strbuf_slice(&metadata->classifiers);
	return is_said(first) ? slice_trim(first) : SLICE_NONE;
}

static struct slice
vendor_of(const struct metadata *metadata)
{
	const struct slice known[] = { metadata->author, metadata->author_email, metadata->maintainer, metadata->maintainer_email };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_said(known[i]))
			return known[i];
	return SLICE_NONE;
}

static int
add_metadata(const struct metadata *metadata, struct slice root, struct slice inside, struct rows *rows, struct plim_error *err)
{
	if (metadata->name.n == 0 || metadata->version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line %u: metadata without a package's %s", metadata->line,
		                 metadata->name.n ? "version" : "name");
	if (metadata->classifiers.failed || metadata->dependencies.failed)
		return error_nomem(err);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("pypi"),
		[PACKAGE_NAME] = metadata->name,
		[PACKAGE_VERSION] = metadata->version,
		[PACKAGE_VENDOR] = vendor_of(metadata),
		[PACKAGE_LICENSE] = license_of(metadata),
		[PACKAGE_INSIDE] = inside,
		[PACKAGE_ROOT] = root,
		[PACKAGE_DEPENDENCIES] = metadata->dependencies.n ? strbuf_slice(&metadata->dependencies) : SLICE_NONE,
	};
	return rows_add(rows, ROW_PACKAGE, metadata->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_metadata(struct slice body, struct slice root, struct slice inside, struct rows *rows, struct plim_error *err)
{
	struct metadata metadata = { .line = 1 };
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	read_metadata(body, &metadata);
	int r = add_metadata(&metadata, root, inside, rows, err);
	strbuf_done(&metadata.classifiers);
	strbuf_done(&metadata.dependencies);
	return r;
}

/* A zip of that name without EGG-INFO is no egg.  Its directory takes no more memory than a few times the file. */
static int
take_egg(struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct zip *zip;
	if (arena == NULL)
		return error_nomem(err);
	int r = zip_open(body, arena, &zip, err);
	for (size_t i = 0; r == 0 && i < zip->n; i++) {
		AUTO(free) char *text = NULL;
		size_t size;
		if (!slice_is(zip->members[i].name, "EGG-INFO/PKG-INFO"))
			continue;
		r = zip_read(zip, &zip->members[i], &text, &size, err);
		if (r == 0)
			r = take_metadata((struct slice){ text, size }, SLICE_NONE, zip->members[i].name, rows, err);
		return r < 0 ? error_wrap(err, r, "EGG-INFO/PKG-INFO") : 0;
	}
	return r;
}

bool
python_is_aside(struct slice path)
{
	/* setuptools and Python bring packages to test themselves with.  Copies that pip and setuptools carry, and import, are no such. */
	static const char *const parts[] = { "/pkg_resources/tests/", "/test/test_importlib/" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (slice_find_text(path, slice_of(parts[i])) != SIZE_MAX)
			return true;
	return slice_starts(path_base(path_dir(path)), SLICE("~"));
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	struct slice directory = path_dir(path);
	if (python_is_aside(path))
		return 0;
	if (slice_ends(path, SLICE(".egg")))
		return take_egg(body, rows, err);
	if (slice_ends(path, SLICE(".egg-info")))
		return take_metadata(body, SLICE_NONE, SLICE_NONE, rows, err);
	strbuf_putc(&root, '/');
	strbuf_put(&root, slice_is(path_base(directory), "EGG-INFO") ? path_dir(directory) : directory);
	return root.failed ? error_nomem(err) : take_metadata(body, strbuf_slice(&root), SLICE_NONE, rows, err);
}

const struct cataloger cataloger_python = {
	.name = "python",
	.paths = (const char *const[]){ "**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/EGG-INFO/PKG-INFO", "**/*.egg-info",
	                                "**/*.egg", NULL },
	.extract = extract,
};
