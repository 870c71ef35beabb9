/* SPDX-License-Identifier: Apache-2.0 */
/* What lower layers bring and the final tree does not show: it is in the image, and whoever has the image can take it out. */
#ifndef CATALOG_HIDDEN_FILES_H
#define CATALOG_HIDDEN_FILES_H

#include "catalog/inventory.h"

struct hidden_file {
	uint32_t layer, entry;      /* of that layer's block */
};

struct hidden_file_list {
	const struct hidden_file *at;    /* by layer, as the layer has them */
	size_t n;
};

/* All but directories; made when somebody first asks, owned by the inventory; NULL without memory. */
const struct hidden_file_list *inventory_hidden_files(const struct inventory *inventory);
/* Something is at its path in the final tree: it was replaced, not removed. */
bool hidden_file_is_replaced(const struct inventory *inventory, const struct hidden_file *file);

#endif
