/* SPDX-License-Identifier: Apache-2.0 */
/* How much a layer brings, whatever later ones make of it. */
#include "catalog/inventory.h"

uint64_t
inventory_layer_size(const struct inventory *inventory, uint32_t layer)
{
	const struct block *block = inventory->blocks[layer];
	uint64_t sum = 0;
	for (uint32_t i = 0; block && i < block_entry_count(block); i++) {
		uint64_t size = block_entry_type(block, i) == ENTRY_FILE ? block_entry_size(block, i) : 0;
		sum = size > INT64_MAX - sum ? INT64_MAX : sum + size;
		if (i % BLOCK_REST_ENTRIES == BLOCK_REST_ENTRIES - 1)
			block_rest(block);
	}
	return sum;
}
