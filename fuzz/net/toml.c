/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz target: a TOML document; every key of a table is there once. */
#include "../fuzz.h"

#include "codec/toml.h"

static void
visit(const struct toml *value)
{
	fuzz_touch(value->text);
	for (size_t i = 0; i < value->n; i++) {
		visit(value->items[i]);
		if (value->type != TOML_TABLE)
			continue;
		fuzz_touch(value->keys[i]);
		for (size_t j = 0; j < i && value->n < 64; j++)
			fuzz_demand(!slice_eq(value->keys[i], value->keys[j]));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct plim_error err = { 0 };
	const struct toml *root;
	int64_t number;
	if (toml_parse((struct slice){ (const char *)data, size }, arena, &root, &err) < 0)
		return 0;
	visit(root);
	toml_i64(toml_get(root, "a"), &number);
	return 0;
}
