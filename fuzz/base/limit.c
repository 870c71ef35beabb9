/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody writes behind --limit: a number that is taken is told as it was chosen. */
#include "../fuzz.h"

#include "base/limits.h"

/* One input must not choose for the next. */
static void
forget(void)
{
#define PLIM_LIMIT(name, number, reason) LIMIT_##name = number;
#include "base/limits.def"
#undef PLIM_LIMIT
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(strbuf) struct strbuf chosen = { 0 };
	struct slice name, number;
	struct plim_error err;
	struct slice text = { (const char *)data, size };
	if (limit_choose(text, &err) < 0)
		return 0;
	fuzz_demand(slice_cut(text, '=', &name, &number));
	limits_chosen(&chosen);
	fuzz_touch(strbuf_slice(&chosen));
	/* What limits_chosen writes can be chosen. */
	for (struct slice rest = strbuf_slice(&chosen), line; slice_next(&rest, '\n', &line);)
		fuzz_demand(line.n == 0 || limit_choose(line, &err) == 0);
	forget();
	return 0;
}
