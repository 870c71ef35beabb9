/* SPDX-License-Identifier: Apache-2.0 */
/* Filling cells of the tables over an inventory.  What cannot be told leaves the cell NULL. */
#ifndef FACTS_CELLS_H
#define FACTS_CELLS_H

#include "catalog/inventory.h"
#include "facts/facts.h"

/* A text of the inventory itself: it outlives every query. */
void cell_text(struct fact_value *out, struct slice text);
void cell_integer(struct fact_value *out, int64_t number);
void cell_number(struct fact_value *out, struct slice text);
/* What stands in the inventory's scratch: valid until the next cell. */
void cell_scratch(struct fact_value *out, const struct inventory *inventory);
void cell_path(struct fact_value *out, const struct inventory *inventory, const struct node *node);
/* A value that there is, and that nobody kept: the query fails with the reason. */
void cell_unread(struct fact_value *out, struct slice reason);
void cell_digest(struct fact_value *out, const struct inventory *inventory, const struct digest *digest);
/* The value of the xattr security.capability as text; NULL where there is none. */
void cell_capability(struct fact_value *out, const struct inventory *inventory, struct slice value);
/* "regular", "directory", ...; NULL for what a final tree has not. */
const char *file_type_name(enum entry_type type);
/* Four octal digits. */
void cell_mode(struct fact_value *out, const struct inventory *inventory, uint32_t mode);
void cell_layer(struct fact_value *out, const struct inventory *inventory, uint32_t layer);
void cell_instruction(struct fact_value *out, const struct inventory *inventory, uint32_t layer);
void cell_origin(struct fact_value *out, const struct inventory *inventory, uint32_t layer);

#endif
