/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	const struct check *checks;
	size_t n;
	struct plim_error err;
	if (arena)
		check_parse(SLICE("fuzz.yaml"), (struct slice){ (const char *)data, size }, arena, &checks, &n, &err);
	return 0;
}
