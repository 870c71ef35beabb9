/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the kernel: as it has them, which only the running machine tells, and as its files say, which every tree does. */
#include "facts/table_live.h"

#include "catalog/system_controls.h"
#include "facts/cells.h"

enum control_column { SC_NAME, SC_SUBSYSTEM, SC_CURRENT_VALUE, SC_CONFIG_VALUE, SC_CONFIG_PATH };

static const struct fact_column control_columns[] = {
	[SC_NAME] = { "name", FACT_TEXT, "net.ipv4.ip_forward; in files with wildcards as it is written there, where no machine tells what it means" },
	[SC_SUBSYSTEM] = { "subsystem", FACT_TEXT, "before its first dot" },
	[SC_CURRENT_VALUE] = { "current_value", FACT_TEXT, "as the running kernel has it" },
	[SC_CONFIG_VALUE] = { "config_value", FACT_TEXT, "what the files below sysctl.d say in the end, in systemd-sysctl's order; NULL where they say nothing" },
	[SC_CONFIG_PATH] = { "config_path", FACT_TEXT, "the file that says so" },
};

static size_t
control_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? inventory_system_controls(context)->n : 0;
}

static void
config_cell(const struct inventory *inventory, const struct system_control *control, size_t column, struct fact_value *out)
{
	const struct system_control_list *list = inventory_system_controls(inventory);
	if (list->trouble.n)
		cell_unread(out, list->trouble);
	else if (column == SC_CONFIG_VALUE)
		cell_text(out, control->config);
	else if (control->config.p)
		cell_text(out, control->path);
}

static void
unread_cell(const struct inventory *inventory, const struct system_control *control, struct fact_value *out)
{
	strbuf_clear(inventory->scratch);
	strbuf_printf(inventory->scratch, "system_controls: the value of %.*s: %.*s", SLICE_ARG(control->name), SLICE_ARG(control->unread));
	cell_unread(out, strbuf_slice(inventory->scratch));
}

static void
control_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct system_control *control = &inventory_system_controls(inventory)->at[row];
	struct slice subsystem, rest;
	(void)table;
	if (column == SC_NAME)
		cell_text(out, control->name);
	else if (column == SC_SUBSYSTEM)
		cell_text(out, slice_cut(control->name, '.', &subsystem, &rest) ? subsystem : SLICE_NONE);
	else if (column == SC_CURRENT_VALUE && control->unread.p)
		unread_cell(inventory, control, out);
	else if (column == SC_CURRENT_VALUE)
		cell_text(out, control->current);
	else
		config_cell(inventory, control, column, out);
}

const struct fact_table table_system_controls = {
	.name = "system_controls", .meaning = "settings of the kernel, as it has them and as files below sysctl.d want them; /run/sysctl.d, which is left out of a host, apart",
	.columns = control_columns, .column_count = sizeof control_columns / sizeof *control_columns,
	.count = control_count, .cell = control_cell, .live = UINT64_C(1) << SC_CURRENT_VALUE,
};
