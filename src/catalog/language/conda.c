/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What conda installed: conda-meta/NAME-VERSION-BUILD.json in an environment.
 * A Python package of conda has its dist-info as well and is there as a row
 * of type pypi, too: the list of files says that it is conda's.
 */
#include "catalog/files.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/path_join.h"
#include "codec/json.h"

/* "python >=3.9,<3.10.0a0": the first word. */
static void
put_dependencies(struct strbuf *names, const struct json *depends)
{
	struct slice name, rest;
	for (size_t i = 0; json_is(depends, JSON_ARRAY) && i < depends->n; i++) {
		rest = json_string(json_item(depends, i));
		if (slice_word(&rest, &name))
			names_put(names, name);
	}
}

static void
put_checksum(struct strbuf *digest, const struct json *record)
{
	if (!digest_put_hex(digest, SLICE("sha256"), json_get_string(record, "sha256")))
		digest_put_hex(digest, SLICE("md5"), json_get_string(record, "md5"));
}

static void
put_qualifier(struct strbuf *purl, char *before, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	strbuf_putc(purl, *before);
	strbuf_puts(purl, name);
	strbuf_putc(purl, '=');
	strbuf_put_percent(purl, value, "");
	*before = '&';
}

/* A channel may be a URL, whose user and password, or token behind /t/, are nobody's business. */
static struct slice
channel_name(const struct json *record)
{
	struct slice channel = json_get_string(record, "channel"), before, name;
	while (slice_skip_end(&channel, SLICE("/")))
		;
	if (slice_find_text(channel, SLICE("://")) == SIZE_MAX)
		return channel;
	if (slice_cut_last(channel, '/', &before, &name) && slice_eq(name, json_get_string(record, "subdir")))
		channel = before;
	return path_base(channel);
}

/* Build, channel and subdir tell one binary of a version from another. */
static void
put_purl(struct strbuf *purl, const struct json *record, struct slice name, struct slice version)
{
	char before = '?';
	strbuf_puts(purl, "pkg:conda/");
	strbuf_put_percent(purl, name, "");
	strbuf_putc(purl, '@');
	strbuf_put_percent(purl, version, "");
	put_qualifier(purl, &before, "build", json_get_string(record, "build"));
	put_qualifier(purl, &before, "channel", channel_name(record));
	put_qualifier(purl, &before, "subdir", json_get_string(record, "subdir"));
}

static int
add_package(const struct json *record, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf names = { 0 }, digest = { 0 }, purl = { 0 };
	struct slice name = json_get_string(record, "name"), version = json_get_string(record, "version");
	if (name.n == 0 || version.n == 0)
		return error_set(err, PLIM_EFORMAT, "no record of a package: %s is missing", name.n ? "version" : "name");
	put_dependencies(&names, json_get(record, "depends"));
	put_checksum(&digest, record);
	put_purl(&purl, record, name, version);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("conda"),
		[PACKAGE_NAME] = name,
		[PACKAGE_VERSION] = version,
		[PACKAGE_ARCH] = json_get_string(record, "subdir"),
		[PACKAGE_LICENSE] = json_get_string(record, "license"),
		[PACKAGE_PURL] = strbuf_slice(&purl),
		[PACKAGE_DEPENDENCIES] = names_slice(&names),
		[PACKAGE_CHECKSUM] = names_slice(&digest),
	};
	if (names.failed || digest.failed || purl.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *record;
	int r = arena ? json_parse(body, arena, &record, err) : error_nomem(err);
	(void)path;
	return r < 0 ? r : add_package(record, rows, err);
}

struct environment {
	struct slice prefix;     /* the directory that conda-meta is in */
	struct slice package;
};

static int
add_file(const struct environment *of, struct slice file, struct slice digest, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct plim_error why = { 0 };
	int r = path_join(of->prefix, file, &path, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		return rows_problem(sink->rows, err, "a file of the package: %s", why.text);
	const struct listed_file one = { .type = SLICE("conda"), .package = of->package, .path = strbuf_slice(&path), .digest = digest };
	return file_sink_add(sink, &one, err);
}

/* With digests where the record has them: that of the file in the prefix, where paths in it were rewritten. */
static int
add_path(const struct environment *of, const struct json *item, struct file_sink *sink, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	if (!digest_put_hex(&digest, SLICE("sha256"), json_get_string(item, "sha256_in_prefix")))
		digest_put_hex(&digest, SLICE("sha256"), json_get_string(item, "sha256"));
	return digest.failed ? error_nomem(err) : add_file(of, json_get_string(item, "_path"), names_slice(&digest), sink, err);
}

static int
add_files(const struct environment *of, const struct json *record, struct file_sink *sink, struct plim_error *err)
{
	const struct json *paths = json_get(json_get(record, "paths_data"), "paths"), *files = json_get(record, "files");
	int r = 0;
	if (json_is(paths, JSON_ARRAY))
		files = NULL;
	for (size_t i = 0; r == 0 && json_is(paths, JSON_ARRAY) && i < paths->n; i++)
		r = add_path(of, json_item(paths, i), sink, err);
	for (size_t i = 0; r == 0 && json_is(files, JSON_ARRAY) && i < files->n; i++)
		r = add_file(of, json_string(json_item(files, i)), SLICE_NONE, sink, err);
	return r < 0 ? r : file_sink_end(sink, err);
}

/* What is damaged the package's own row tells. */
static int
take_files(struct slice path, struct slice body, struct file_sink *sink, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *record;
	int r = arena ? json_parse(body, arena, &record, err) : error_nomem(err);
	if (r < 0)
		return r == PLIM_ENOMEM ? r : 0;
	const struct environment of = { path_dir(path_dir(path)), json_get_string(record, "name") };
	return add_files(&of, record, sink, err);
}

FILE_LISTER(take_files)

const struct cataloger cataloger_conda = {
	.name = "conda",
	.paths = (const char *const[]){ "**/conda-meta/*.json", NULL },
	.extract = extract,
};

const struct cataloger cataloger_conda_lists = {
	.name = "conda",
	.paths = (const char *const[]){ "**/conda-meta/*.json", NULL },
	.extract = extract_lists,
};

const struct cataloger cataloger_conda_files = {
	.name = "conda",
	.on_wish = true,
	.paths = (const char *const[]){ "**/conda-meta/*.json", NULL },
	.extract = extract_files,
};
