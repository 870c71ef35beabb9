/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME.deps.json, which .NET's build writes beside a program and its host reads: packages and projects, and which files
 * of theirs lie beside it.  What has no files here (it only names others, or the framework has it since) is declared.
 */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "catalog/files.h"
#include "codec/json.h"

struct taking {
	struct rows *rows;
	struct file_sink sink;
	struct slice directory;             /* of the file */
	struct map target;                  /* const struct json by "NAME/VERSION" */
};

static void
auto_taking(struct taking *taking)
{
	auto_file_sink(&taking->sink);
	map_done(&taking->target);
}

/* Assets of a package lie flat beside the program, those of a language or of one platform in a directory of that. */
static const struct {
	const char *key;
	bool flat;
} assets[] = { { "runtime", true }, { "native", true }, { "resources", false }, { "runtimeTargets", false } };

/* "lib/net6.0/de/X.resources.dll" is "de/X.resources.dll" here. */
static struct slice
with_directory(struct slice path)
{
	struct slice directory = path_dir(path);
	return slice_from(path, path.n - path_base(path).n - (directory.p ? path_base(directory).n + 1 : 0));
}

static struct slice
asset_path(size_t kind, struct slice path)
{
	if (assets[kind].flat)
		return path_base(path);
	return strcmp(assets[kind].key, "resources") == 0 ? with_directory(path) : path;
}

/* A placeholder for what a platform does not need. */
static bool
is_placeholder(struct slice path)
{
	return slice_is(path_base(path), "_._");
}

static int
take_assets(struct taking *taking, struct slice name, const struct json *library, size_t kind, bool *any, struct plim_error *err)
{
	const struct json *files = json_get(library, assets[kind].key);
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(files, JSON_OBJECT) && i < files->n; i++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		if (is_placeholder(files->keys[i]))
			continue;
		*any = true;
		strbuf_put(&path, taking->directory);
		strbuf_puts(&path, taking->directory.n ? "/" : "");
		strbuf_put(&path, asset_path(kind, files->keys[i]));
		const struct listed_file file = { .type = SLICE("nuget"), .package = name, .path = strbuf_slice(&path) };
		r = path.failed ? error_nomem(err) : file_sink_add(&taking->sink, &file, err);
	}
	return r;
}

static struct slice
needs_of(const struct json *library, struct strbuf *into)
{
	const struct json *needs = json_get(library, "dependencies");
	for (size_t i = 0; json_is(needs, JSON_OBJECT) && i < needs->n && into->n <= LIMIT_ROW_TEXT_BYTES; i++) {
		strbuf_puts(into, i ? "\n" : "");
		strbuf_put(into, needs->keys[i]);
	}
	return into->n && into->n <= LIMIT_ROW_TEXT_BYTES ? strbuf_slice(into) : SLICE_NONE;
}

static int
add_library(struct taking *taking, struct slice name, struct slice version, const struct json *library, bool here, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 };
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("nuget"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_SCOPE] = here ? SLICE_NONE : SLICE("declared"), [PACKAGE_DEPENDENCIES] = needs_of(library, &needs),
	};
	return needs.failed ? error_nomem(err) : rows_add(taking->rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

/* "project" is of the program itself; a "reference" is a file without a package, which its own cataloger reads. */
static bool
is_wanted(struct slice type)
{
	return slice_is(type, "package") || slice_is(type, "project") || slice_is(type, "runtimepack");
}

static int
take_library(struct taking *taking, struct slice key, struct slice type, struct plim_error *err)
{
	struct slice name, version;
	if (!is_wanted(type))
		return 0;
	if (!slice_cut(key, '/', &name, &version) || name.n == 0 || version.n == 0)
		return rows_problem(taking->rows, err, "a library without name or version");
	const struct json *library = map_find(&taking->target, key);
	bool here = !slice_is(type, "package");
	slice_skip(&name, SLICE("runtimepack."));
	for (size_t kind = 0; kind < sizeof assets / sizeof *assets; kind++) {
		int r = take_assets(taking, name, library, kind, &here, err);
		if (r < 0)
			return r;
	}
	return add_library(taking, name, version, library, here, err);
}

/* The one that the host uses. */
static const struct json *
target_of(const struct json *root)
{
	const struct json *targets = json_get(root, "targets"), *named = json_get(root, "runtimeTarget");
	struct slice name = json_is(named, JSON_STRING) ? json_string(named) : json_get_string(named, "name");
	for (size_t i = 0; json_is(targets, JSON_OBJECT) && i < targets->n; i++)
		if (slice_eq(targets->keys[i], name))
			return &targets->items[i];
	return NULL;
}

static int
index_target(const struct json *target, struct map *out, struct plim_error *err)
{
	for (size_t i = 0; json_is(target, JSON_OBJECT) && i < target->n; i++) {
		void **place = map_place(out, target->keys[i]);
		if (place == NULL)
			return error_nomem(err);
		*place = &target->items[i];
	}
	return 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	const struct json *root;
	AUTO(taking) struct taking taking = { .rows = rows, .sink = { .rows = rows, .whole = true }, .directory = path_dir(path) };
	AUTO(arena) struct arena *arena = arena_new(LIMIT_EMBEDDED_BYTES);
	slice_skip(&body, SLICE("\357\273\277"));
	int r = arena ? json_parse(body, arena, &root, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct json *libraries = json_get(root, "libraries");
	if (!json_is(libraries, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "line 1: no libraries");
	r = index_target(target_of(root), &taking.target, err);
	for (size_t i = 0; r == 0 && i < libraries->n; i++)
		r = take_library(&taking, libraries->keys[i], json_get_string(&libraries->items[i], "type"), err);
	return r < 0 ? r : file_sink_end(&taking.sink, err);
}

const struct cataloger cataloger_dotnet_deps = {
	.name = "dotnet_deps",
	.paths = (const char *const[]){ "**/*.deps.json", NULL },
	.extract = extract,
};
