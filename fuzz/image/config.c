/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct image_config *config;
	struct plim_error err;
	if (arena)
		image_config_parse((struct slice){ (const char *)data, size }, arena, &config, &err);
	return 0;
}
