/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/zip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct zip *zip;
	struct plim_error err;
	if (arena == NULL || zip_open((struct slice){ (const char *)data, size }, arena, &zip, &err) < 0)
		return 0;
	for (size_t i = 0; i < zip->n && i < 16; i++) {
		char *bytes;
		size_t n;
		/* What the directory claims is taken before it is believed: keep the target fast. */
		if (zip->members[i].size < 1 << 20 && zip_read(zip, &zip->members[i], &bytes, &n, &err) == 0)
			free(bytes);
	}
	return 0;
}
