/* SPDX-License-Identifier: Apache-2.0 */
/* What starts a program, by its first bytes. */
#include "catalog/keep.h"
#include "../fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	struct entry entry = { .path = SLICE("bin/x"), .type = ENTRY_FILE, .size = size, .mode = 0755 };
	struct slice head = slice_first((struct slice){ (const char *)data, size }, COLLECT_HEAD_BYTES);
	struct plim_error err = { 0 };
	uint32_t index;
	char *bytes;
	size_t length;
	if (block_builder_new(&builder, &err) < 0 || block_add_entry(builder, &entry, &index, &err) < 0)
		return 0;
	fuzz_demand(interpreter_keep(builder, index, head, &err) == 0);
	if (block_finish(builder, &bytes, &length, &err) < 0)
		return 0;
	fuzz_demand(block_open((struct slice){ bytes, length }, &block, &err) == 0 && block_row_count(block) <= 1);
	block_close(ptr_take(&block));
	free(bytes);
	return 0;
}
