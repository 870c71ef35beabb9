/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock files of Python in TOML: poetry.lock, uv.lock, pdm.lock (all
 * [[package]]) and pylock.toml (PEP 751, [[packages]]).  They differ in how
 * they write dependencies and files; each form is known by its type.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/requirement.h"
#include "codec/toml.h"

static void
put_requirement(struct strbuf *names, struct slice text)
{
	struct requirement requirement;
	if (requirement_parse(text, &requirement))
		names_put(names, requirement.name);
}

/* A table of names, or an array of requirements or of tables with a name. */
static void
put_dependencies(struct strbuf *names, const struct toml *dependencies)
{
	for (size_t i = 0; dependencies && i < dependencies->n; i++) {
		const struct toml *item = dependencies->items[i];
		if (toml_is(dependencies, TOML_TABLE))
			names_put(names, dependencies->keys[i]);
		else if (toml_is(item, TOML_TABLE))
			names_put(names, toml_string(toml_get(item, "name")));
		else
			put_requirement(names, toml_string(item));
	}
}

struct digests {
	size_t n;              /* files seen */
	struct strbuf one;     /* the digest, where there is one file only */
};

/* hash = "sha256:HEX", or hashes = { sha256 = "HEX" }. */
static void
put_digest(struct digests *digests, const struct toml *file)
{
	struct slice algorithm = SLICE("sha256"), hex = toml_string(toml_get(toml_get(file, "hashes"), "sha256"));
	if (hex.p == NULL)
		slice_cut(toml_string(toml_get(file, "hash")), ':', &algorithm, &hex);
	if (toml_is(file, TOML_TABLE) && digests->n++ == 0)
		digest_put_hex(&digests->one, algorithm, hex);
}

static void
put_digests(struct digests *digests, const struct toml *files)
{
	if (toml_is(files, TOML_TABLE))
		put_digest(digests, files);
	for (size_t i = 0; toml_is(files, TOML_ARRAY) && i < files->n; i++)
		put_digest(digests, files->items[i]);
}

/* The project itself stands in uv's lock as a package: source = { virtual = "." } or { editable = "." }. */
static bool
is_project(const struct toml *package)
{
	const struct toml *source = toml_get(package, "source");
	return slice_is(toml_string(toml_get(source, "virtual")), ".") || slice_is(toml_string(toml_get(source, "editable")), ".");
}

/* Which of the published files would be installed, the lock does not say: of several, none is the package's digest. */
static int
take_package(const struct toml *package, struct rows *rows, struct plim_error *err)
{
	static const char *const files[] = { "files", "wheels", "sdist", "archive" };
	AUTO(strbuf) struct strbuf names = { 0 };
	struct digests digests = { 0 };
	struct slice name = toml_string(toml_get(package, "name")), version = toml_string(toml_get(package, "version"));
	if (name.n == 0)
		return rows_problem(rows, err, "line %u: a package without name", package->line);
	if (is_project(package))
		return 0;
	put_dependencies(&names, toml_get(package, "dependencies"));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		put_digests(&digests, toml_get(package, files[i]));
	const struct declared declared = {
		.type = "pypi", .name = name, .version = version, .line = package->line, .dependencies = names_slice(&names),
		.checksum = digests.n == 1 ? names_slice(&digests.one) : SLICE_NONE,
	};
	int r = names.failed || digests.one.failed ? error_nomem(err) : declared_add(rows, &declared, err);
	strbuf_done(&digests.one);
	return r;
}

/* What each tool writes whatever else there is; poetry at the end. */
static const struct {
	const char *file, *key;
} always[] = { { "poetry.lock", "metadata" }, { "pdm.lock", "metadata" }, { "uv.lock", "version" } };

static int
check_whole(struct slice file, const struct toml *document, struct rows *rows, struct plim_error *err)
{
	const char *key = "lock-version";
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (slice_is(file, always[i].file))
			key = always[i].key;
	return toml_get(document, key) ? 0 : rows_problem(rows, err, "a lock without %s: it was cut off, or is none", key);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct toml *document;
	int r = arena ? toml_parse(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	const char *key = slice_ends(path, SLICE(".toml")) ? "packages" : "package";
	const struct toml *packages = toml_get(document, key);
	if (packages && !toml_is(packages, TOML_ARRAY))
		return error_set(err, PLIM_EFORMAT, "line %u: %s is no list", packages->line, key);
	for (size_t i = 0; r == 0 && packages && i < packages->n; i++)
		r = take_package(packages->items[i], rows, err);
	return r < 0 ? r : check_whole(path_base(path), document, rows, err);
}

const struct cataloger cataloger_python_lock = {
	.name = "python_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/poetry.lock", "**/uv.lock", "**/pdm.lock", "**/pylock.toml", "**/pylock.*.toml", NULL },
	.extract = extract,
};
