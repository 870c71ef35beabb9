/* SPDX-License-Identifier: Apache-2.0 */
/*
 * R packages in libraries: DESCRIPTION with the field Built, which only
 * installing adds.  Sources of packages, and other programs' files of that name, have none.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/language/declared.h"
#include "catalog/language/header.h"

struct description {
	struct slice package, version, license, maintainer, built, repository;
	struct strbuf needs;
	uint32_t bad_line;     /* the first one that is no field; 0 for none */
};

static const struct {
	const char *name;
	size_t place;
} fields_kept[] = {
	{ "Package", offsetof(struct description, package) },       { "Version", offsetof(struct description, version) },
	{ "License", offsetof(struct description, license) },       { "Maintainer", offsetof(struct description, maintainer) },
	{ "Built", offsetof(struct description, built) },           { "Repository", offsetof(struct description, repository) },
};

/* "R (>= 3.5), methods, Rcpp (>= 1.0)". */
static void
put_needs(struct strbuf *needs, struct slice list)
{
	struct slice item, name, rest;
	while (slice_next(&list, ',', &item)) {
		slice_cut(item, '(', &name, &rest);
		name = slice_trim(name);
		if (!slice_is(name, "R"))
			names_put(needs, name);
	}
}

static void
keep(struct description *description, const struct header *header)
{
	for (size_t i = 0; i < sizeof fields_kept / sizeof *fields_kept; i++)
		if (slice_is(header->name, fields_kept[i].name))
			*(struct slice *)((char *)description + fields_kept[i].place) = header->value;
	if (slice_is(header->name, "Depends") || slice_is(header->name, "Imports") || slice_is(header->name, "LinkingTo"))
		put_needs(&description->needs, header->value);
	if (header->name.p == NULL && description->bad_line == 0)
		description->bad_line = header->line;
}

/* Bioconductor's packages are not CRAN's, though one installs them alike. */
static struct slice
type_of(const struct description *description)
{
	return slice_starts(description->repository, SLICE("Bioconductor")) ? SLICE("bioconductor") : SLICE("cran");
}

static int
add_package(struct slice path, const struct description *description, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 };
	if (description->bad_line)
		return error_set(err, PLIM_EFORMAT, "line %u: no field of a description", description->bad_line);
	if (description->package.n == 0 || description->version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: a package without %s", description->package.n ? "version" : "name");
	strbuf_putc(&root, '/');
	strbuf_put(&root, path_dir(path));
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = type_of(description),
		[PACKAGE_NAME] = description->package,
		[PACKAGE_VERSION] = description->version,
		[PACKAGE_VENDOR] = description->maintainer,
		[PACKAGE_LICENSE] = description->license,
		[PACKAGE_ROOT] = strbuf_slice(&root),
		[PACKAGE_DEPENDENCIES] = names_slice(&description->needs),
	};
	if (root.failed || description->needs.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct header_reader reader = { .in = cursor_of(body) };
	struct description description = { 0 };
	struct header header;
	while (header_next(&reader, &header))
		keep(&description, &header);
	int r = description.built.n ? add_package(path, &description, rows, err) : 0;
	strbuf_done(&description.needs);
	return r;
}

const struct cataloger cataloger_r = {
	.name = "r",
	.paths = (const char *const[]){ "**/DESCRIPTION", NULL },
	.extract = extract,
};
