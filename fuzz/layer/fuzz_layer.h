/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets of layers do with bytes once they have them. */
#ifndef FUZZ_LAYER_H
#define FUZZ_LAYER_H

#include "base/limits.h"
#include "layer/collect.h"
#include "layer/tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
fuzz_tree(const struct block *const *blocks, size_t count)
{
	AUTO(tree) struct tree *tree = NULL;
	size_t seen = 0;
	if (tree_build(blocks, count, &tree, NULL) < 0)
		return;
	for (const struct node *node = tree_root(tree); node; node = tree_after(node), seen++) {
		AUTO(strbuf) struct strbuf path = { 0 };
		struct entry entry = node_entry(tree, node);
		node_path(node, &path);
		if (tree_find(tree, strbuf_slice(&path)) != node)
			abort();
		/* An implied directory invents its path: it must be the real one. */
		if (node->entry == ENTRY_NONE && !slice_eq(entry.path, slice_from(strbuf_slice(&path), 1)))
			abort();
		tree_resolve(tree, strbuf_slice(&path));
	}
	if (seen != tree_count(tree))
		abort();
}

static inline bool
fuzz_wants(void *context, const struct entry *entry)
{
	(void)context;
	return entry->size < 4096;
}

static inline int
fuzz_take(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body,
          struct plim_error *err)
{
	(void)context;
	if (body.n != entry->size)
		abort();
	return block_add_row(into, 1, index, 1, &body, 1, err);
}

static inline bool
fuzz_keeps(void *context, const struct entry *entry)
{
	(void)context;
	return entry->size % 2;
}

static inline int
fuzz_keep(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body, struct plim_error *err)
{
	if (body.p == NULL && entry->size <= LIMIT_CONFIG_BODY_BYTES)
		abort();
	return body.p ? fuzz_take(context, into, index, entry, body, err) : 0;
}

static inline int
fuzz_xattr(void *context, struct block_builder *into, uint32_t index, const struct xattr *xattr, struct plim_error *err)
{
	const struct slice fields[] = { xattr->name, xattr->value };
	(void)context;
	return block_add_row(into, 2, index, 0, fields, 2, err);
}

/* What a collector makes must open, and be a layer over itself. */
static inline void
fuzz_collect(struct stream *stream)
{
	static const struct collector collector = { .hashing = HASH_PROGRAMS, .wants = fuzz_wants, .take = fuzz_take, .keeps = fuzz_keeps, .keep = fuzz_keep, .xattr = fuzz_xattr };
	AUTO(block_builder) struct block_builder *builder = NULL;
	AUTO(block) struct block *block = NULL;
	AUTO(free) char *bytes = NULL;
	size_t size;
	if (block_builder_new(&builder, NULL) < 0 || collect_tar(stream, &collector, builder, NULL) < 0)
		return;
	if (block_finish(builder, &bytes, &size, NULL) < 0 || block_open((struct slice){ bytes, size }, &block, NULL) < 0)
		abort();
	const struct block *twice[] = { block, NULL, block };
	fuzz_tree(twice, 3);
}

#endif
