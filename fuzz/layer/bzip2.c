/* SPDX-License-Identifier: Apache-2.0 */
/* A bzip2 stream, lent in pieces whose size the first byte chooses: inflating must not depend on it. */
#include "fuzz_inflate.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_inflate(&codec_bzip2, data, size);
	return 0;
}
