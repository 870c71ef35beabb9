/* SPDX-License-Identifier: Apache-2.0 */
/* What runtimes and containerd's verifier are called with: words, a NUL behind each; the rest behind an empty word is the verifier's standard input. */
#include "../fuzz.h"

#include "enforce/start/oci_call.h"
#include "enforce/start/verifier_call.h"

#define WORD_MOST 64

/* What starts something has an id that is no path; what starts nothing has none of the words of a start where a command stands. */
static void
check_runtime(char *const *words)
{
	struct oci_call call;
	struct plim_error err = { 0 };
	if (oci_call_parse(words, &call, &err) < 0)
		return;
	if (!call.starts) {
		fuzz_demand(call.command == NULL || (strcmp(call.command, "create") != 0 && strcmp(call.command, "run") != 0 && strcmp(call.command, "restore") != 0));
		return;
	}
	fuzz_demand(call.command && call.id && *call.id && strchr(call.id, '/') == NULL && *call.id != '.' && *call.id != '-');
	fuzz_demand((call.bundle == NULL || *call.bundle) && (call.config == NULL || *call.config));
}

static void
check_verifier(char *const *words, struct slice input, struct arena *arena)
{
	struct verifier_call call;
	struct guard_place place;
	struct plim_error err = { 0 };
	if (verifier_call_parse(words, &call, &err) < 0 || verifier_descriptor_check(&call, input, arena, &err) < 0 || verifier_place(&call, arena, &place, &err) < 0)
		return;
	fuzz_demand(place.repository.n > 0 && digest_eq(&place.digest, &call.digest));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct slice rest = arena_dup(arena, (struct slice){ (const char *)data, size }), word;
	char *words[WORD_MOST + 1] = { 0 };
	for (size_t n = 0; n < WORD_MOST && slice_cut(rest, '\0', &word, &rest) && word.n > 0; n++)
		words[n] = (char *)word.p;
	check_runtime(words);
	if (rest.p)
		check_verifier(words, rest, arena);
	return 0;
}
