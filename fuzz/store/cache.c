/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of the cache, damaged or made by somebody else.  When the first byte is odd its checksum is made to fit, so that the rest of
 * the trailer is reached.  What tells is static: its file is included whole.
 */
#include "../fuzz.h"

#include "store/cache.c"

#include <sys/mman.h>

static void
make_fit(char *bytes, size_t size)
{
	if (size < 4)
		return;
	uint32_t crc = crc_of((struct slice){ bytes, size - 4 });
	for (size_t i = 0; i < 4; i++)
		bytes[size - 4 + i] = (char)(crc >> 8 * i);
}

/* What is sound is what would have been written. */
static void
compare(struct slice file, const struct cache_entry *entry)
{
	AUTO(fd) int fd = memfd_create("cache", MFD_CLOEXEC);
	struct slice written;
	fuzz_demand(entry->length <= file.n);
	if (fd < 0 || !write_entry(fd, &entry->layer, slice_first(file, (size_t)entry->length)))
		return;
	fuzz_demand(file_map_fd(fd, 0, &written, NULL) == 0 && slice_eq(file, written));
	file_unmap(&written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct digest stored = digest_of(SLICE("a layer"));
	struct cache_entry entry;
	AUTO(free) char *bytes = malloc(size + 1);
	if (size < 1 || bytes == NULL)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	if (data[0] & 1)
		make_fit(bytes, size - 1);
	if (is_sound((struct slice){ bytes, size - 1 }, &stored, &entry))
		compare((struct slice){ bytes, size - 1 }, &entry);
	return 0;
}
