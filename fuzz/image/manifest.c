/* SPDX-License-Identifier: Apache-2.0 */
#include "image/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice text = { (const char *)data, size };
	struct manifest *manifest;
	struct index *index;
	struct docker_entry *entries;
	struct plim_error err;
	size_t n;
	if (arena == NULL)
		return 0;
	manifest_parse(text, arena, &manifest, &err);
	index_parse(text, arena, &index, &err);
	docker_manifest_parse(text, arena, &entries, &n, &err);
	layout_version_check(text, arena, &err);
	return 0;
}
