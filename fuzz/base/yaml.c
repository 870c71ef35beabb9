/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct yaml_document *out;
	struct plim_error err;
	if (arena)
		yaml_parse(SLICE("fuzz.yaml"), (struct slice){ (const char *)data, size }, arena, &out, &err);
	return 0;
}
