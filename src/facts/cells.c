/* SPDX-License-Identifier: Apache-2.0 */
/* What the cells of an inventory's tables have in common. */
#include "facts/cells.h"

void
cell_text(struct fact_value *out, struct slice text)
{
	if (text.p == NULL)
		return;
	out->type = FACT_TEXT;
	out->text = text;
	out->lasting = true;
}

void
cell_integer(struct fact_value *out, int64_t number)
{
	out->type = FACT_INTEGER;
	out->integer = number;
}

/* A number that was written as text; NULL where it is none. */
void
cell_number(struct fact_value *out, struct slice text)
{
	int64_t number;
	if (slice_to_i64(text, &number))
		cell_integer(out, number);
}

void
cell_scratch(struct fact_value *out, const struct inventory *inventory)
{
	cell_text(out, strbuf_slice(inventory->scratch));
	out->lasting = false;
}

void
cell_layer(struct fact_value *out, const struct inventory *inventory, uint32_t layer)
{
	if (inventory->image && layer != UINT32_MAX)
		cell_integer(out, layer);
}

void
cell_instruction(struct fact_value *out, const struct inventory *inventory, uint32_t layer)
{
	cell_text(out, inventory_instruction(inventory, layer));
}

void
cell_origin(struct fact_value *out, const struct inventory *inventory, uint32_t layer)
{
	cell_text(out, slice_of(origin_name(inventory_layer_origin(inventory, layer))));
}

void
cell_unread(struct fact_value *out, struct slice reason)
{
	out->type = FACT_UNREAD;
	out->text = reason;
}

void
cell_digest(struct fact_value *out, const struct inventory *inventory, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	if (digest->algorithm == DIGEST_NONE)
		return;
	strbuf_clear(inventory->scratch);
	strbuf_puts(inventory->scratch, digest_text(digest, text));
	cell_scratch(out, inventory);
}

void
cell_path(struct fact_value *out, const struct inventory *inventory, const struct node *node)
{
	strbuf_clear(inventory->scratch);
	node_path(node, inventory->scratch);
	cell_scratch(out, inventory);
}
