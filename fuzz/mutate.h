/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What structure-aware mutators share.  They exist where meson sets
 * FUZZ_MUTATOR, for only a fuzzer has LLVMFuzzerMutate: the replay does without.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

struct dice {
	uint64_t state;
};

/* A number below `n`, which is above 0. */
static inline size_t
dice_below(struct dice *dice, size_t n)
{
	dice->state = dice->state * 6364136223846793005U + 1442695040888963407U;
	return (size_t)(dice->state >> 33) % n;
}

/* Numbers at which readers err, or any. */
static inline uint64_t
dice_number(struct dice *dice)
{
	static const uint64_t edges[] = { 0, 1, 2, 511, 512, 513, 4095, 4096, UINT16_MAX, INT32_MAX, UINT32_MAX, 1ULL << 33, INT64_MAX, UINT64_MAX };
	size_t at = dice_below(dice, 2 * sizeof edges / sizeof *edges);
	return at < sizeof edges / sizeof *edges ? edges[at] : dice_below(dice, 1 << 16);
}

/* A run of bytes changed in its place: what the fuzzer makes shorter is filled up. */
static inline void
mutate_inside(uint8_t *at, size_t n)
{
	size_t left = LLVMFuzzerMutate(at, n, n);
	if (left < n)
		memset(at + left, 0, n - left);
}

static inline void
put_number(uint8_t *at, size_t width, bool big_endian, uint64_t number)
{
	for (size_t i = 0; i < width; i++)
		at[big_endian ? width - 1 - i : i] = i < 8 ? (uint8_t)(number >> 8 * i) : 0;
}

static inline uint64_t
get_number(const uint8_t *at, size_t width, bool big_endian)
{
	uint64_t number = 0;
	for (size_t i = 0; i < width; i++)
		number |= (uint64_t)at[big_endian ? width - 1 - i : i] << 8 * i;
	return number;
}

/* Whole blocks: one doubled at another place, removed, or exchanged; the new size. */
static inline size_t
mutate_blocks(struct dice *dice, uint8_t *data, size_t size, size_t most, size_t block)
{
	size_t n = size / block, from = dice_below(dice, n) * block, to = dice_below(dice, n) * block;
	switch (dice_below(dice, 3)) {
	case 0:
		if (size + block > most)
			return size;
		memmove(data + to + block, data + to, size - to);
		memmove(data + to, data + (from < to ? from : from + block), block);
		return size + block;
	case 1:
		if (n < 2)
			return size;
		memmove(data + from, data + from + block, size - from - block);
		return size - block;
	default:
		memmove(data + to, data + from, block);
		return size;
	}
}

#endif
