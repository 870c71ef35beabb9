/* SPDX-License-Identifier: Apache-2.0 */
/* A bill of materials of any format, to a block, an inventory, and a document of each format again. */
#include "../fuzz.h"
#include "sbom/document.h"
#include "sbom/sbom.h"

#include "base/limits.h"

static void
write_again(const struct block *block)
{
	AUTO(inventory) struct inventory *inventory = NULL;
	struct plim_error err = { 0 };
	if (inventory_new(NULL, &block, 1, NULL, &inventory, &err) < 0)
		return;
	fuzz_demand(inventory_is_document(inventory));
	const struct sbom_subject subject = { inventory, SLICE("sbom:x"), 0 };
	for (size_t i = 0; sbom_writers[i]; i++) {
		AUTO(strbuf) struct strbuf text = { 0 };
		AUTO(arena) struct arena *arena = arena_new(0);
		const struct json *root;
		if (sbom_write(&subject, sbom_writers[i], &text, &err) == 0)
			fuzz_demand(json_parse(strbuf_slice(&text), arena, &root, &err) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(sbom_document) struct sbom_document document = { 0 };
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(free) char *bytes = NULL;
	size_t n;
	struct plim_error err = { 0 };
	LIMIT_SBOM_MEMORY_BYTES = 64 << 20;
	if (sbom_document_read((struct slice){ (const char *)data, size }, &document, &err) < 0) {
		fuzz_demand(err.text[0]);
		return 0;
	}
	if (block_builder_new(&builder, &err) < 0 || sbom_document_block(&document, builder, &err) < 0 || block_finish(builder, &bytes, &n, &err) < 0)
		return 0;
	fuzz_demand(block_open((struct slice){ bytes, n }, &block, &err) == 0);
	write_again(block);
	return 0;
}
