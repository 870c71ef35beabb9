/* SPDX-License-Identifier: Apache-2.0 */
/* A layout whose files another process sends: messages, some with files, taken for answers. */
#include "../process/packets.h"
#include "set_touch.h"

#include "image/source.h"

/* Without a file there is no size, and no success. */
static void
find(struct source *source, struct arena *arena)
{
	struct plim_error err;
	struct slice place;
	uint64_t size = UINT64_MAX;
	int r = source->ops->find(source, SLICE("index.json"), arena, &place, &size, &err);
	fuzz_demand(r < 0 || (r == 0 && size != UINT64_MAX));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct target target = { .kind = TARGET_LAYOUT, .fd = -1, .transport = SLICE("oci"), .name = SLICE("web") };
	struct cursor in = cursor_of((struct slice){ (const char *)data, size });
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	AUTO(image_set) struct image_set *set = NULL;
	struct fuzz_message message;
	struct packets packets;
	struct source *source;
	struct plim_error err;
	if (!packets_open(&packets))
		return 0;
	while (fuzz_message_next(&in, &message)) {
		/* The whole width of a code, from a byte of it. */
		AUTO(fd) int fd = packets_file(&message);
		uint32_t code = message.kind & 0x80 ? message.kind * 0x01010101U : message.kind;
		channel_send_with(packets.theirs, code, message.body, &fd, fd >= 0, NULL);
	}
	if (arena == NULL || source_open_remote(packets.ours, false, &source, &err) < 0) {
		packets_close(&packets);
		return 0;
	}
	find(source, arena);
	if (image_set_of(&target, source, NULL, 0, &set, &err) == 0) {
		set_touch(set);
		set_travel(set);
	}
	packets_close(&packets);
	return 0;
}
