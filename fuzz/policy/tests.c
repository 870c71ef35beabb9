/* SPDX-License-Identifier: Apache-2.0 */
/* A file of container-structure-test or, behind a first byte of 'g', one of Goss, judged on a tree without anything in it. */
#include "policy/tests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
judge(struct policy *policy, struct test_file *file, bool goss)
{
	AUTO(inventory) struct inventory *inventory = NULL;
	AUTO(arena) struct arena *arena = arena_new(16 << 20);
	const struct block *none = NULL;
	struct verdict verdict = { 0 };
	struct plim_error err;
	if (arena == NULL || inventory_new(NULL, &none, 0, NULL, &inventory, &err) < 0)
		return;
	struct judging judging = { .policy = policy, .inventory = inventory, .verdict = &verdict, .arena = arena };
	struct tests tests = { .judging = &judging };
	(goss ? goss_judge : structure_judge)(&tests, file, &err);
	vec_done(&tests.results);
	vec_done(&judging.findings);
	vec_done(&judging.unknowns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(policy) struct policy *policy = calloc(1, sizeof *policy);
	struct test_file file = { 0 };
	struct yaml_document *doc;
	struct plim_error err;
	bool goss = size && data[0] == 'g';
	if (policy == NULL || (policy->arena = arena_new(64 << 20)) == NULL)
		return 0;
	file.text = slice_from((struct slice){ (const char *)data, size }, goss);
	struct reading in = { .arena = policy->arena, .context = policy };
	if (yaml_parse(SLICE("fuzz.yaml"), file.text, policy->arena, &doc, &err) < 0 || doc->root->kind != YAML_MAPPING)
		return 0;
	file.doc = in.doc = doc;
	file.terms.severity = SEVERITY_UNKNOWN;
	if ((goss ? goss_read : structure_read)(&in, &file, &err) == 0)
		judge(policy, &file, goss);
	return 0;
}
