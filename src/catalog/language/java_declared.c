/* SPDX-License-Identifier: Apache-2.0 */
/* What sources of Java programs want: dependencies of a pom.xml, lock files of Gradle. */
#include "catalog/language/java.h"

#include "base/limits.h"
#include "catalog/config_lines.h"

static int
add_row(struct rows *rows, struct slice name, struct slice version, uint32_t line, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("maven"),
		[PACKAGE_NAME] = name,
		[PACKAGE_VERSION] = version,
		[PACKAGE_SCOPE] = SLICE("declared"),
	};
	return rows_add(rows, ROW_PACKAGE, line, fields, PACKAGE_FIELD_COUNT, err);
}

/* A range says what would do, not what is wanted; where a parent or Maven itself chooses, nothing is said here. */
static bool
is_version(struct slice version)
{
	return version.n && version.p[0] != '[' && version.p[0] != '(' && !slice_is(version, "LATEST") && !slice_is(version, "RELEASE");
}

static int
extract_pom(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(LIMIT_JAR_METADATA_BYTES);
	struct java_pom pom;
	/* Of an unpacked archive: java_unpacked knows it. */
	if (slice_starts(path, SLICE("META-INF/maven/")) || slice_find_text(path, SLICE("/META-INF/maven/")) != SIZE_MAX)
		return 0;
	if (arena == NULL)
		return error_nomem(err);
	if (body.n > LIMIT_JAR_TEXT_BYTES)
		return error_set(err, PLIM_ELIMIT, "a file beyond limit JAR_TEXT_BYTES");
	int r = java_pom_read(body, arena, &pom, err);
	for (const struct java_dependency *d = r == 0 ? pom.dependencies : NULL; r == 0 && d; d = d->next) {
		if (d->of.group.n == 0 || d->of.artifact.n == 0 || !is_version(d->of.version))
			continue;
		struct slice name = java_name(arena, &d->of);
		r = name.p ? add_row(rows, name, d->of.version, d->line, err) : java_nomem(arena, err);
	}
	return r;
}

/* "group:artifact:version=configuration,..."; "empty=..." lists configurations of nothing. */
static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct rows *rows = context;
	struct slice module, configurations, name, version, group, artifact;
	slice_cut(line, '=', &module, &configurations);
	if (slice_is(module, "empty"))
		return 0;
	bool is_module = slice_cut_last(module, ':', &name, &version) && slice_cut(name, ':', &group, &artifact);
	if (!is_module || !java_is_plain(group) || !java_is_plain(artifact) || !java_is_plain(version))
		return rows_problem(rows, err, "line %u: no group:artifact:version", number);
	return add_row(rows, name, version, number, err);
}

static int
extract_lock(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	(void)path;
	if (body.n > LIMIT_JAR_TEXT_BYTES)
		return error_set(err, PLIM_ELIMIT, "a file beyond limit JAR_TEXT_BYTES");
	return config_each_line(body, false, take_line, rows, err);
}

const struct cataloger cataloger_java_pom = {
	.name = "java_pom",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/pom.xml", NULL },
	.extract = extract_pom,
};

const struct cataloger cataloger_java_gradle = {
	.name = "java_gradle",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/gradle.lockfile", "**/gradle/dependency-locks/*.lockfile", NULL },
	.extract = extract_lock,
};
