/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How large pieces are, then a file's bytes: what a search of pieces finds is what one of the whole finds, no
 * excerpt shows more than four bytes, and every rule's pattern stays within its limits.
 */
#include "../fuzz.h"

#include "catalog/rows.h"
#include "catalog/secret/rule.h"
#include "catalog/secret/search.h"

static struct block *
search(enum analysis_level level, struct slice body, size_t piece, char **bytes)
{
	AUTO(secret_search) struct secret_search *search = NULL;
	AUTO(block_builder) struct block_builder *builder = NULL;
	struct block *block = NULL;
	size_t size;
	struct entry entry = { .path = SLICE("etc/app.conf"), .type = ENTRY_FILE, .size = body.n };
	bool more = true;
	fuzz_demand(secret_search_new(level, &search, NULL) == 0 && block_builder_new(&builder, NULL) == 0);
	fuzz_demand(block_add_entry(builder, &entry, NULL, NULL) == 0);
	if (secret_search_begin(search, &entry)) {
		for (struct slice rest = body; more && rest.n; rest = slice_from(rest, piece)) {
			/* Where the sanitizer sees one byte too many. */
			struct slice part = slice_first(rest, piece);
			char *copy = malloc(part.n);
			fuzz_demand(copy != NULL);
			memcpy(copy, part.p, part.n);
			fuzz_demand(secret_search_add(search, (struct slice){ copy, part.n }, &more, NULL) == 0);
			free(copy);
		}
		fuzz_demand(secret_search_end(search, builder, 0, NULL) == 0);
	}
	fuzz_demand(block_finish(builder, bytes, &size, NULL) == 0 && block_open((struct slice){ *bytes, size }, &block, NULL) == 0);
	return block;
}

static void
compare(const struct block *a, const struct block *b)
{
	fuzz_demand(block_row_count(a) == block_row_count(b) && block_problem_count(a) == block_problem_count(b));
	for (uint32_t i = 0; i < block_row_count(a); i++) {
		struct row x = block_row(a, i), y = block_row(b, i);
		fuzz_demand(x.line == y.line);
		for (uint32_t k = 0; k < SECRET_FIELD_COUNT; k++)
			fuzz_demand(slice_eq(block_field(a, &x, k), block_field(b, &y, k)));
		fuzz_demand(secret_rule_find(block_field(a, &x, SECRET_RULE)) && block_field(a, &x, SECRET_EXCERPT).n <= 8);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3 || size > 131072)
		return 0;
	struct slice body = { (const char *)data + 3, size - 3 };
	size_t piece = 1 + (data[0] | (size_t)data[1] << 8);
	enum analysis_level level = data[2] & 1 ? LEVEL_FULL : LEVEL_STANDARD;
	AUTO(free) char *whole_bytes = NULL;
	AUTO(free) char *part_bytes = NULL;
	AUTO(block) struct block *whole = search(level, body, body.n ? body.n : 1, &whole_bytes);
	AUTO(block) struct block *parts = search(level, body, piece, &part_bytes);
	compare(whole, parts);
	return 0;
}
