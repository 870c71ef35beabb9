/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What most questions about files ask, in arrays of a few bytes a file: a
 * walk over them is many times faster than one over nodes and blocks.
 */
#ifndef CATALOG_FILE_INDEX_H
#define CATALOG_FILE_INDEX_H

#include "layer/tree.h"

/* More different owners than that share the last index, which tells nothing. */
#define FILE_OWNER_MOST 255

/* What the final tree has of one layer. */
struct file_sum {
	size_t files;        /* everything but directories */
	uint64_t bytes;      /* of regular files, each content once */
};

struct file_index {
	uint16_t *kinds;     /* type, mode and whether there are capabilities: FILE_TYPE, FILE_MODE, FILE_CAPABLE */
	uint16_t *names;     /* file_name_key of the last component */
	uint8_t *owners;     /* in `owner`, FILE_OWNER_MOST for another one */
	struct {
		uint32_t uid, gid;
	} owner[FILE_OWNER_MOST];
	size_t owner_count;
	int64_t latest;      /* the greatest time of modification, INT64_MIN where there are no files */
	struct file_sum *sums;    /* one a layer */
};

#define FILE_KIND_COUNT (1 << 16)
#define FILE_TYPE(kind) ((enum entry_type)((kind) >> 12 & 7))
#define FILE_MODE(kind) ((kind) & 07777u)
#define FILE_CAPABLE 0x8000u

/* Room for `n` nodes of so many layers, in the arena. */
int file_index_make(size_t n, size_t layers, struct arena *arena, struct file_index *out, struct plim_error *err);
/* The next of them, from nodes[at] to before nodes[end]. */
void file_index_fill(struct file_index *index, const struct tree *tree, const struct node *const *nodes, size_t at, size_t end);

/* Equal for equal names; for others mostly not, which is enough where the names themselves are compared then.  The last byte is the high one. */
static inline uint16_t
file_name_key(struct slice name)
{
	if (name.n == 0)
		return 0;
	const unsigned char *p = (const unsigned char *)name.p;
	return (uint16_t)(p[name.n - 1] << 8 | ((p[0] ^ p[name.n / 2] ^ name.n << 3) & 0xff));
}

/* The bits that equal last bytes have equal. */
#define FILE_NAME_KEY_LAST 0xff00

/* The first from `at` to before `end` whose key is `key` in the bits of the mask; `end` for none. */
size_t file_index_named(const struct file_index *index, size_t at, size_t end, uint16_t key, uint16_t mask);

#endif
