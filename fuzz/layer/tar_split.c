/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of tar-split, each for itself and as an archive whose files are not there. */
#include "../fuzz.h"

#include "base/stream.h"
#include "codec/tar_split.h"
#include "layer/assemble.h"

#include <fcntl.h>

static void
parse(struct slice line)
{
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	struct tar_split_entry entry;
	struct plim_error err = { 0 };
	if (arena == NULL || tar_split_parse(line, arena, &entry, &err) < 0)
		return;
	fuzz_demand(entry.type == TAR_SPLIT_FILE || entry.type == TAR_SPLIT_SEGMENT);
	fuzz_demand(entry.type == TAR_SPLIT_SEGMENT || (entry.name.n > 0 && slice_find(entry.name, 0) == SIZE_MAX));
	fuzz_touch(entry.name);
	fuzz_touch(entry.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = { (const char *)data, size }, line;
	AUTO(stream) struct stream *metadata = NULL;
	AUTO(fd) int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct plim_error err = { 0 };
	if (stream_of_slice(all, &metadata, &err) == 0)
		assemble_tar(metadata, -1, size, out, &err);
	while (slice_next(&all, '\n', &line))
		parse(line);
	return 0;
}
