/* SPDX-License-Identifier: Apache-2.0 */
/* What a machine's proc file system says: the first byte tells which file the rest is. */
#include "../fuzz.h"

#include "catalog/live/inside.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct socket_holder holders[] = { { 1, 2, 3 }, { 1, 4, 5 }, { 7, 8, 9 } };
	const struct live_links links = { .holders = holders, .holder_count = 3 };
	const struct entry root = { .path = SLICE(""), .type = ENTRY_DIRECTORY };
	struct live_reading reading = { .proc = -1, .links = &links };
	struct slice fields[PROCESSES_FIELD_COUNT] = { 0 };
	struct plim_error err = { 0 };
	struct slice text = { (const char *)data + 1, size - 1 };
	if (size < 1 || block_builder_new(&reading.into, &err) < 0)
		return 0;
	fuzz_demand(block_add_entry(reading.into, &root, NULL, &err) == 0);
	switch (data[0] % 8) {
	case 4:
		live_take_unix(&reading, text, &err);
		break;
	case 5:
		live_take_modules(&reading, text, &err);
		break;
	case 6:
		live_take_mounts(&reading, text, &err);
		break;
	case 7:
		live_take_status(text, fields);
		break;
	default:
		live_take_ports(&reading, data[0] % 8, text, &err);
	}
	block_builder_free(reading.into);
	return 0;
}
