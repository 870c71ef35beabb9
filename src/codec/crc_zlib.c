/* SPDX-License-Identifier: Apache-2.0 */
/* By zlib, where ISA-L is not; what zlib has not bit by bit through a table of nibbles. */
#include "codec/crc.h"

#include <zlib.h>

uint32_t
crc_more(uint32_t so_far, struct slice bytes)
{
	return (uint32_t)crc32_z(so_far, (const unsigned char *)bytes.p, bytes.n);
}

/* x^64 + x^4 + x^3 + x + 1 (ISO 3309), the lowest bit first. */
#define POLYNOMIAL UINT64_C(0xd800000000000000)

static uint64_t
four_bits(uint64_t crc)
{
	for (int i = 0; i < 4; i++)
		crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
	return crc;
}

uint64_t
crc64_more(uint64_t so_far, struct slice bytes)
{
	uint64_t table[16], crc = ~so_far;
	for (uint64_t i = 0; i < 16; i++)
		table[i] = four_bits(i);
	for (size_t i = 0; i < bytes.n; i++) {
		crc ^= (unsigned char)bytes.p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
