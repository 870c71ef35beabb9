/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers written as text, so that a fuzzer reaches deep trees: each line is a
 * letter for the type, a path, for links a space and the target; a line "-" begins
 * the next layer.
 */
#include "fuzz_layer.h"

#include "layer/path.h"

#define LAYERS 4

static void
line_add(struct block_builder *builder, struct slice line)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	AUTO(strbuf) struct strbuf link = { 0 };
	static const char letters[] = "fdlhcbpswo";
	const char *letter = line.n && line.p[0] ? strchr(letters, line.p[0]) : NULL;
	struct slice name, target;
	if (letter == NULL)
		return;
	slice_cut(slice_from(line, 1), ' ', &name, &target);
	struct entry entry = { .type = (enum entry_type)(letter - letters), .size = line.n };
	if (path_clean(name, &path, NULL) < 0 || path_clean(target, &link, NULL) < 0)
		return;
	entry.path = strbuf_slice(&path);
	if (entry.type == ENTRY_SYMLINK)
		entry.link = target.p ? target : SLICE("");
	if (entry.type == ENTRY_HARDLINK)
		entry.link = strbuf_slice(&link);
	block_add_entry(builder, &entry, NULL, NULL);
}

static bool
layer_make(struct slice *rest, char **bytes, struct block **block)
{
	AUTO(block_builder) struct block_builder *builder = NULL;
	struct slice line;
	size_t size;
	if (block_builder_new(&builder, NULL) < 0)
		return false;
	while (slice_next(rest, '\n', &line) && !slice_is(line, "-"))
		line_add(builder, line);
	if (block_finish(builder, bytes, &size, NULL) < 0)
		return false;
	if (block_open((struct slice){ *bytes, size }, block, NULL) < 0)
		abort();
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size };
	char *bytes[LAYERS] = { 0 };
	struct block *blocks[LAYERS] = { 0 };
	size_t n = 0;
	if (size > 1 << 16)
		return 0;
	while (n < LAYERS && rest.p && layer_make(&rest, &bytes[n], &blocks[n]))
		n++;
	fuzz_tree((const struct block *const *)blocks, n);
	for (size_t i = 0; i < LAYERS; i++) {
		block_close(blocks[i]);
		free(bytes[i]);
	}
	return 0;
}
