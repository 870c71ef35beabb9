/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of signatures and indexes of referrers: what is added is there, and so is all that was. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/cosign_manifest.h"
#include "trust/referrer.h"

static void
add_signature(struct slice old, struct arena *arena)
{
	AUTO(strbuf) struct strbuf manifest = { 0 }, config = { 0 }, less = { 0 };
	struct cosign_addition addition = { COSIGN_SIGNATURES, SLICE("payload"), SLICE("signature"), SLICE_NONE };
	struct cosign_manifest *before, *after;
	struct plim_error err = { 0 };
	size_t left;
	if (cosign_manifest_parse(old, arena, &before, &err) < 0) {
		fuzz_demand(cosign_manifest_add(old, &addition, &manifest, &config, &err) < 0 && manifest.n == 0);
		return;
	}
	if (cosign_manifest_add(old, &addition, &manifest, &config, &err) < 0)
		return;
	fuzz_demand(cosign_manifest_parse(strbuf_slice(&manifest), arena, &after, &err) == 0 && (after->n == before->n + 1 || after->n == before->n));
	for (size_t i = 0; i < before->n; i++)
		fuzz_demand(digest_eq(&before->layers[i].digest, &after->layers[i].digest) && slice_eq(before->layers[i].signature, after->layers[i].signature));
	bool *first = arena_make_array(arena, after->n, bool);
	if (first == NULL)
		return;
	first[0] = true;
	fuzz_demand(cosign_manifest_remove(strbuf_slice(&manifest), first, after->n, &left, &less, &config, &err) == 0 && left + 1 == after->n);
}

/* What was merged once has it all. */
static void
merge_both(struct slice from)
{
	AUTO(strbuf) struct strbuf first = { 0 }, second = { 0 }, again = { 0 }, config = { 0 };
	struct cosign_addition addition = { COSIGN_SIGNATURES, SLICE("payload"), SLICE("signature"), SLICE_NONE };
	struct referrer_entry entry = { { SLICE("t"), digest_of(SLICE("x")), 1 }, SLICE("a"), NULL, 0 };
	fuzz_demand(cosign_manifest_add(SLICE_NONE, &addition, &first, &config, NULL) == 0);
	if (cosign_manifest_merge(strbuf_slice(&first), from, &second, &config, NULL) == 0)
		fuzz_demand(cosign_manifest_merge(strbuf_slice(&second), from, &again, &config, NULL) == 0 && slice_eq(strbuf_slice(&second), strbuf_slice(&again)));
	strbuf_clear(&first), strbuf_clear(&second), strbuf_clear(&again);
	fuzz_demand(referrer_index_add(SLICE_NONE, &entry, &first, NULL) == 0);
	if (referrer_index_merge(strbuf_slice(&first), from, &second, NULL) == 0)
		fuzz_demand(referrer_index_merge(strbuf_slice(&second), from, &again, NULL) == 0 && slice_eq(strbuf_slice(&second), strbuf_slice(&again)));
}

static void
add_referrer(struct slice old, struct arena *arena)
{
	AUTO(strbuf) struct strbuf index = { 0 }, less = { 0 };
	struct referrer_entry entry = { { SLICE("t"), digest_of(SLICE("x")), 1 }, SLICE("a"), NULL, 0 };
	struct referrer_index *before, *after;
	struct plim_error err = { 0 };
	size_t left;
	if (referrer_index_parse(old, arena, &before, &err) < 0 || referrer_index_add(old, &entry, &index, &err) < 0)
		return;
	fuzz_demand(referrer_index_parse(strbuf_slice(&index), arena, &after, &err) == 0 && after->n >= before->n);
	fuzz_demand(referrer_index_remove(strbuf_slice(&index), &entry.descriptor.digest, &left, &less, &err) == 0 && left < after->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct slice text = { (const char *)data, size };
	struct referrer *referrer;
	struct plim_error err = { 0 };
	add_signature(text, arena);
	add_referrer(text, arena);
	merge_both(text);
	if (referrer_parse(text, arena, &referrer, &err) == 0)
		for (size_t i = 0; i < referrer->annotation_count; i++)
			fuzz_touch(referrer->annotations[i].value);
	return 0;
}
