/* SPDX-License-Identifier: Apache-2.0 */
/* Mutates a Berkeley DB file page by page: heads, links, item offsets, whole pages. */
#ifndef FUZZ_MUTATE_BDB_H
#define FUZZ_MUTATE_BDB_H

#ifdef FUZZ_MUTATOR

#include "mutate.h"

/* Of a page: its number, what precedes and follows, entries, length or free offset, type. */
static const struct bdb_field {
	size_t at, width;
} bdb_fields[] = { { 8, 4 }, { 12, 4 }, { 16, 4 }, { 20, 2 }, { 22, 2 }, { 25, 1 }, { 26, 2 }, { 28, 2 }, { 30, 2 }, { 32, 2 } };
/* Of the metadata: page size, last page, records. */
static const struct bdb_field bdb_meta[] = { { 20, 4 }, { 32, 4 }, { 88, 4 } };

static inline void
bdb_page_mutate(struct dice *dice, uint8_t *data, size_t pages, size_t page_size)
{
	static const uint8_t types[] = { 0, 2, 7, 13, 8 };
	size_t number = dice_below(dice, pages);
	bool big = data[12] == 0;
	const struct bdb_field *field = number ? &bdb_fields[dice_below(dice, sizeof bdb_fields / sizeof *bdb_fields)] : &bdb_meta[dice_below(dice, 3)];
	uint8_t *at = data + number * page_size + field->at;
	if (number && field->width == 1)
		*at = types[dice_below(dice, sizeof types)];
	else if (field->width == 4)
		put_number(at, 4, big, dice_below(dice, 8) ? dice_below(dice, pages + 1) : dice_number(dice));
	else
		put_number(at, 2, big, dice_below(dice, 4) ? dice_below(dice, page_size + 1) : dice_number(dice));
}

/* An item that says where its overflow pages begin and how long they are together. */
static inline void
bdb_item_mutate(struct dice *dice, uint8_t *data, size_t pages, size_t page_size)
{
	uint8_t *at = data + dice_below(dice, pages) * page_size + 26 + dice_below(dice, page_size - 26 - 12);
	at[0] = 3;
	put_number(at + 4, 4, data[12] == 0, dice_below(dice, pages + 1));
	put_number(at + 8, 4, data[12] == 0, dice_below(dice, pages * page_size));
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
	struct dice dice = { seed };
	size_t page_size = size >= 512 ? (size_t)get_number(data + 20, 4, data[12] == 0) : 0;
	bool paged = page_size >= 512 && page_size <= size && (page_size & (page_size - 1)) == 0;
	size_t pages = paged ? size / page_size : 0;
	size_t choice = dice_below(&dice, 8);
	if (!paged || choice == 0)
		return LLVMFuzzerMutate(data, size, most);
	if (choice == 1)
		return mutate_blocks(&dice, data, pages * page_size, most, page_size);
	if (choice == 2)
		mutate_inside(data + dice_below(&dice, pages) * page_size, page_size);
	else if (choice == 3)
		bdb_item_mutate(&dice, data, pages, page_size);
	else
		bdb_page_mutate(&dice, data, pages, page_size);
	return size;
}

#endif
#endif
