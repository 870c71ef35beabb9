/* SPDX-License-Identifier: Apache-2.0 */
/* A statement of a policy over the tables of no image: it reads, within limits, or is refused; what is refused when compiled never runs. */
#include "../fuzz.h"

#include "base/limits.h"
#include "facts/facts.h"

static int
each(void *context, const struct fact_row *row, struct plim_error *err)
{
	(void)context, (void)err;
	for (size_t i = 0; i < row->n; i++) {
		fuzz_touch(slice_of(row->names[i]));
		fuzz_touch(row->values[i].text);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fact_provider provider = { facts_inventory_tables, NULL };
	struct slice sql = { (const char *)data, size };
	struct plim_error err;
	size_t place;
	AUTO(facts) struct facts *facts = NULL;
	limit_choose(SLICE("QUERY_STEPS=20000"), &err);
	if (size > 4096 || facts_open(&provider, 1, &facts, &err) < 0)
		return 0;
	int checked = facts_check(facts, sql, &place, &err);
	int asked = facts_query(facts, sql, NULL, each, NULL, &err);
	fuzz_demand(checked == 0 || asked < 0);
	fuzz_demand(place == SIZE_MAX || place <= size);
	return 0;
}
