/* SPDX-License-Identifier: Apache-2.0 */
/* Haskell libraries that ghc knows: one file each in package.conf.d of a compiler, and in package.db of cabal's store. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/header.h"

struct library {
	struct slice name, version, license, maintainer, author, depends;
};

static const struct {
	const char *name;
	size_t place;
} fields_kept[] = {
	{ "name", offsetof(struct library, name) },       { "version", offsetof(struct library, version) },
	{ "license", offsetof(struct library, license) }, { "maintainer", offsetof(struct library, maintainer) },
	{ "author", offsetof(struct library, author) },   { "depends", offsetof(struct library, depends) },
};

static bool
is_version(struct slice text)
{
	size_t digits = 0;
	for (size_t i = 0; i < text.n; i++) {
		if ((text.p[i] < '0' || text.p[i] > '9') && text.p[i] != '.')
			return false;
		digits += text.p[i] != '.';
	}
	return digits > 0;
}

/* "text-short-0.1.5-9YvXaB": up to the first part that is a version. */
static struct slice
name_of_id(struct slice id)
{
	struct slice rest = id, part;
	while (slice_next(&rest, '-', &part))
		if (part.p > id.p && is_version(part))
			return slice_range(id.p, part.p - 1);
	return id;
}

static void
keep(struct library *library, const struct header *header)
{
	for (size_t i = 0; i < sizeof fields_kept / sizeof *fields_kept; i++)
		if (slice_is(header->name, fields_kept[i].name))
			*(struct slice *)((char *)library + fields_kept[i].place) = header->value;
}

static void
read_library(struct slice body, struct library *out)
{
	struct header_reader reader = { .in = cursor_of(body) };
	struct header header;
	/* Blank lines stand in descriptions and end nothing. */
	while (cursor_left(&reader.in))
		if (header_next(&reader, &header))
			keep(out, &header);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 };
	struct library library = { 0 };
	struct slice id;
	(void)path;
	read_library(body, &library);
	if (library.name.n == 0 || library.version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: a library without %s", library.name.n ? "version" : "name");
	while (slice_word(&library.depends, &id))
		names_put(&needs, name_of_id(id));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("hackage"),
		[PACKAGE_NAME] = library.name,
		[PACKAGE_VERSION] = library.version,
		[PACKAGE_VENDOR] = library.maintainer.n ? library.maintainer : library.author,
		[PACKAGE_LICENSE] = library.license,
		[PACKAGE_DEPENDENCIES] = names_slice(&needs),
	};
	return needs.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

const struct cataloger cataloger_haskell = {
	.name = "haskell",
	.paths = (const char *const[]){ "**/package.conf.d/*.conf", "**/package.db/*.conf", NULL },
	.extract = extract,
};
