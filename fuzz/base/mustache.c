/* SPDX-License-Identifier: Apache-2.0 */
/* A template, a NUL, and the JSON that it is filled with; without a NUL it is filled with nothing. */
#include "base/limits.h"
#include "codec/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put(struct strbuf *into, struct slice text)
{
	strbuf_put_printable(into, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(strbuf) struct strbuf into = { 0 };
	struct slice all = { (const char *)data, size };
	size_t split = slice_find(all, '\0');
	const struct mustache *template;
	const struct json *root = NULL;
	LIMIT_TEMPLATE_BYTES = 1 << 20;
	LIMIT_TEMPLATE_STEPS = 100000;
	if (arena == NULL || mustache_parse(SLICE("fuzz"), slice_first(all, split < size ? split : size), arena, &template, NULL) < 0)
		return 0;
	if (split < size && json_parse(slice_from(all, split + 1), arena, &root, NULL) < 0)
		return 0;
	mustache_render(template, root, put, &into, NULL);
	return 0;
}
