/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assemblies of .NET: the name is the assembly's own, which is nearly always its package's; the version is that of the
 * product (the package's, with what the build added behind a plus), else the file's, else the assembly's.
 */
#include "catalog/program/programs.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

#include <stdio.h>

/*
 * The framework before .NET 5 gave its own version to all its assemblies, where their packages have others: it is told by
 * its deps.json, they are not.
 */
static bool
is_of_old_framework(struct slice product)
{
	return slice_find_text(product, SLICE(".NET Core")) != SIZE_MAX || slice_find_text(product, SLICE(".NET Framework")) != SIZE_MAX;
}

/* "13.0.3+0a2e291c", "4.6.26515.06 @BuiltBy: x": the version alone; absent where it does not begin like one. */
static struct slice
version_in(struct slice text)
{
	struct slice word, rest;
	if (!slice_word(&text, &word) || word.p[0] < '0' || word.p[0] > '9')
		return SLICE_NONE;
	slice_cut(word, '+', &word, &rest);
	return slice_find(word, '.') == SIZE_MAX ? SLICE_NONE : word;
}

static struct slice
version_of(const struct pe_version *version, const struct pe_assembly *assembly, char text[static 32])
{
	struct slice found = version_in(version->product_version);
	if (found.n == 0)
		found = version_in(version->file_version);
	if (found.n)
		return found;
	snprintf(text, 32, "%u.%u.%u.%u", assembly->version[0], assembly->version[1], assembly->version[2], assembly->version[3]);
	return slice_of(text);
}

static int
add_assembly(const struct pe_version *version, const struct pe_assembly *assembly, struct rows *rows, struct plim_error *err)
{
	char text[32];
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("nuget"), [PACKAGE_NAME] = assembly->name, [PACKAGE_VERSION] = version_of(version, assembly, text),
		[PACKAGE_VENDOR] = version->company.n ? version->company : SLICE_NONE, [PACKAGE_EVIDENCE] = SLICE("binary"),
	};
	return rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_assembly(const struct pe *pe, struct rows *rows, struct plim_error *err)
{
	struct pe_version version;
	struct pe_assembly assembly;
	bool found;
	AUTO(arena) struct arena *arena = arena_new(LIMIT_EMBEDDED_BYTES);
	int r = arena ? pe_read_assembly(pe, &assembly, &found, err) : error_nomem(err);
	if (r == 0 && found)
		r = pe_read_version(pe, arena, &version, err);
	if (r < 0 || !found || is_of_old_framework(version.product_name))
		return r;
	/* Texts of one language, beside the assembly that has them in another. */
	return slice_ends(assembly.name, SLICE(".resources")) ? 0 : add_assembly(&version, &assembly, rows, err);
}

static bool
bid(struct slice path, struct slice head)
{
	(void)path;
	return slice_starts(head, SLICE("MZ"));
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct pe pe;
	(void)path;
	if (!pe_is(body))
		return 0;
	int r = pe_open(body, &pe, err);
	return r < 0 || !pe_has_directory(&pe, PE_ASSEMBLY) ? r : take_assembly(&pe, rows, err);
}

const struct cataloger cataloger_dotnet_assembly = {
	.name = "dotnet_assembly",
	.bid = bid,
	.extract = extract,
};
