/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's configuration, the state that a hook is given, a record of Docker's; the latter's reader is static: its file is included. */
#include "../fuzz.h"

#include "enforce/start/identity_docker.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice text = { (const char *)data, size };
	struct oci_bundle bundle = { .id = SLICE("c"), .directory = SLICE("/b") };
	struct container container = { .root = "/r", .bundle = &bundle, .arena = arena };
	struct oci_state state;
	const struct json *json;
	struct plim_error err = { 0 };
	if (oci_bundle_parse(text, arena, &bundle, &err) == 0) {
		fuzz_demand(bundle.root.n > 1 && bundle.root.p[0] == '/');
		fuzz_touch(oci_bundle_annotation(&bundle, "io.kubernetes.cri.image-name"));
	}
	if (oci_state_parse(text, arena, &state, &err) == 0)
		fuzz_demand(*state.bundle == '/' && strchr(state.id, '/') == NULL);
	if (json_parse(text, arena, &json, &err) == 0 && json_is(json, JSON_OBJECT) && take_container(json, &container, &err) == 0)
		fuzz_demand(container.image.algorithm != DIGEST_NONE && is_name(container.driver, false) && memchr(container.driver.p, '/', container.driver.n) == NULL);
	return 0;
}
