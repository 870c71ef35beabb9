/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of an inventory: how each cell is found. */
#include "facts/cells.h"
#include "facts/table_accounting.h"
#include "facts/table_config_file.h"
#include "facts/table_derived.h"
#include "facts/table_file.h"
#include "facts/table_hidden_file.h"
#include "facts/table_history.h"
#include "facts/table_live.h"
#include "facts/table_osquery.h"
#include "facts/table_package.h"
#include "facts/table_secret.h"

#include "base/date.h"
#include "codec/json_write.h"

static const struct image_config *
config_of(const struct inventory *inventory)
{
	return inventory && inventory->image ? inventory->image->config : NULL;
}

/* os_version */

enum os_column { OC_ID, OC_NAME, OC_VERSION, OC_VERSION_ID, OC_CODENAME, OC_PRETTY_NAME, OC_PLATFORM_LIKE, OC_SUPPORT_END, OC_PLATFORM, OC_ARCH, OC_MAJOR, OC_MINOR, OC_PATCH, OC_ID_LIKE };

static const struct fact_column os_columns[] = {
	[OC_ID] = { "id", FACT_TEXT, "ID of os-release; NULL where the system could not be told" },
	[OC_NAME] = { "name", FACT_TEXT, "NAME" },
	[OC_VERSION] = { "version", FACT_TEXT, "VERSION", "version" },
	[OC_VERSION_ID] = { "version_id", FACT_TEXT, "VERSION_ID" },
	[OC_CODENAME] = { "codename", FACT_TEXT, "VERSION_CODENAME, else the release's known one; empty without one" },
	[OC_PRETTY_NAME] = { "pretty_name", FACT_TEXT, "PRETTY_NAME" },
	[OC_PLATFORM_LIKE] = { "platform_like", FACT_TEXT, "osquery's: ID_LIKE; rhel where there is /etc/redhat-release" },
	[OC_SUPPORT_END] = { "support_end", FACT_TEXT, "last day of its maker's support" },
	[OC_PLATFORM] = { "platform", FACT_TEXT, "osquery's: as id; rhel where there is /etc/redhat-release, of CentOS and Fedora too" },
	[OC_ARCH] = { "arch", FACT_TEXT, "osquery's: of the image, as uname(1) says it: x86_64, aarch64; NULL for a tree" },
	[OC_MAJOR] = { "major", FACT_INTEGER, "osquery's: the first number of version_id, or of /etc/redhat-release where that tells the minor release; 0 where there is none" },
	[OC_MINOR] = { "minor", FACT_INTEGER, "the second; 0 where there is none" },
	[OC_PATCH] = { "patch", FACT_INTEGER, "the third; the same" },
	[OC_ID_LIKE] = { "id_like", FACT_TEXT, "ID_LIKE" },
};

/* Names of machines, where uname(1) has others than images. */
static struct slice
machine_of(const struct inventory *inventory)
{
	static const struct { const char *image, *machine; } names[] = {
		{ "amd64", "x86_64" }, { "arm64", "aarch64" }, { "386", "i686" }, { "arm", "armv7l" }, { "loong64", "loongarch64" },
	};
	struct slice architecture = inventory->image ? inventory->image->platform.architecture : SLICE_NONE;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(architecture, names[i].image))
			return slice_of(names[i].machine);
	return architecture.n ? architecture : SLICE_NONE;
}

/* All of Red Hat's kin are rhel to osquery, whose queries ask for that. */
static struct slice
osquery_platform(const struct inventory *inventory, struct slice told)
{
	return inventory->tree && tree_resolve(inventory->tree, SLICE("/etc/redhat-release")) ? SLICE("rhel") : told;
}

static void
version_cell(struct fact_value *out, struct slice version, size_t skipped)
{
	struct slice part, rest = version;
	uint64_t number;
	cell_integer(out, 0);
	for (size_t i = 0; i <= skipped; i++)
		if (!slice_next(&rest, '.', &part))
			return;
	if (slice_to_u64(part, 10, &number) && number <= INT64_MAX)
		cell_integer(out, (int64_t)number);
}

static void
os_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct operating_system *os = &inventory->os;
	const struct slice texts[] = {
		[OC_ID] = os->id, [OC_NAME] = os->name, [OC_VERSION] = os->version, [OC_VERSION_ID] = os->version_id,
		[OC_CODENAME] = os->codename, [OC_PRETTY_NAME] = os->pretty_name, [OC_PLATFORM_LIKE] = osquery_platform(inventory, os->id_like), [OC_ID_LIKE] = os->id_like,
		[OC_PLATFORM] = osquery_platform(inventory, os->id), [OC_ARCH] = machine_of(inventory),
	};
	char day[DATE_TEXT_SIZE];
	(void)table, (void)row;
	if (column >= OC_MAJOR && column <= OC_PATCH) {
		version_cell(out, os->release.n ? os->release : os->version_id, column - OC_MAJOR);
		return;
	}
	if (column != OC_SUPPORT_END) {
		bool empty = texts[column].p == NULL && (column == OC_PLATFORM_LIKE || column == OC_CODENAME);
		cell_text(out, empty ? SLICE("") : texts[column]);
		return;
	}
	if (os->support_end == DATE_NONE)
		return;
	strbuf_clear(inventory->scratch);
	strbuf_puts(inventory->scratch, date_day_text(os->support_end, day));
	cell_scratch(out, inventory);
}

/* No row at all where nothing names a system: a NULL would look like an answer. */
static size_t
os_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context && ((const struct inventory *)context)->os.id.n > 0;
}

static const struct fact_table table_os_version = {
	"os_version", "the operating system", os_columns, sizeof os_columns / sizeof *os_columns, os_count, os_cell, 0,
};

/* As osquery tells it, which has a row of what names no system, too: who asks for other systems than his own finds that. */
static const enum os_column osquery_os[] = { OC_NAME, OC_VERSION, OC_MAJOR, OC_MINOR, OC_PATCH, OC_PLATFORM, OC_PLATFORM_LIKE, OC_CODENAME, OC_ARCH };

static const struct fact_column osquery_os_columns[] = {
	{ "name", FACT_TEXT, "NAME; Unknown where nothing names a system" },
	{ "version", FACT_TEXT, "VERSION; compared as one", "version" },
	{ "major", FACT_INTEGER, "as in os_version" },
	{ "minor", FACT_INTEGER, "the same" },
	{ "patch", FACT_INTEGER, "the same" },
	{ "platform", FACT_TEXT, "the same; posix where nothing names a system" },
	{ "platform_like", FACT_TEXT, "the same" },
	{ "codename", FACT_TEXT, "the same" },
	{ "arch", FACT_TEXT, "the same" },
};

static void
osquery_os_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	enum os_column own = osquery_os[column];
	os_cell(context, table, row, own, out);
	if (out->type == FACT_NULL && own != OC_ARCH)
		cell_text(out, own == OC_NAME ? SLICE("Unknown") : own == OC_PLATFORM ? SLICE("posix") : SLICE(""));
}

static size_t
osquery_os_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context != NULL;
}

static const struct fact_table table_osquery_os_version = {
	"osquery_os_version", "osquery: os_version, with a row of every target", osquery_os_columns, sizeof osquery_os_columns / sizeof *osquery_os_columns,
	osquery_os_count, osquery_os_cell, 0,
};

/* image */

enum image_column {
	IC_REFERENCE, IC_OS, IC_ARCHITECTURE, IC_VARIANT, IC_CREATED, IC_AUTHOR, IC_USER, IC_WORKING_DIR, IC_STOP_SIGNAL,
	IC_ENTRYPOINT, IC_CMD, IC_SHELL, IC_HEALTHCHECK, IC_MANIFEST, IC_CONFIG, IC_LAYERS, IC_ON_BUILD,
};

static const struct fact_column image_columns[] = {
	[IC_REFERENCE] = { "reference", FACT_TEXT, "as the archive or index names it" },
	[IC_OS] = { "os", FACT_TEXT, "of the platform" },
	[IC_ARCHITECTURE] = { "architecture", FACT_TEXT, "of the platform" },
	[IC_VARIANT] = { "variant", FACT_TEXT, "of the platform" },
	[IC_CREATED] = { "created", FACT_TEXT, "as written" },
	[IC_AUTHOR] = { "author", FACT_TEXT, "as written" },
	[IC_USER] = { "user", FACT_TEXT, "User; NULL where it is not set" },
	[IC_WORKING_DIR] = { "working_dir", FACT_TEXT, "WorkingDir" },
	[IC_STOP_SIGNAL] = { "stop_signal", FACT_TEXT, "StopSignal" },
	[IC_ENTRYPOINT] = { "entrypoint", FACT_TEXT, "Entrypoint, a JSON array" },
	[IC_CMD] = { "cmd", FACT_TEXT, "Cmd, a JSON array" },
	[IC_SHELL] = { "shell", FACT_TEXT, "Shell, a JSON array" },
	[IC_HEALTHCHECK] = { "healthcheck", FACT_TEXT, "Healthcheck's Test, a JSON array" },
	[IC_MANIFEST] = { "manifest_digest", FACT_TEXT, "NULL in an archive that has none" },
	[IC_CONFIG] = { "config_digest", FACT_TEXT, "the image id" },
	[IC_LAYERS] = { "layers", FACT_INTEGER, "how many" },
	[IC_ON_BUILD] = { "on_build", FACT_TEXT, "OnBuild, a JSON array" },
};

static size_t
image_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return config_of(context) != NULL;
}

static void
put_list(struct fact_value *out, const struct inventory *inventory, const struct string_list *list)
{
	if (!list->set)
		return;
	strbuf_clear(inventory->scratch);
	struct json_writer w = { .into = inventory->scratch };
	json_write_array(&w);
	for (size_t i = 0; i < list->n; i++)
		json_write_string(&w, list->at[i]);
	json_write_array_end(&w);
	cell_scratch(out, inventory);
}

static void
image_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct image *image = inventory->image;
	const struct image_config *config = image->config;
	const struct slice texts[] = {
		[IC_REFERENCE] = image->reference, [IC_OS] = image->platform.os, [IC_ARCHITECTURE] = image->platform.architecture,
		[IC_VARIANT] = image->platform.variant, [IC_CREATED] = config->created, [IC_AUTHOR] = config->author,
		[IC_USER] = config->user, [IC_WORKING_DIR] = config->working_dir, [IC_STOP_SIGNAL] = config->stop_signal,
	};
	const struct string_list *const lists[] = {
		[IC_ENTRYPOINT] = &config->entrypoint, [IC_CMD] = &config->cmd, [IC_SHELL] = &config->shell, [IC_HEALTHCHECK] = &config->healthcheck,
	};
	(void)table, (void)row;
	if (column <= IC_STOP_SIGNAL)
		cell_text(out, texts[column]);
	else if (column <= IC_HEALTHCHECK)
		put_list(out, inventory, lists[column]);
	else if (column == IC_ON_BUILD)
		put_list(out, inventory, &config->on_build);
	else if (column == IC_LAYERS)
		cell_integer(out, (int64_t)image->layer_count);
	else
		cell_digest(out, inventory, column == IC_MANIFEST ? &image->manifest_digest : &image->config_digest);
}

static const struct fact_table table_image = {
	"image", "the image's own settings, one row", image_columns, sizeof image_columns / sizeof *image_columns, image_count, image_cell, 0,
};

/* layer */

enum layer_column { LC_LAYER, LC_DIGEST, LC_INSTRUCTION, LC_ORIGIN, LC_ENTRIES, LC_SIZE, LC_MEDIA_TYPE };

static const struct fact_column layer_columns[] = {
	[LC_LAYER] = { "layer", FACT_INTEGER, "from 0, the lowest" },
	[LC_DIGEST] = { "digest", FACT_TEXT, "diff id: of the plain tar" },
	[LC_INSTRUCTION] = { "instruction", FACT_TEXT, "the build instruction that made it" },
	[LC_ORIGIN] = { "origin", FACT_TEXT, "base or application; NULL where no base matched" },
	[LC_ENTRIES] = { "entries", FACT_INTEGER, "entries in its archive" },
	[LC_SIZE] = { "size", FACT_INTEGER, "bytes in its files" },
	[LC_MEDIA_TYPE] = { "media_type", FACT_TEXT, "as the manifest says; NULL in an archive that has none" },
};

static size_t
layer_count(const void *context, const struct fact_table *table)
{
	const struct inventory *inventory = context;
	(void)table;
	return inventory && inventory->image ? inventory->image->layer_count : 0;
}

static void
layer_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	(void)table;
	if (column == LC_LAYER)
		cell_integer(out, (int64_t)row);
	else if (column == LC_DIGEST)
		cell_digest(out, inventory, &inventory->image->layers[row].diff_id);
	else if (column == LC_INSTRUCTION)
		cell_instruction(out, inventory, (uint32_t)row);
	else if (column == LC_ORIGIN)
		cell_origin(out, inventory, (uint32_t)row);
	else if (column == LC_MEDIA_TYPE && inventory->image->layers[row].media_type.n)
		cell_text(out, inventory->image->layers[row].media_type);
	else if (column == LC_MEDIA_TYPE)
		return;
	else if (inventory->blocks[row] && column == LC_SIZE)
		cell_integer(out, (int64_t)inventory_layer_size(inventory, (uint32_t)row));
	else if (inventory->blocks[row])
		cell_integer(out, block_entry_count(inventory->blocks[row]));
}

static const struct fact_table table_layer = {
	"layer", "layers from the lowest", layer_columns, sizeof layer_columns / sizeof *layer_columns, layer_count, layer_cell, 0,
};

/* label, env, port, volume */

static const struct fact_column label_columns[] = { { "key", FACT_TEXT, "name" }, { "value", FACT_TEXT, "value" } };

static size_t
label_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return config_of(context) ? config_of(context)->label_count : 0;
}

static void
label_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct string_pair *label = &config_of(context)->labels[row];
	(void)table;
	cell_text(out, column == 0 ? label->key : label->value);
}

static const struct fact_table table_label = { "label", "labels of the image", label_columns, 2, label_count, label_cell, 0 };

static const struct fact_column env_columns[] = {
	{ "name", FACT_TEXT, "before the first =" },
	{ "value", FACT_TEXT, "behind it; NULL without =" },
};

static size_t
env_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return config_of(context) ? config_of(context)->env.n : 0;
}

static void
env_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	struct slice name, value;
	(void)table;
	slice_cut(config_of(context)->env.at[row], '=', &name, &value);
	cell_text(out, column == 0 ? name : value);
}

static const struct fact_table table_env = { "env", "environment variables of the image", env_columns, 2, env_count, env_cell, 0 };

enum { LIST_PORTS, LIST_VOLUMES };

static const struct string_list *
list_of(const void *context, const struct fact_table *table)
{
	const struct image_config *config = config_of(context);
	if (config == NULL)
		return NULL;
	return table->detail == LIST_PORTS ? &config->ports : &config->volumes;
}

static size_t
list_count(const void *context, const struct fact_table *table)
{
	const struct string_list *list = list_of(context, table);
	return list ? list->n : 0;
}

static void
list_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	(void)column;
	cell_text(out, list_of(context, table)->at[row]);
}

static const struct fact_column port_columns[] = { { "port", FACT_TEXT, "8080/tcp" } };
static const struct fact_column volume_columns[] = { { "path", FACT_TEXT, "mount point" } };
static const struct fact_table table_port = { "port", "exposed ports", port_columns, 1, list_count, list_cell, LIST_PORTS };
static const struct fact_table table_volume = { "volume", "declared volumes", volume_columns, 1, list_count, list_cell, LIST_VOLUMES };

/* One table for each kind of row that catalogers extract. */

static size_t
row_count(const void *context, const struct fact_table *table)
{
	return context ? ((const struct inventory *)context)->rows[table->detail].n : 0;
}

static void
row_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct shown_row *shown = &inventory->rows[table->detail].at[row];
	size_t fields = table->column_count - 3;
	if (column < fields) {
		struct slice text = block_field(shown->block, &shown->row, (uint32_t)column);
		if (table->columns[column].type == FACT_INTEGER)
			cell_number(out, text);
		else
			cell_text(out, text);
	} else if (column == fields) {
		cell_path(out, inventory, shown->node);
	} else if (column == fields + 1) {
		cell_layer(out, inventory, shown->layer);
	} else if (shown->row.line) {
		cell_integer(out, shown->row.line);
	}
}

#define KIND(name, table, meaning) static const struct fact_column columns_##name[] = {
#define FIELD(kind, name, column, type, meaning) { column, FACT_##type, meaning },
#define END(name)                                                \
	{ "path", FACT_TEXT, "the file that says so" },          \
	{ "layer", FACT_INTEGER, "its layer; NULL for a tree" }, \
	{ "line", FACT_INTEGER, "in that file, from 1" } };
#include "catalog/rows.def"
#undef KIND
#undef FIELD
#undef END

#define KIND(name, table, meaning)                      \
	static const struct fact_table table_##name = { \
		table, meaning, columns_##name, sizeof columns_##name / sizeof *columns_##name, row_count, row_cell, ROW_##name };
#define FIELD(kind, name, column, type, meaning)
#define END(name)
#include "catalog/rows.def"
#undef KIND
#undef FIELD
#undef END

const struct fact_table *const facts_inventory_tables[] = {
	&table_apk_packages,
	&table_config_file, &table_env, &table_file, &table_file_lines, &table_hidden_file, &table_history, &table_history_argument, &table_history_command, &table_history_variable,
	&table_image, &table_label, &table_layer, &table_os_version, &table_osquery_file, &table_osquery_hash, &table_osquery_os_version, &table_package, &table_package_file, &table_port,
	&table_secret, &table_system_controls, &table_unaccounted_file, &table_volume,
#define KIND(name, table, meaning) &table_##name,
#define FIELD(kind, name, column, type, meaning)
#define END(name)
#include "catalog/rows.def"
#undef KIND
#define KIND(name, table, meaning) &table_live_##name,
#include "catalog/live/live.def"
#undef KIND
#undef FIELD
#undef END
#define KIND(name, table, known, meaning) &table_##name,
#define FIELD(column, type, meaning)
#define END(name)
#include "catalog/derived.def"
	NULL,
};
