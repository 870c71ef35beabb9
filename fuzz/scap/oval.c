/* SPDX-License-Identifier: Apache-2.0 */
/* A data stream: what the rules of each profile look into, and that what a scanner is asked of it selects these rules with these values. */
#include "../fuzz.h"
#include "base/limits.h"
#include "scap/ask.h"
#include "scap/oval.h"

static void
demand_same(const struct scap_selection *a, const struct scap_selection *b)
{
	fuzz_demand(a->rules.n == b->rules.n && a->values.n == b->values.n && b->missing.n == 0);
	for (size_t i = 0; i < a->rules.n; i++)
		fuzz_demand(a->rules.at[i].rule == b->rules.at[i].rule);
	for (size_t i = 0; i < a->values.n; i++)
		fuzz_demand(a->values.at[i].text.p == NULL || slice_eq(slice_trim(a->values.at[i].text), b->values.at[i].text));
}

static void
ask(const struct scap_document *content, const struct scap_selection *selection, const bool *wanted, struct arena *arena)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	AUTO(scap_document) struct scap_document asked = { .is_tailoring = false };
	struct scap_selection again = { 0 };
	struct plim_error err = { 0 };
	scap_ask_write(selection, wanted, &text);
	fuzz_demand(scap_parse(strbuf_slice(&text), arena, &asked, &err) == 0 && asked.is_tailoring && asked.tailored.n == 1);
	if (selection->benchmark == &content->benchmarks.at[0] && scap_select(content, &asked, SLICE(SCAP_SCAN_PROFILE), &again, &err) == 0)
		demand_same(selection, &again);
	scap_selection_done(&again);
}

static void
see_profile(const struct scap_document *content, struct slice id, struct slice text, struct arena *arena)
{
	struct scap_selection selection = { 0 };
	struct plim_error err = { 0 };
	if (scap_select(content, NULL, id, &selection, &err) == 0) {
		bool flags[501];
		struct scap_asked asks[501] = { { 0, 0 } };
		fuzz_demand(selection.rules.n <= 500);
		if (scap_oval_asks(text, &selection, asks, &err) < 0)
			fuzz_demand(err.text[0]);
		for (size_t i = 0; i < selection.rules.n; i++)
			fuzz_demand(((asks[i].rule | asks[i].platform) & ~(unsigned)SCAP_ASKS_ALL) == 0);
		memset(flags, 1, sizeof flags);
		LIMIT_SCAP_ITEM_COUNT = 100000;
		ask(content, &selection, flags, arena);
		LIMIT_SCAP_ITEM_COUNT = 500;
		for (size_t i = 0; i < selection.rules.n; i++)
			scap_rule_lacks_value(&selection, selection.rules.at[i].rule);
	}
	scap_selection_done(&selection);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(scap_document) struct scap_document document = { .is_tailoring = false };
	struct slice text = { (const char *)data, size };
	struct plim_error err = { 0 };
	LIMIT_SCAP_ITEM_COUNT = 500;
	fuzz_demand((scap_ask_packages_found(text) & ~(unsigned)(SCAP_ASKS_DPKG | SCAP_ASKS_RPM)) == 0);
	if (scap_parse(text, arena, &document, &err) < 0)
		return 0;
	vec_each (&document.benchmarks, benchmark)
		vec_each (&benchmark->profiles, profile)
			see_profile(&document, profile->id, text, arena);
	return 0;
}
