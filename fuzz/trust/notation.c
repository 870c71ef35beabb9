/* SPDX-License-Identifier: Apache-2.0 */
/* The Notary Project's envelopes, with whatever certificates they bring. */
#include "../fuzz.h"
#include "base/arena.h"
#include "trust/notation.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct notation *notation;
	struct plim_error err = { 0 };
	if (notation_parse((struct slice){ (const char *)data, size }, arena, &notation, &err) < 0)
		return 0;
	fuzz_touch(notation->signed_text);
	fuzz_demand(notation->certificate_count > 0 && notation_verify(notation, NULL, 0, 0, &err) < 0);
	return 0;
}
