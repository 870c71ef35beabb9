/* SPDX-License-Identifier: Apache-2.0 */
/* The table `package`, and `apk_packages`. */
#include "facts/cells.h"
#include "facts/table_package.h"

enum package_column {
	PC_TYPE, PC_NAME, PC_VERSION, PC_EPOCH, PC_ARCH, PC_SOURCE, PC_SOURCE_VERSION, PC_VENDOR, PC_LICENSE, PC_PURL, PC_PATH,
	PC_SCOPE, PC_LAYER, PC_INSTRUCTION, PC_ORIGIN, PC_MODULE, PC_ROOT, PC_EVIDENCE, PC_DEPENDENCIES, PC_CHECKSUM, PC_OWNER, PC_OWNER_TYPE, PC_CPE, PC_EXPRESSION, PC_ESSENTIAL,
};

static const struct fact_column package_columns[] = {
	[PC_TYPE] = { "type", FACT_TEXT, "purl type: deb, apk, rpm, npm, pypi, maven, golang, ..." },
	[PC_NAME] = { "name", FACT_TEXT, "name in the ecosystem's own spelling" },
	[PC_VERSION] = { "version", FACT_TEXT, "[EPOCH:]VERSION[-RELEASE]" },
	[PC_EPOCH] = { "epoch", FACT_INTEGER, "NULL where there is none" },
	[PC_ARCH] = { "arch", FACT_TEXT, "the ecosystem's own name of the architecture" },
	[PC_SOURCE] = { "source", FACT_TEXT, "source package" },
	[PC_SOURCE_VERSION] = { "source_version", FACT_TEXT, "its version" },
	[PC_VENDOR] = { "vendor", FACT_TEXT, "maintainer or vendor; the distribution that a note in a program names" },
	[PC_LICENSE] = { "license", FACT_TEXT, "as declared; of debs what their copyright files name, one a line" },
	[PC_PURL] = { "purl", FACT_TEXT, "package URL" },
	[PC_PATH] = { "path", FACT_TEXT, "the database or file that tells of it; of one inside an archive FILE!INSIDE" },
	[PC_SCOPE] = { "scope", FACT_TEXT, "installed; declared by a lock file or manifest, which installs nothing; hidden: its database was removed or emptied by a later layer" },
	[PC_LAYER] = { "layer", FACT_INTEGER, "the layer that brought it in this version, from 0; NULL for a tree" },
	[PC_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction of that layer" },
	[PC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
	[PC_MODULE] = { "module", FACT_TEXT, "rpm modularity label" },
	[PC_ROOT] = { "root", FACT_TEXT, "directory whose files are its own, those of packages inside it apart; NULL where there is none" },
	[PC_EVIDENCE] = { "evidence", FACT_TEXT, "what says so, where that is weaker than a package's own metadata: filename, binary" },
	[PC_DEPENDENCIES] = { "dependencies", FACT_TEXT, "names of packages of the same type that it needs, one a line" },
	[PC_CHECKSUM] = { "checksum", FACT_TEXT, "of the package as published, as its metadata tells: sha256:HEX, ..." },
	[PC_OWNER] = { "owner", FACT_TEXT, "the distribution's package that brought it, whose advisories it is judged by; NULL where none did" },
	[PC_OWNER_TYPE] = { "owner_type", FACT_TEXT, "type of that package" },
	[PC_EXPRESSION] = { "license_expression", FACT_TEXT, "SPDX expression that `license` means; NULL where none is declared, or it is not understood" },
	[PC_CPE] = { "cpe", FACT_TEXT, "vendor:product of its CPE, several with blanks between, of what no package manager installed; NULL where it is not known" },
	[PC_ESSENTIAL] = { "essential", FACT_INTEGER, "1: its package manager does not remove it unless that is forced; else NULL" },
};

static size_t
package_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? ((const struct inventory *)context)->package_count : 0;
}

static void
put_expression(struct fact_value *out, const struct inventory *inventory, const struct spdx *expression)
{
	if (expression == NULL)
		return;
	strbuf_clear(inventory->scratch);
	spdx_write(expression, inventory->scratch);
	cell_scratch(out, inventory);
}

static void
package_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct package *p = &inventory->packages[row];
	const struct slice texts[] = {
		[PC_TYPE] = p->type, [PC_NAME] = p->name, [PC_VERSION] = p->version, [PC_ARCH] = p->arch, [PC_SOURCE] = p->source,
		[PC_SOURCE_VERSION] = p->source_version, [PC_VENDOR] = p->vendor, [PC_LICENSE] = p->license, [PC_PURL] = p->purl,
		[PC_PATH] = p->path, [PC_SCOPE] = slice_of(package_scope_name(p->scope)), [PC_MODULE] = p->module, [PC_ROOT] = p->root,
		[PC_EVIDENCE] = p->evidence, [PC_DEPENDENCIES] = p->dependencies, [PC_CHECKSUM] = p->checksum,
		[PC_OWNER] = p->owner, [PC_OWNER_TYPE] = p->owner_type, [PC_CPE] = p->cpe,
	};
	(void)table;
	if (column == PC_EPOCH)
		cell_number(out, p->epoch);
	else if (column == PC_LAYER)
		cell_layer(out, inventory, p->layer);
	else if (column == PC_INSTRUCTION)
		cell_instruction(out, inventory, p->layer);
	else if (column == PC_EXPRESSION)
		put_expression(out, inventory, p->expression);
	else if (column == PC_ORIGIN)
		cell_origin(out, inventory, p->layer);
	else if (column == PC_ESSENTIAL)
		cell_number(out, p->essential ? SLICE("1") : SLICE_NONE);
	else
		cell_text(out, texts[column]);
}

struct fact_scan {
	const struct inventory *inventory;
	size_t row;
	struct slice name;
	char text[];
};

/* From type to type: each has the name in one place. */
static size_t
package_next(struct fact_scan *scan)
{
	const struct inventory *inventory = scan->inventory;
	while (inventory && scan->row < inventory->package_count) {
		const struct package *package = &inventory->packages[scan->row];
		int order = slice_cmp(package->name, scan->name);
		if (order == 0)
			return scan->row++;
		scan->row = inventory_package_bound(inventory, package->type, order < 0 ? &scan->name : NULL);
	}
	return SIZE_MAX;
}

static struct fact_scan *
package_scan(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n)
{
	struct slice name = hints[n - 1].text;
	struct fact_scan *scan = calloc(1, sizeof *scan + name.n);
	(void)table;
	if (scan == NULL)
		return NULL;
	scan->inventory = context;
	if (name.n)
		memcpy(scan->text, name.p, name.n);
	scan->name = (struct slice){ scan->text, name.n };
	return scan;
}

static const struct fact_seek package_seeks[] = { { PC_NAME, FACT_EQ, 0.001 } };

const struct fact_table table_package = {
	.name = "package", .meaning = "installed packages",
	.columns = package_columns, .column_count = sizeof package_columns / sizeof *package_columns,
	.count = package_count, .cell = package_cell,
	.seeks = package_seeks, .seek_count = 1, .scan = package_scan, .next = package_next,
};

/* The table of one kind of package: they are sorted by their type, so it is a run of them. */

enum { RUN_APK };

static struct slice
run_type(const struct fact_table *table)
{
	static const char *const types[] = { [RUN_APK] = "apk" };
	return slice_of(types[table->detail]);
}

static size_t
run_count(const void *context, const struct fact_table *table)
{
	const struct inventory *inventory = context;
	size_t from, at;
	if (inventory == NULL)
		return 0;
	for (from = at = inventory_package_bound(inventory, run_type(table), &SLICE("")); at < inventory->package_count; at++)
		if (!slice_eq(inventory->packages[at].type, run_type(table)))
			break;
	return at - from;
}

static void
run_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	package_cell(context, table, inventory_package_bound(context, run_type(table), &SLICE("")) + row, column, out);
}

#define PACKAGE_RUN(name, run)                                                                                              \
	const struct fact_table table_##name = {                                                                     \
		#name, "installed packages of that kind; the columns are those of package", package_columns,                \
		sizeof package_columns / sizeof *package_columns, run_count, run_cell, run };
PACKAGE_RUN(apk_packages, RUN_APK)
#undef PACKAGE_RUN
