/* SPDX-License-Identifier: Apache-2.0 */
/* A licence in any words: what becomes of it is an expression that reads as itself. */
#include "../fuzz.h"

#include "codec/spdx.h"

static void
demand_stable(const struct spdx *expression, struct arena *arena)
{
	AUTO(strbuf) struct strbuf first = { 0 }, second = { 0 };
	spdx_write(expression, &first);
	/* Longer than what is read at all, where names of their own became references. */
	const struct spdx *again = first.n <= 2048 ? spdx_read(strbuf_slice(&first), SPDX_WORDS, arena) : NULL;
	if (again == NULL)
		return;
	spdx_write(again, &second);
	fuzz_demand(slice_eq(strbuf_slice(&first), strbuf_slice(&second)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct spdx *strict = spdx_read(text, SPDX_WORDS, arena), *named = spdx_read(text, SPDX_WORDS_NAMED, arena);
	if (strict)
		demand_stable(strict, arena);
	if (named)
		demand_stable(named, arena);
	return 0;
}
