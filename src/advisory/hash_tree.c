/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/hash_tree.h"

#include "advisory/format.h"

static void
put_hashes(struct slice of, size_t step, struct strbuf *out)
{
	for (size_t at = 0; at < of.n; at += step) {
		struct digest hash = digest_of(slice_first(slice_from(of, at), step));
		strbuf_put(out, (struct slice){ (const char *)hash.bytes, FORMAT_HASH });
	}
}

void
hash_tree_leaves(struct slice blocks, struct strbuf *leaves)
{
	put_hashes(blocks, FORMAT_BLOCK, leaves);
}

void
hash_tree_nodes(struct slice leaves, struct strbuf *nodes)
{
	put_hashes(leaves, FORMAT_FAN * FORMAT_HASH, nodes);
}

bool
hash_tree_root(struct slice header, struct slice nodes, struct digest *root)
{
	static const char zeros[FORMAT_HASH];
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return false;
	hasher_add(hasher, slice_first(header, FORMAT_ROOT_AT));
	hasher_add(hasher, (struct slice){ zeros, sizeof zeros });
	hasher_add(hasher, slice_from(header, FORMAT_TABLE_AT));
	hasher_add(hasher, nodes);
	*root = hasher_end(hasher);
	return true;
}
