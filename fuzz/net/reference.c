/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz target: a reference; what is taken apart makes the same reference again. */
#include "../fuzz.h"

#include "net/reference.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct plim_error err = { 0 };
	struct reference found, again;
	if (reference_parse((struct slice){ (const char *)data, size }, &found, &err) < 0 || !found.host.p)
		return 0;
	struct slice name = reference_repository(&found, arena);
	fuzz_touch(found.tag);
	fuzz_demand(name.n > 255 || reference_parse(name, &again, NULL) == 0);
	return 0;
}
