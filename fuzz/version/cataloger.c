/* SPDX-License-Identifier: Apache-2.0 */
/* One cataloger (CATALOGER, a variable) over one body at PATH, as the block sees it. */
#include "catalog/cataloger.h"

#include <stdlib.h>

extern const struct cataloger CATALOGER;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	struct entry entry = { .path = slice_of(PATH), .type = ENTRY_FILE, .size = size };
	struct rows rows = { .cataloger = CATALOGER.name };
	struct plim_error err = { 0 };
	if (block_builder_new(&builder, &err) < 0 || block_add_entry(builder, &entry, &rows.entry, &err) < 0)
		return 0;
	rows.into = builder;
	CATALOGER.extract(entry.path, (struct slice){ (const char *)data, size }, &rows, &err);

	char *bytes;
	size_t length;
	AUTO(block) struct block *block = NULL;
	if (block_finish(builder, &bytes, &length, &err) < 0)
		return 0;
	/* What was built must be readable. */
	if (block_open((struct slice){ bytes, length }, &block, &err) < 0)
		abort();
	block_close(ptr_take(&block));
	free(bytes);
	return 0;
}
