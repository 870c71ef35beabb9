/* SPDX-License-Identifier: Apache-2.0 */
/* A package URL: its canonical form is one, and canonical. */
#include "../fuzz.h"
#include "codec/purl.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf first = { 0 };
	AUTO(strbuf) struct strbuf again = { 0 };
	struct purl purl;
	struct plim_error err = { 0 };
	if (purl_parse((struct slice){ (const char *)data, size }, arena, &purl, &err) < 0)
		return 0;
	fuzz_demand(purl.type.n && purl.name.n);
	purl_write(&purl, &first);
	fuzz_demand(purl_parse(strbuf_slice(&first), arena, &purl, &err) == 0);
	purl_write(&purl, &again);
	fuzz_demand(slice_eq(strbuf_slice(&first), strbuf_slice(&again)));
	return 0;
}
