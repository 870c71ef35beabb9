/* SPDX-License-Identifier: Apache-2.0 */
/* The table `config_file`: content that was not kept fails the query that reads it. */
#include "facts/cells.h"
#include "facts/table_config_file.h"

enum config_column { CC_STATE, CC_CONTENT, CC_PATH, CC_LAYER };

static const struct fact_column config_columns[] = {
	[CC_STATE] = { "state", FACT_TEXT,
		       "kept; account (shadow files: their content is NULL); too_large (beyond limit CONFIG_BODY_BYTES or CONFIG_BYTES), binary (it has a NUL), "
		       "secret (keyrings, private keys), elsewhere (a link to a file outside /etc, or it could not be read): a query that reads their content fails" },
	[CC_CONTENT] = { "content", FACT_TEXT, "as it is, with * for each byte of a secret that the table secret tells of" },
	[CC_PATH] = { "path", FACT_TEXT, "absolute; every name by which programs reach it, through links too, but for circles of them" },
	[CC_LAYER] = { "layer", FACT_INTEGER, "the layer that brought it, from 0; NULL for a tree" },
};

static size_t
config_count(const void *context, const struct fact_table *table)
{
	(void)table;
	return context ? ((const struct inventory *)context)->config_file_count : 0;
}

static struct slice
config_state(const struct config_file *file)
{
	return file->row ? block_field(file->row->block, &file->row->row, CONFIG_FILE_STATE) : SLICE("elsewhere");
}

static void
content_cell(struct fact_value *out, const struct inventory *inventory, const struct config_file *file)
{
	struct slice state = config_state(file), content = file->row ? block_field(file->row->block, &file->row->row, CONFIG_FILE_CONTENT) : SLICE_NONE;
	cell_text(out, content);
	if (content.p || slice_is(state, "account"))
		return;
	strbuf_clear(inventory->scratch);
	strbuf_put(inventory->scratch, file->path);
	strbuf_puts(inventory->scratch, ": its content was not kept: ");
	strbuf_put(inventory->scratch, state);
	if (slice_is(state, "too_large"))
		strbuf_puts(inventory->scratch, ", limit CONFIG_BODY_BYTES or CONFIG_BYTES");
	cell_unread(out, strbuf_slice(inventory->scratch));
}

static void
config_cell(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out)
{
	const struct inventory *inventory = context;
	const struct config_file *file = &inventory->config_files[row];
	(void)table;
	if (file->node == NULL)
		cell_unread(out, SLICE("more names below /etc, by way of links, than limit CONFIG_NAME_COUNT"));
	else if (column == CC_STATE)
		cell_text(out, config_state(file));
	else if (column == CC_CONTENT)
		content_cell(out, inventory, file);
	else if (column == CC_PATH)
		cell_text(out, file->path);
	else
		cell_layer(out, inventory, file->node->layer);
}

const struct fact_table table_config_file = {
	.name = "config_file", .meaning = "regular files below /etc with their content, for settings that have no table of their own",
	.columns = config_columns, .column_count = sizeof config_columns / sizeof *config_columns,
	.count = config_count, .cell = config_cell,
};
