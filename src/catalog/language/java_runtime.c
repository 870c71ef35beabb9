/* SPDX-License-Identifier: Apache-2.0 */
/* The file `release` at the root of a Java runtime (JEP 223 and before): NAME="value" lines. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/config_lines.h"

struct runtime {
	struct slice version, implementor, arch, build_type, graalvm;
};

static const struct {
	const char *name;
	size_t at;
} settings[] = {
	{ "JAVA_VERSION", offsetof(struct runtime, version) },     { "IMPLEMENTOR", offsetof(struct runtime, implementor) },
	{ "OS_ARCH", offsetof(struct runtime, arch) },             { "BUILD_TYPE", offsetof(struct runtime, build_type) },
	{ "GRAALVM_VERSION", offsetof(struct runtime, graalvm) },
};

/* Who builds under a name of his own; the others, distributions among them, build what is just called openjdk. */
static const struct {
	const char *implementor, *name;
} builders[] = {
	{ "AdoptOpenJDK", "adoptopenjdk" },
	{ "Alibaba", "dragonwell" },
	{ "Amazon.com Inc.", "corretto" },
	{ "Azul Systems, Inc.", "zulu" },
	{ "BellSoft", "liberica" },
	{ "Eclipse Adoptium", "temurin" },
	{ "Eclipse Foundation", "temurin" },
	{ "GraalVM Community", "graalvm" },
	{ "IBM Corporation", "semeru" },
	{ "International Business Machines Corporation", "semeru" },
	{ "JetBrains s.r.o.", "jetbrains-runtime" },
	{ "Microsoft", "microsoft-openjdk" },
	{ "SAP SE", "sapmachine" },
	{ "Tencent", "kona" },
};

static struct slice
name_of(const struct runtime *runtime)
{
	if (runtime->graalvm.n)
		return SLICE("graalvm");
	for (size_t i = 0; i < sizeof builders / sizeof *builders; i++)
		if (slice_is(runtime->implementor, builders[i].implementor))
			return slice_of(builders[i].name);
	return slice_is(runtime->build_type, "commercial") ? SLICE("oracle-jdk") : SLICE("openjdk");
}

/* Advisories are written for what all builds are made of. */
static struct slice
cpe_of(struct slice name)
{
	if (slice_is(name, "oracle-jdk"))
		return SLICE("oracle:jdk");
	return slice_is(name, "graalvm") ? SLICE("oracle:graalvm") : SLICE("oracle:openjdk");
}

static int
take_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice name, value;
	(void)number, (void)err;
	if (!slice_cut(line, '=', &name, &value))
		return 0;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (slice_is(slice_trim(name), settings[i].name))
			*(struct slice *)(void *)((char *)context + settings[i].at) = config_unquoted(slice_trim(value));
	return 0;
}

static int
add_row(struct rows *rows, const struct runtime *runtime, struct slice root, struct plim_error *err)
{
	struct slice name = name_of(runtime);
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("generic"),
		[PACKAGE_NAME] = name,
		[PACKAGE_VERSION] = runtime->version,
		[PACKAGE_ARCH] = runtime->arch,
		[PACKAGE_VENDOR] = runtime->implementor,
		[PACKAGE_ROOT] = root.n > 1 ? root : SLICE_NONE,
		[PACKAGE_CPE] = cpe_of(name),
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct runtime runtime = { 0 };
	AUTO(strbuf) struct strbuf root = { 0 };
	/* Many files have that name. */
	if (slice_find_text(body, SLICE("JAVA_VERSION=")) == SIZE_MAX)
		return 0;
	int r = config_each_line(body, false, take_line, &runtime, err);
	if (r < 0 || runtime.version.n == 0)
		return r;
	strbuf_putc(&root, '/');
	strbuf_put(&root, path_dir(path));
	return root.failed ? error_nomem(err) : add_row(rows, &runtime, strbuf_slice(&root), err);
}

const struct cataloger cataloger_java_runtime = {
	.name = "java_runtime",
	.paths = (const char *const[]){ "**/release", NULL },
	.extract = extract,
};
