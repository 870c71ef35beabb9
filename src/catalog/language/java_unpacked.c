/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java archives that lie unpacked: what a server makes of a war, the layers of Spring Boot.  Their libraries are jars and found
 * as such; here is who the application itself is.
 */
#include "catalog/language/java.h"

#include "base/limits.h"
#include "base/strbuf.h"

/* "/opt/app" of "opt/app/META-INF/..."; absent for the root of everything, whose files are not one package's. */
static struct slice
root_of(struct slice path, struct arena *arena)
{
	size_t at = slice_find_text(path, SLICE("META-INF/"));
	struct slice folder = slice_first(path, at);
	if (!slice_skip_end(&folder, SLICE("/")))
		return SLICE_NONE;
	return arena_printf(arena, "/%.*s", SLICE_ARG(folder));
}

static int
add_row(struct rows *rows, struct arena *arena, struct slice path, const struct java_coordinates *of, const struct java_manifest *manifest, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("maven"),
		[PACKAGE_NAME] = java_name(arena, of),
		[PACKAGE_VERSION] = of->version,
		[PACKAGE_ROOT] = root_of(path, arena),
		[PACKAGE_LICENSE] = manifest ? slice_first(manifest->of[JAVA_BUNDLE_LICENSE], LIMIT_ROW_TEXT_BYTES) : SLICE_NONE,
		[PACKAGE_VENDOR] = manifest ? slice_first(java_manifest_vendor(manifest), LIMIT_ROW_TEXT_BYTES) : SLICE_NONE,
	};
	if (fields[PACKAGE_NAME].p == NULL)
		return java_nomem(arena, err);
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_properties(struct slice path, struct slice body, struct arena *arena, struct rows *rows, struct plim_error *err)
{
	struct java_coordinates of;
	int r = java_properties_read(body, arena, &of, err);
	if (r < 0)
		return r;
	struct slice folder = path_dir(path);
	if (of.artifact.n == 0 && java_is_plain(path_base(folder)))
		of.artifact = path_base(folder);
	if (of.group.n == 0 && java_is_plain(path_base(path_dir(folder))))
		of.group = path_base(path_dir(folder));
	if (of.version.n == 0)
		return error_set(err, PLIM_EFORMAT, "it tells no version");
	return add_row(rows, arena, path, &of, NULL, err);
}

/* Maven leaves a pom.properties beside the manifest; others, as Gradle's plugin for Spring Boot, have title and version here. */
static int
take_manifest(struct slice path, struct slice body, struct arena *arena, struct rows *rows, struct plim_error *err)
{
	struct java_manifest manifest;
	struct java_coordinates of;
	bool is_weak;
	int r = java_manifest_read(body, arena, &manifest, err);
	if (r < 0)
		return r;
	struct slice title = manifest.of[JAVA_IMPLEMENTATION_TITLE];
	if (!java_is_plain(title))
		title = manifest.of[JAVA_SYMBOLIC_NAME];
	if (title.n == 0 || slice_find_text(manifest.of[JAVA_CREATED_BY], SLICE("Maven")) != SIZE_MAX)
		return 0;
	if ((r = java_identify(title, &manifest, arena, &of, &is_weak, err)) < 0 || of.artifact.n == 0)
		return r;
	return add_row(rows, arena, path, &of, &manifest, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_JAR_METADATA_BYTES);
	if (arena == NULL)
		return error_nomem(err);
	if (body.n > LIMIT_JAR_TEXT_BYTES)
		return error_set(err, PLIM_ELIMIT, "a file beyond limit JAR_TEXT_BYTES");
	return (slice_ends(path, SLICE(".MF")) ? take_manifest : take_properties)(path, body, arena, rows, err);
}

const struct cataloger cataloger_java_unpacked = {
	.name = "java_unpacked",
	.paths = (const char *const[]){ "**/META-INF/maven/**/pom.properties", "**/META-INF/MANIFEST.MF", NULL },
	.extract = extract,
};
