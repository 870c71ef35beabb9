/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 by zlib, where ISA-L is not. */
#include "codec/crc.h"

#include <zlib.h>

uint32_t
crc_more(uint32_t so_far, struct slice bytes)
{
	return (uint32_t)crc32_z(so_far, (const unsigned char *)bytes.p, bytes.n);
}
