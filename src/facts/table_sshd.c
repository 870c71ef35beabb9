/* SPDX-License-Identifier: Apache-2.0 */
/* The table `sshd_setting`: the files of the SSH server as it reads them. */
#include "facts/table_sshd.h"

#include "facts/cells.h"

enum sshd_column { SC_KEYWORD, SC_VALUE, SC_BLOCK, SC_EFFECTIVE, SC_PATH, SC_LAYER, SC_LINE };

static const struct fact_column sshd_columns[] = {
	[SC_KEYWORD] = { "keyword", FACT_TEXT, "lower case; no include, whose files stand in its place" },
	[SC_VALUE] = { "value", FACT_TEXT, "as written" },
	[SC_BLOCK] = { "block", FACT_TEXT, "the Match that it, or the Include of its file, stands under; NULL: it is for everybody" },
	[SC_EFFECTIVE] = { "effective", FACT_INTEGER, "1: it is the first of its keyword there, or of a keyword whose values add up; 0: an earlier one counts" },
	[SC_PATH] = { "path", FACT_TEXT, "the file that says so" },
	[SC_LAYER] = { "layer", FACT_INTEGER, "its layer; NULL for a tree" },
	[SC_LINE] = { "line", FACT_INTEGER, "in that file, from 1" },
};

static size_t
sshd_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? ((const struct inventory *)context)->sshd_setting_count : 0;
}

static void
sshd_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct sshd_setting *setting = &inventory->sshd_settings[row];
	const struct shown_row *shown = setting->row;
	(void)table;
	if (column <= SC_VALUE)
		cell_text(out, block_field(shown->block, &shown->row, column == SC_KEYWORD ? SSH_CONFIG_KEYWORD : SSH_CONFIG_VALUE));
	else if (column == SC_BLOCK)
		cell_text(out, setting->block);
	else if (column == SC_EFFECTIVE)
		cell_integer(out, setting->effective);
	else if (column == SC_PATH)
		cell_path(out, inventory, shown->node);
	else if (column == SC_LAYER)
		cell_layer(out, inventory, shown->layer);
	else
		cell_integer(out, shown->row.line);
}

const struct fact_table table_sshd_setting = {
	.name = "sshd_setting", .meaning = "settings of the SSH server as it reads them: files that are included in their place, what counts marked",
	.columns = sshd_columns, .column_count = sizeof sshd_columns / sizeof *sshd_columns, .count = sshd_count, .cell = sshd_cell,
};
