/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of /proc, whose names a container chose: the first byte tells which they are. */
#include "../fuzz.h"

#include "codec/proc.h"

static void
take_mount(struct slice line)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	AUTO(strbuf) struct strbuf value = { 0 };
	AUTO(strbuf) struct strbuf path = { 0 };
	struct mount_line mount;
	if (!mount_line_parse(line, &mount))
		return;
	mount_put_name(&name, mount.place);
	fuzz_demand(name.n <= mount.place.n);
	if (!mount_option(mount.options, "lowerdir", &value))
		return;
	struct slice paths = strbuf_slice(&value);
	for (size_t left = paths.n + 1; overlay_next(&paths, &path); left = paths.n + 1)
		fuzz_demand(paths.n < left && path.n <= value.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data + 1, size - 1 };
	struct map_line map;
	uint32_t ids[3];
	if (size < 1)
		return 0;
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (data[0] == 'i' && id_line_parse(line, ids))
			fuzz_demand(line.n >= 5);
		if (data[0] == 'm' && map_line_parse(line, &map)) {
			fuzz_touch(map.path);
			fuzz_demand(map.gone || !map.in_memory);
		}
		if (data[0] == 't')
			take_mount(line);
	}
	return 0;
}
