/* SPDX-License-Identifier: Apache-2.0 */
/* An image archive, docker's or a layout's, plain or compressed: its documents are read, then each blob. */
#include "../mutate_tar.h"
#include "set_touch.h"

#include "image/source.h"

#include <sys/mman.h>
#include <unistd.h>

static int
read_blob(void *context, size_t blob, struct stream *stored, struct plim_error *err)
{
	const struct image_set *set = context;
	fuzz_demand(blob < image_set_blob_count(set));
	return stream_drain(stored, err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct target target = { .kind = TARGET_ARCHIVE, .fd = -1, .name = SLICE("web.tar") };
	AUTO(fd) int fd = memfd_create("archive", MFD_CLOEXEC);
	AUTO(image_set) struct image_set *set = NULL;
	struct source *source;
	struct plim_error err;
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || source_open_archive(fd_take(&fd), &source, &err) < 0)
		return 0;
	if (image_set_of(&target, source, NULL, 0, &set, &err) < 0)
		return 0;
	set_touch(set);
	set_travel(set);
	image_set_read(set, NULL, read_blob, set, &err);
	return 0;
}
