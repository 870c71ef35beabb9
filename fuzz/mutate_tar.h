/* SPDX-License-Identifier: Apache-2.0 */
/* Mutates tar headers field by field, and mends their checksums: a random change would be refused at the door. */
#ifndef FUZZ_MUTATE_TAR_H
#define FUZZ_MUTATE_TAR_H

#ifdef FUZZ_MUTATOR

#include "mutate.h"

#include <stdio.h>

#define TAR_BLOCK 512

static const struct tar_field {
	size_t at, width;
	bool number;
} tar_fields[] = {
	{ 0, 100, false }, { 100, 8, true },    { 108, 8, true },   { 116, 8, true }, { 124, 12, true }, { 136, 12, true },
	{ 156, 1, false }, { 157, 100, false }, { 257, 8, false },  { 329, 8, true }, { 337, 8, true },  { 345, 155, false },
	{ 386, 12, true }, { 398, 12, true },   { 482, 1, false },  { 483, 12, true },
};

/* Octal as everybody writes it, or base-256, whose sign some readers forget. */
static inline void
tar_number(struct dice *dice, uint8_t *at, size_t width)
{
	char octal[32];
	uint64_t number = dice_number(dice);
	if (dice_below(dice, 3) == 0) {
		put_number(at, width, true, number);
		at[0] = dice_below(dice, 2) ? 0x80 : 0xff;
		return;
	}
	snprintf(octal, sizeof octal, "%0*llo", (int)width - 1, (unsigned long long)number);
	memcpy(at, octal, width);
}

static inline void
tar_field_mutate(struct dice *dice, uint8_t *header)
{
	static const char types[] = "0123456712xgLKS57xx\0D";
	const struct tar_field *field = &tar_fields[dice_below(dice, sizeof tar_fields / sizeof *tar_fields)];
	if (field->at == 156)
		header[field->at] = (uint8_t)types[dice_below(dice, sizeof types - 1)];
	else if (field->number)
		tar_number(dice, header + field->at, field->width);
	else
		mutate_inside(header + field->at, field->width);
}

static inline bool
tar_is_header(const uint8_t *block)
{
	return memcmp(block + 257, "ustar", 5) == 0;
}

static inline void
tar_checksum(uint8_t *header)
{
	char text[8];
	unsigned sum = 0;
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += header[i];
	snprintf(text, sizeof text, "%06o", sum);
	memcpy(header + 148, text, 7);
}

static inline size_t
tar_mutate(struct dice *dice, uint8_t *data, size_t size, size_t most)
{
	uint8_t *block = data + dice_below(dice, size / TAR_BLOCK) * TAR_BLOCK;
	switch (dice_below(dice, 8)) {
	case 0:
		return LLVMFuzzerMutate(data, size, most);
	case 1:
	case 2:
		return mutate_blocks(dice, data, size, most, TAR_BLOCK);
	default:
		if (tar_is_header(block))
			tar_field_mutate(dice, block);
		else
			mutate_inside(block, TAR_BLOCK);
		return size;
	}
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
	struct dice dice = { seed };
	size = size < TAR_BLOCK ? LLVMFuzzerMutate(data, size, most) : tar_mutate(&dice, data, size, most);
	/* One in sixteen stays wrong: a bad checksum is an input too. */
	bool mend = dice_below(&dice, 16) != 0;
	for (size_t at = 0; mend && at + TAR_BLOCK <= size; at += TAR_BLOCK)
		if (tar_is_header(data + at))
			tar_checksum(data + at);
	return size;
}

#endif
#endif
