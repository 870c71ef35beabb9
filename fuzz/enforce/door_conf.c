/* SPDX-License-Identifier: Apache-2.0 */
/* Files of orders: what is taken names absolute paths only. */
#include "../fuzz.h"

#include "enforce/start/door_conf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct door_conf conf;
	struct plim_error err = { 0 };
	for (enum door_kind kind = DOOR_RUNTIME; kind <= DOOR_VERIFIER; kind++) {
		if (door_conf_parse(kind, SLICE("fuzz"), (struct slice){ (const char *)data, size }, arena, &conf, &err) < 0)
			continue;
		fuzz_demand(*conf.assign == '/' && conf.assign_keys[0] && (kind == DOOR_RUNTIME || conf.runtime == NULL));
		for (const char *const *path = conf.docker; *path; path++)
			fuzz_demand(**path == '/');
	}
	return 0;
}
