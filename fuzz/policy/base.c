/* SPDX-License-Identifier: Apache-2.0 */
/* What a base file says survives being written and read again. */
#include "policy/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(strbuf) struct strbuf once = { 0 };
	AUTO(strbuf) struct strbuf twice = { 0 };
	struct base_file file;
	struct plim_error err;
	if (arena == NULL || base_file_parse((struct slice){ (const char *)data, size }, arena, &file, &err) < 0)
		return 0;
	base_file_write(&file, &once);
	if (base_file_parse(strbuf_slice(&once), arena, &file, &err) < 0)
		abort();
	base_file_write(&file, &twice);
	if (!slice_eq(strbuf_slice(&once), strbuf_slice(&twice)))
		abort();
	return 0;
}
