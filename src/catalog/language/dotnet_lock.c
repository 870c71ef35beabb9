/* SPDX-License-Identifier: Apache-2.0 */
/* packages.lock.json of NuGet: what a project was restored with, for each of its frameworks; declared. */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "codec/json.h"

static struct slice
needs_of(const struct json *package, struct strbuf *into)
{
	const struct json *needs = json_get(package, "dependencies");
	for (size_t i = 0; json_is(needs, JSON_OBJECT) && i < needs->n && into->n <= LIMIT_ROW_TEXT_BYTES; i++) {
		strbuf_puts(into, i ? "\n" : "");
		strbuf_put(into, needs->keys[i]);
	}
	return into->n && into->n <= LIMIT_ROW_TEXT_BYTES ? strbuf_slice(into) : SLICE_NONE;
}

static int
add_package(struct slice name, const struct json *package, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 };
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("nuget"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = json_get_string(package, "resolved"),
		[PACKAGE_SCOPE] = SLICE("declared"), [PACKAGE_DEPENDENCIES] = needs_of(package, &needs),
	};
	if (needs.failed)
		return error_nomem(err);
	if (fields[PACKAGE_VERSION].n == 0)
		return rows_problem(rows, err, "a package without the version that it was resolved to");
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

struct taking {
	struct rows *rows;
	struct arena *arena;
	struct map said;    /* "NAME/VERSION": several frameworks want the same */
};

static void
auto_taking(struct taking *taking)
{
	map_done(&taking->said);
	arena_free(taking->arena);
}

static int
take_package(struct taking *taking, struct slice name, const struct json *package, struct plim_error *err)
{
	if (slice_eq_nocase(json_get_string(package, "type"), SLICE("Project")))
		return 0;
	struct slice version = json_get_string(package, "resolved");
	struct slice key = arena_printf(taking->arena, "%.*s/%.*s", SLICE_ARG(name), SLICE_ARG(version));
	void **place = key.p ? map_place(&taking->said, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return 0;
	*place = taking;
	return add_package(name, package, taking->rows, err);
}

static int
take_framework(struct taking *taking, const struct json *framework, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(framework, JSON_OBJECT) && i < framework->n; i++)
		r = take_package(taking, framework->keys[i], &framework->items[i], err);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	const struct json *root;
	AUTO(taking) struct taking taking = { .rows = rows, .arena = arena_new(2 * LIMIT_EMBEDDED_BYTES) };
	(void)path;
	slice_skip(&body, SLICE("\357\273\277"));
	int r = taking.arena ? json_parse(body, taking.arena, &root, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct json *frameworks = json_get(root, "dependencies");
	if (!json_is(frameworks, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "line 1: no dependencies");
	for (size_t i = 0; r == 0 && i < frameworks->n; i++)
		r = take_framework(&taking, &frameworks->items[i], err);
	return r;
}

const struct cataloger cataloger_dotnet_lock = {
	.name = "dotnet_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/packages.lock.json", NULL },
	.extract = extract,
};
