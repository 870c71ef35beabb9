/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a pax header, as one entry's and as global ones. */
#include "../fuzz.h"

#include "codec/tar_pax.h"

static void
apply(const struct pax *pax)
{
	struct tar_entry entry = { .path = SLICE("a") };
	struct extents extents = { 0 };
	pax_apply(pax, &entry);
	fuzz_touch(entry.path);
	fuzz_touch(entry.link);
	fuzz_touch(pax->capability);
	if (pax_is_sparse(pax) && !pax->map_in_body)
		pax_extents(pax, &extents, NULL);
	vec_done(&extents);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct plim_error err;
	struct pax pax = { 0 }, global = { 0 };
	if (pax_parse(text, &pax, &err) == 0)
		apply(&pax);
	if (pax_parse_global(text, &global, &err) == 0)
		apply(&global);
	pax_done(&pax);
	pax_done(&global);
	return 0;
}
