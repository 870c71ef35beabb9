/* SPDX-License-Identifier: Apache-2.0 */
/* A SCAP document of any kind, each of its profiles resolved, with the document as its own tailoring too. */
#include "../fuzz.h"
#include "base/limits.h"
#include "scap/rules.h"
#include "scap/selection.h"

static void
demand_selection(const struct scap_selection *selection)
{
	const struct scap_benchmark *benchmark = selection->benchmark;
	for (size_t i = 0; i < selection->rules.n; i++) {
		const struct scap_rule *rule = selection->rules.at[i].rule;
		fuzz_demand(rule >= benchmark->rules.at && rule < benchmark->rules.at + benchmark->rules.n);
		fuzz_touch(rule->title);
		scap_mapping_find(rule->id, benchmark->id);
		for (size_t k = 0; k < rule->values.n; k++)
			fuzz_touch(scap_selection_value(selection, rule->values.at[k]));
	}
	for (size_t i = 0; i < selection->missing.n; i++)
		fuzz_touch(selection->missing.at[i]);
}

static void
select_profile(const struct scap_document *content, const struct scap_document *tailoring, struct slice id)
{
	struct scap_selection selection = { 0 };
	struct plim_error err = { 0 };
	if (scap_select(content, tailoring, id, &selection, &err) == 0)
		demand_selection(&selection);
	else
		fuzz_demand(err.text[0]);
	scap_selection_done(&selection);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(scap_document) struct scap_document document = { .is_tailoring = false };
	AUTO(strbuf) struct strbuf why = { 0 };
	const struct operating_system os = { .known = true, .id = SLICE("debian"), .version_id = SLICE("12") };
	struct plim_error err = { 0 };
	LIMIT_SCAP_ITEM_COUNT = 500;
	if (scap_parse((struct slice){ (const char *)data, size }, arena, &document, &err) < 0) {
		fuzz_demand(err.text[0]);
		return 0;
	}
	vec_each (&document.benchmarks, benchmark) {
		fuzz_demand((scap_benchmark_fit(benchmark, &os, &why) == SCAP_FITS) == (why.n == 0));
		strbuf_clear(&why);
		vec_each (&benchmark->profiles, profile)
			select_profile(&document, NULL, profile->id);
	}
	vec_each (&document.tailored, profile)
		select_profile(&document, &document, profile->id);
	vec_each (&document.results, result)
		fuzz_touch(result->idref);
	return 0;
}
