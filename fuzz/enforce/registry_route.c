/* SPDX-License-Identifier: Apache-2.0 */
/* Targets of requests to a registry: whatever they are taken for, the repository is one of the door's, and its name is one. */
#include "../fuzz.h"
#include "enforce/registry/route.h"
#include "net/reference.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = { "registry.example", "other.example:5000", NULL };
	AUTO(arena) struct arena *arena = arena_new(0);
	struct slice whole = { (const char *)data, size }, path = whole, query = SLICE_NONE;
	struct registry_route route;
	struct reference reference;
	struct plim_error err = { 0 };
	slice_cut(whole, '?', &path, &query);
	if (registry_route_parse(path, query, hosts, arena, &route, &err) < 0 || route.kind == ROUTE_ROOT)
		return 0;
	fuzz_demand(slice_starts(route.repository, SLICE("registry.example/")) || slice_starts(route.repository, SLICE("other.example:5000/")));
	fuzz_demand(reference_parse(route.repository, &reference, &err) == 0 && reference.tag.p == NULL && reference.digest.algorithm == DIGEST_NONE);
	fuzz_demand((route.tag.p != NULL) != (route.digest.algorithm != DIGEST_NONE));
	return 0;
}
