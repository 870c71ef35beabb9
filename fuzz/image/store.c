/* SPDX-License-Identifier: Apache-2.0 */
/* What a store says of its images and layers, and what a reference means among them: images.json, layers.json, the reference, NUL between them; images.json is read as containers.json, too. */
#include "../fuzz.h"

#include "base/limits.h"
#include "image/storage.h"

static void
walk(struct slice layers_json, struct slice top, struct arena *arena)
{
	struct store_layer *layers;
	struct plim_error err = { 0 };
	size_t n, *chain, count;
	if (store_layers_parse(layers_json, arena, &layers, &n, &err) < 0 || store_chain(layers, n, top, arena, &chain, &count, &err) < 0)
		return;
	fuzz_demand(count <= n && count <= LIMIT_LAYER_COUNT);
	for (size_t i = 0; i < count; i++)
		fuzz_demand(chain[i] < n);
	if (count)
		fuzz_demand(layers[chain[0]].parent.p == NULL && slice_eq(layers[chain[count - 1]].id, top));
}

static void
read_containers(struct slice json, struct arena *arena)
{
	struct store_container *containers;
	struct plim_error err = { 0 };
	size_t n;
	if (store_containers_parse(json, arena, &containers, &n, &err) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		fuzz_demand(containers[i].id.n > 0);
		fuzz_touch(containers[i].name);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = { (const char *)data, size }, images_json, layers_json = SLICE(""), reference = SLICE("");
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct store_image *images;
	struct store_meant meant;
	struct plim_error err = { 0 };
	size_t n;
	slice_cut(all, 0, &images_json, &all);
	slice_cut(all, 0, &layers_json, &reference);
	if (arena)
		read_containers(images_json, arena);
	if (arena == NULL || store_images_parse(images_json, arena, &images, &n, &err) < 0)
		return 0;
	if (store_image_find(images, n, reference, arena, &meant, &err) < 0)
		return 0;
	fuzz_demand(meant.image >= images && meant.image < images + n);
	fuzz_touch(meant.name);
	walk(layers_json, meant.image->layer, arena);
	return 0;
}
