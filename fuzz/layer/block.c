/* SPDX-License-Identifier: Apache-2.0 */
/* A block as a hostile worker or a damaged cache might hand it over: what opens can be read to its end. */
#include "fuzz_layer.h"

/* Reads every byte, so that the sanitizer sees one too many. */
static void
touch(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		(void)*(const volatile char *)&s.p[i];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(block) struct block *block = NULL;
	if (block_open((struct slice){ (const char *)data, size }, &block, NULL) < 0)
		return 0;
	for (uint32_t i = 0; i < block_entry_count(block); i++) {
		struct entry entry = block_entry(block, i);
		touch(entry.path);
		touch(entry.link);
		touch(entry.capability);
		touch(entry.digest);
	}
	for (uint32_t i = 0; i < block_row_count(block); i++) {
		struct row row = block_row(block, i);
		for (uint32_t at = 0; at < row.n && at < 64; at++)
			touch(block_field(block, &row, at));
	}
	for (uint32_t i = 0; i < block_problem_count(block); i++) {
		touch(block_problem(block, i).message);
		touch(block_problem(block, i).cataloger);
	}
	const struct block *twice[] = { block, block };
	fuzz_tree(twice, 2);
	return 0;
}
