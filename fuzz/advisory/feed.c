/* SPDX-License-Identifier: Apache-2.0 */
/* One feed (FEED, a variable) over one file, into a builder and out as a database. */
#include "advisory/feed.h"

#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(builder) struct builder *builder = NULL;
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(fd) int out = memfd_create("feed", MFD_CLOEXEC);
	struct feed_file file = { SLICE("fuzz/Debian/all.zip"), { (const char *)data, size } };
	struct data_feed feed = { .format = slice_of(FEED.format) };
	struct digest root;
	struct plim_error err;
	FEED.bid(&file);
	if (out < 0 || arena == NULL || builder_new(&builder, &err) < 0 || builder_feed(builder, &err) < 0)
		return 0;
	if (FEED.read(&file, builder, arena, &feed, &err) < 0 || builder_feed_done(builder, &feed, &err) < 0)
		return 0;
	builder_compile(builder, out, &root, &err);
	return 0;
}
