/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json_fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	const struct json *out;
	if (arena && json_parse((struct slice){ (const char *)data, size }, arena, &out, NULL) == 0)
		json_check_folded(out, arena, NULL);
	return 0;
}
