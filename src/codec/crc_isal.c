/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 by ISA-L. */
#include "codec/crc.h"

#include <isa-l/crc.h>

uint32_t
crc_more(uint32_t so_far, struct slice bytes)
{
	return crc32_gzip_refl(so_far, (const unsigned char *)bytes.p, bytes.n);
}
