/* SPDX-License-Identifier: Apache-2.0 */
/* By ISA-L. */
#include "codec/crc.h"

#include <isa-l/crc.h>
#include <isa-l/crc64.h>

uint32_t
crc_more(uint32_t so_far, struct slice bytes)
{
	return crc32_gzip_refl(so_far, (const unsigned char *)bytes.p, bytes.n);
}

uint64_t
crc64_more(uint64_t so_far, struct slice bytes)
{
	return crc64_iso_refl(so_far, (const unsigned char *)bytes.p, bytes.n);
}
