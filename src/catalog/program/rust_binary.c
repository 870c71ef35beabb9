/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs built by `cargo auditable`: the crates that they were linked of, as zlib-compressed JSON in a section.  Crates
 * that only helped to build (kind "build") are in no program.
 */
#include "catalog/program/programs.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"

static struct slice
needs_of(const struct json *packages, const struct json *package, struct strbuf *into)
{
	const struct json *indexes = json_get(package, "dependencies");
	uint64_t at;
	for (size_t i = 0; json_is(indexes, JSON_ARRAY) && i < indexes->n; i++) {
		if (!json_u64(json_item(indexes, i), &at))
			continue;
		const struct json *needed = json_item(packages, at > SIZE_MAX ? SIZE_MAX : (size_t)at);
		if (json_get_string(needed, "name").n == 0 || slice_is(json_get_string(needed, "kind"), "build") || into->n > LIMIT_ROW_TEXT_BYTES)
			continue;
		strbuf_puts(into, into->n ? "\n" : "");
		strbuf_put(into, json_get_string(needed, "name"));
	}
	return into->n && into->n <= LIMIT_ROW_TEXT_BYTES ? strbuf_slice(into) : SLICE_NONE;
}

static int
add_crate(const struct json *packages, const struct json *package, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 };
	struct slice name = json_get_string(package, "name"), version = json_get_string(package, "version");
	if (slice_is(json_get_string(package, "kind"), "build"))
		return 0;
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "a crate without name or version");
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("cargo"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version,
		[PACKAGE_DEPENDENCIES] = needs_of(packages, package, &needs),
	};
	return needs.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
add_crates(struct slice text, struct rows *rows, struct plim_error *err)
{
	const struct json *root;
	AUTO(arena) struct arena *arena = arena_new(LIMIT_EMBEDDED_BYTES);
	int r = arena ? json_parse(text, arena, &root, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "the list of crates");
	const struct json *packages = json_get(root, "packages");
	if (!json_is(packages, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "the list of crates has no packages");
	for (size_t i = 0; r == 0 && i < packages->n; i++)
		r = add_crate(packages, json_item(packages, i), rows, err);
	return r;
}

/* Some linkers leave the section of a stripped program as zeros; so does the collector with what it leaves out of a large one. */
static bool
is_there(struct slice section)
{
	return section.n > 0 && section.p[0] != '\0';
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct program program;
	size_t size;
	(void)path;
	struct slice packed = program_take(body, &program) ? program_section(&program, ".dep-v0") : SLICE_NONE;
	if (!is_there(packed))
		return packed.n && program_is_cut(body) ? error_set(err, PLIM_ELIMIT, "the list of crates is beyond limit PROGRAM_BYTES") : 0;
	AUTO(free) char *plain = NULL;
	int r = program_inflate(packed, &plain, &size, err);
	return r < 0 ? error_wrap(err, r, "the list of crates") : add_crates((struct slice){ plain, size }, rows, err);
}

const struct cataloger cataloger_rust_binary = {
	.name = "rust_binary",
	.bid = program_bid,
	.extract = extract,
};
