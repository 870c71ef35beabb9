/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as YAML; where a scalar says that its text stands, the source has it. */
#include "../fuzz.h"

#include "codec/yaml.h"

static struct slice
source_at(const struct yaml_node *node, unsigned line, unsigned column)
{
	struct slice rest = node->doc->text, piece = SLICE("");
	while (line-- > 0 && slice_next(&rest, '\n', &piece))
		;
	return slice_from(piece, column - 1);
}

/* Up to the end of its line. */
static void
place_check(const struct yaml_node *node, size_t offset)
{
	unsigned line, column;
	struct slice head, tail;
	if (!yaml_place(node, offset, &line, &column))
		return;
	slice_cut(slice_from(node->text, offset), '\n', &head, &tail);
	fuzz_demand(slice_starts(source_at(node, line, column), head));
}

static void
walk(const struct yaml_node *node, unsigned depth)
{
	if (node->kind == YAML_SCALAR) {
		place_check(node, 0);
		place_check(node, node->text.n / 2);
		place_check(node, node->text.n);
	}
	for (size_t i = 0; depth < 8 && i < node->n; i++)
		walk(node->items[i], depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct yaml_document *out;
	struct plim_error err;
	if (arena && yaml_parse(SLICE("fuzz.yaml"), (struct slice){ (const char *)data, size }, arena, &out, &err) == 0)
		walk(out->root, 0);
	return 0;
}
