/* SPDX-License-Identifier: Apache-2.0 */
/* A tar stream into a block, the block opened, the tree built and walked: whatever the bytes, no fault and no lie about sizes. */
#include "../mutate_tar.h"
#include "fuzz_layer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(stream) struct stream *stream = NULL;
	if (stream_of_slice((struct slice){ (const char *)data, size }, &stream, NULL) == 0)
		fuzz_collect(stream);
	return 0;
}
