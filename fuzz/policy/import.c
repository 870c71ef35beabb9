/* SPDX-License-Identifier: Apache-2.0 */
/* A pack of osquery's or, behind a first byte of 'f', a file of Fleet's; what is written of it is a policy again. */
#include "policy/import.h"
#include "policy/policy.h"

#include <fcntl.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_again(const struct strbuf *policy)
{
	AUTO(policy) struct policy *read = NULL;
	struct plim_error err;
	if (policy_parse(SLICE("fuzz.yaml"), strbuf_slice(policy), AT_FDCWD, &read, &err) < 0)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(strbuf) struct strbuf policy = { 0 };
	AUTO(strbuf) struct strbuf notes = { 0 };
	const struct import_terms terms = { SLICE("fuzz"), false };
	struct imports imports = { .arena = arena, .file = SLICE("fuzz") };
	struct plim_error err;
	if (arena == NULL || size == 0)
		return 0;
	import_read_fn *read = data[0] == 'f' ? import_read_fleet : import_read_osquery;
	if (read(&imports, slice_from((struct slice){ (const char *)data, size }, data[0] == 'f'), &err) == 0 &&
	    import_write(&imports, &terms, &policy, &notes, &err) == 0)
		read_again(&policy);
	vec_done(&imports.all);
	return 0;
}
