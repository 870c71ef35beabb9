/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz target: registries.conf; whatever it says, a place is HOST/PATH of the grammar. */
#include "../fuzz.h"

#include "net/registries.h"

static void
ask_about(const struct registries *registries, struct slice repository, struct arena *arena)
{
	struct endpoint *places;
	size_t n;
	bool insecure;
	if (registries_endpoints(registries, repository, true, arena, &places, &n, NULL) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		struct reference again;
		struct slice whole = arena_printf(arena, "%.*s/%.*s", SLICE_ARG(places[i].host), SLICE_ARG(places[i].path));
		fuzz_demand(whole.p && (whole.n > 255 || reference_parse(whole, &again, NULL) == 0));
	}
	registries_insecure(registries, repository, &insecure, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct plim_error err = { 0 };
	struct registries *registries = registries_new(arena);
	struct reference reference;
	struct slice *names;
	size_t n;
	if (registries_add(registries, (struct slice){ (const char *)data, size }, "x", &err) < 0)
		return 0;
	ask_about(registries, SLICE("a.example/team/web"), arena);
	ask_about(registries, SLICE("b.c.example:5000/web"), arena);
	if (reference_parse(SLICE("web:1"), &reference, NULL) == 0 && registries_names(registries, &reference, arena, &names, &n, &err) == 0)
		for (size_t i = 0; i < n; i++)
			ask_about(registries, names[i], arena);
	return 0;
}
