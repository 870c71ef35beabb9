/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz target: the header WWW-Authenticate. */
#include "../fuzz.h"

#include "net/challenge.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct plim_error err = { 0 };
	struct challenges found = { 0 };
	challenges_parse((struct slice){ (const char *)data, size }, arena, &found, &err);
	for (size_t i = 0; i < found.n; i++) {
		fuzz_demand(found.at[i].scheme.n > 0);
		fuzz_touch(found.at[i].realm);
		fuzz_touch(found.at[i].service);
		fuzz_touch(found.at[i].scope);
	}
	return 0;
}
