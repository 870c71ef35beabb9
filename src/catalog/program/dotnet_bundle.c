/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .NET programs of one file: their host has the offset of the bundled files' list, 0 where nothing is bundled, before the
 * SHA-256 of ".net core bundle\n" (dotnet/runtime, design of single-file bundles).  What is bundled is not read, and is told.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "codec/elf.h"
#include "codec/macho.h"

#define HALF 16

/* The second half stands first, or we would find it in ourselves. */
static const char halves[] = "\x13\xf5\xb9\xe6\xef\xae\x33\x18\xee\x3b\x2d\xce\x24\xb3\x6a\xae"
                             "\x8b\x12\x02\xb9\x6a\x61\x20\x38\x72\x7b\x93\x02\x14\xd7\xa0\x32";

static bool
bid(struct slice path, struct slice head)
{
	(void)path;
	return elf_is(head) || macho_is(head) || slice_starts(head, SLICE("MZ"));
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	const struct slice first = { halves + HALF, HALF }, second = { halves, HALF };
	(void)path;
	for (size_t from = sizeof(uint64_t), found; (found = slice_find_text(slice_from(body, from), first)) != SIZE_MAX; from += found + HALF) {
		struct cursor in = cursor_of(slice_from(body, from + found - sizeof(uint64_t)));
		uint64_t list = cursor_u64le(&in);
		bool whole = slice_starts(slice_from(body, from + found + HALF), second);
		/* Beyond the end it is no offset: tools that make such programs know the digest too. */
		if (whole && list && list < body.n)
			return rows_problem(rows, err, "a .NET program of one file: the packages bundled in it are not read");
	}
	return 0;
}

const struct cataloger cataloger_dotnet_bundle = {
	.name = "dotnet_bundle",
	.bid = bid,
	.extract = extract,
};
