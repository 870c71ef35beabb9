/* SPDX-License-Identifier: Apache-2.0 */
/* Records of engines: the first byte tells whose.  What is taken for an id means nothing in a path. */
#include "../fuzz.h"

#include "enforce/drift/container.h"

static void
touch(const struct container *container)
{
	fuzz_touch(container->name);
	fuzz_touch(container->image_name);
	for (size_t i = 0; i < container->mount_count; i++) {
		fuzz_touch(container->mounts[i].place);
		fuzz_demand(container->mounts[i].source.p == NULL || container->mounts[i].source.p[0] == '/');
		fuzz_demand(slice_find(container->mounts[i].volume, '/') == SIZE_MAX && !slice_starts(container->mounts[i].volume, SLICE(".")));
	}
	for (size_t i = 0; i < container->layer_count; i++)
		fuzz_touch(container->layers[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct slice text = { (const char *)data + 1, size - 1 };
	struct container one = { 0 }, *many;
	struct plim_error err = { 0 };
	size_t n;
	if (size < 1)
		return 0;
	if (data[0] == 'd' && docker_record_parse(text, arena, &one, &err) == 0)
		fuzz_demand(container_is_id(one.id) && one.image_id.n == 71);
	if (data[0] == 't')
		docker_tmpfs_parse(text, arena, &one, &err);
	if (data[0] == 'b')
		bundle_record_parse(text, arena, &one, &err);
	if (data[0] == 'l' && lower_parse(text, "overlay", SLICE("overlay/a/diff"), arena, &one, &err) == 0)
		fuzz_demand(one.layer_count > 0);
	if (data[0] == 'p' && podman_records_parse(text, arena, &many, &n, &err) == 0)
		for (size_t i = 0; i < n; i++) {
			fuzz_demand(container_is_id(many[i].id) && container_is_id(many[i].mark));
			touch(&many[i]);
		}
	if (err.text[0] == '\0')
		touch(&one);
	return 0;
}
