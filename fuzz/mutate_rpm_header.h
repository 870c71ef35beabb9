/* SPDX-License-Identifier: Apache-2.0 */
/* Mutates an rpm header's index entries, and makes its two counts fit its size: nothing else gets past the first check. */
#ifndef FUZZ_MUTATE_RPM_HEADER_H
#define FUZZ_MUTATE_RPM_HEADER_H

#ifdef FUZZ_MUTATOR

#include "mutate.h"

enum { RPM_INTRO = 8, RPM_ENTRY = 16 };

/* Of tag, type, offset and count one becomes another that is lawful, or nearly. */
static inline void
rpm_entry_mutate(struct dice *dice, uint8_t *entry, size_t data)
{
	static const uint32_t tags[] = { 1000, 1001, 1002, 1003, 1011, 1014, 1015, 1022, 1044, 5096, 63 };
	switch (dice_below(dice, 4)) {
	case 0:
		put_number(entry, 4, true, tags[dice_below(dice, sizeof tags / sizeof *tags)]);
		break;
	case 1:
		put_number(entry + 4, 4, true, dice_below(dice, 12));
		break;
	case 2:
		put_number(entry + 8, 4, true, dice_below(dice, 8) ? dice_below(dice, data + 2) : dice_number(dice));
		break;
	default:
		put_number(entry + 12, 4, true, dice_below(dice, 4) ? dice_below(dice, 3) : dice_number(dice));
	}
}

static inline void
rpm_counts_fit(struct dice *dice, uint8_t *data, size_t size)
{
	size_t most = (size - RPM_INTRO) / RPM_ENTRY, tags = (size_t)get_number(data, 4, true);
	if (tags == 0 || tags > most)
		tags = most ? 1 + dice_below(dice, most) : 0;
	put_number(data, 4, true, tags);
	put_number(data + 4, 4, true, size - RPM_INTRO - tags * RPM_ENTRY);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
	struct dice dice = { seed };
	size_t tags = size >= RPM_INTRO + RPM_ENTRY ? (size_t)get_number(data, 4, true) : 0;
	bool whole = tags > 0 && tags <= (size - RPM_INTRO) / RPM_ENTRY;
	if (whole && dice_below(&dice, 2))
		rpm_entry_mutate(&dice, data + RPM_INTRO + dice_below(&dice, tags) * RPM_ENTRY, size - RPM_INTRO - tags * RPM_ENTRY);
	else
		size = LLVMFuzzerMutate(data, size, most);
	if (size >= RPM_INTRO && dice_below(&dice, 16))
		rpm_counts_fit(&dice, data, size);
	return size;
}

#endif
#endif
