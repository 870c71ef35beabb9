/* SPDX-License-Identifier: Apache-2.0 */
/* Cargo.lock: the crates that a Rust project was resolved to, its own among them; declared. */
#include "catalog/cataloger.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/toml.h"

/* "NAME", "NAME VERSION", "NAME VERSION (SOURCE)". */
static struct slice
needs_of(const struct toml *package, struct strbuf *into)
{
	const struct toml *needs = toml_get(package, "dependencies");
	for (size_t i = 0; toml_is(needs, TOML_ARRAY) && i < needs->n && into->n <= LIMIT_ROW_TEXT_BYTES; i++) {
		struct slice text = toml_string(needs->items[i]), name;
		if (!slice_word(&text, &name))
			continue;
		strbuf_puts(into, into->n ? "\n" : "");
		strbuf_put(into, name);
	}
	return into->n && into->n <= LIMIT_ROW_TEXT_BYTES ? strbuf_slice(into) : SLICE_NONE;
}

static int
add_crate(const struct toml *package, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 }, sum = { 0 };
	struct slice name = toml_string(toml_get(package, "name")), version = toml_string(toml_get(package, "version"));
	struct slice checksum = toml_string(toml_get(package, "checksum"));
	if (name.n == 0 || version.n == 0)
		return rows_problem(rows, err, "line %u: a crate without name or version", package->line);
	strbuf_puts(&sum, "sha256:");
	strbuf_put(&sum, checksum);
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("cargo"), [PACKAGE_NAME] = name, [PACKAGE_VERSION] = version, [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_DEPENDENCIES] = needs_of(package, &needs), [PACKAGE_CHECKSUM] = checksum.n ? strbuf_slice(&sum) : SLICE_NONE,
	};
	if (needs.failed || sum.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, package->line, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	const struct toml *root;
	AUTO(arena) struct arena *arena = arena_new(4 * LIMIT_EMBEDDED_BYTES);
	(void)path;
	int r = arena ? toml_parse(body, arena, &root, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct toml *packages = toml_get(root, "package");
	/* The project itself is one. */
	if (!toml_is(packages, TOML_ARRAY))
		return error_set(err, PLIM_EFORMAT, "line 1: no lock of Cargo: it has no packages");
	for (size_t i = 0; r == 0 && i < packages->n; i++)
		r = add_crate(packages->items[i], rows, err);
	return r;
}

const struct cataloger cataloger_cargo_lock = {
	.name = "cargo_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/Cargo.lock", NULL },
	.extract = extract,
};
