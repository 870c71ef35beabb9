/* SPDX-License-Identifier: Apache-2.0 */
/* What processes are asked, as bytes: what was read and written again must read as the same. */
#include "../fuzz.h"

#include "gate/job/image.h"
#include "gate/job/judge.h"

static const struct wire_struct *const orders[] = { &wire_image_order, &wire_layer_order, &wire_extras, &wire_read_order, &wire_judge_order };

#define ORDER_COUNT (sizeof orders / sizeof *orders)

union order {
	struct image_order image;
	struct layer_order layer;
	struct extra_list extras;
	struct read_order read;
	struct judge_order judge;
};

static bool
read_order(const struct wire_struct *table, struct slice bytes, struct arena *arena, struct strbuf *again)
{
	union order order = { 0 };
	struct cursor from = cursor_of(bytes);
	if (wire_read(table, &from, arena, &order, NULL) < 0)
		return false;
	wire_write(table, &order, again);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf second = { 0 };
	if (size < 1 || arena == NULL)
		return 0;
	const struct wire_struct *table = orders[data[0] % ORDER_COUNT];
	struct slice bytes = { (const char *)data + 1, size - 1 };
	if (!read_order(table, bytes, arena, &first))
		return 0;
	fuzz_demand(slice_starts(bytes, strbuf_slice(&first)));
	fuzz_demand(arena_full(arena) || (read_order(table, strbuf_slice(&first), arena, &second) && slice_eq(strbuf_slice(&first), strbuf_slice(&second))));
	return 0;
}
