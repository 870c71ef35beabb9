/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of repositories, bases and digests, which policies and bases bring along: what is taken has nothing in it that ends a string of
 * JSON, YAML, CEL or CUE.  What reads them is static: its file is included.
 */
#include "../fuzz.h"

#include "enforce/export/inputs.c"

static void
check_name(struct slice name)
{
	fuzz_demand(name.n > 0);
	for (size_t i = 0; i < name.n; i++)
		fuzz_demand(name.p[i] > ' ' && name.p[i] < 0x7f && strchr("\"'\\`$(){}|<>&;#%,=@[]", name.p[i]) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct plim_export_options nothing;
	struct exporting x = { .options = &nothing, .arena = arena_new(0) };
	struct slice text = { (const char *)data, size };
	struct export_base base;
	struct digest digest;
	if (base_parse(x.arena, text, &base)) {
		check_name(base.repository);
		if (base.tag.p)
			check_name(base.tag);
	}
	if (repository_add(&x, text, NULL) == 0)
		check_name(x.repositories.at[0]);
	fuzz_demand(digest_add(&x, text, NULL) < 0 || (digest_parse(text, &digest) && x.digests.n == 1));
	vec_done(&x.repositories);
	vec_done(&x.digests);
	arena_free(x.arena);
	return 0;
}
