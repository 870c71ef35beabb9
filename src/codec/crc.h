/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 as gzip has it, CRC-64 as Go's ISO table has it, by the fastest library at hand: against accidents, never against intent. */
#ifndef CODEC_CRC_H
#define CODEC_CRC_H

#include "base/slice.h"

uint32_t crc_more(uint32_t so_far, struct slice bytes);
uint64_t crc64_more(uint64_t so_far, struct slice bytes);

static inline uint32_t
crc_of(struct slice bytes)
{
	return crc_more(0, bytes);
}

#endif
