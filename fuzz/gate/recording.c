/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored inventory, damaged or made by somebody else.  When the first byte is odd its maker and its digests are made to fit, so that the
 * parts are unpacked.  What tells is static: its file is included whole.
 */
#include "../fuzz.h"

#include "gate/recording.c"

#define HEADER_BYTES (8 + 4 + 4 + SHA256_BYTES)

/* As far as there are parts in it. */
static void
make_fit(char *bytes, size_t size)
{
	struct digest ours = maker();
	if (size < HEADER_BYTES)
		return;
	struct cursor from = cursor_of((struct slice){ bytes + 12, 4 });
	size_t n = cursor_u32le(&from), head = HEADER_BYTES, body;
	memcpy(bytes + 16, ours.bytes, SHA256_BYTES);
	if (n > (size - head) / PART_BYTES)
		return;
	body = head + n * PART_BYTES;
	for (size_t i = 0; i < n; i++, head += PART_BYTES) {
		from = cursor_of((struct slice){ bytes + head + 4, 8 });
		uint64_t packed = cursor_u64le(&from);
		if (packed > size - body)
			return;
		struct digest digest = digest_of((struct slice){ bytes + body, (size_t)packed });
		memcpy(bytes + head + 20, digest.bytes, SHA256_BYTES);
		body += (size_t)packed;
	}
}

static void
unpack_all(const struct recording *recording)
{
	struct plim_error err;
	for (size_t i = 0; i < recording->n; i++) {
		AUTO(free) char *plain = NULL;
		if (recording->parts[i].size < 1 << 24 && recording_unpack(&recording->parts[i], &plain, &err) == 0)
			fuzz_touch((struct slice){ plain, (size_t)recording->parts[i].size });
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf again = { 0 };
	AUTO(free) char *bytes = malloc(size + 1);
	struct recording recording;
	struct plim_error err;
	if (size < 1 || bytes == NULL || arena == NULL)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	if (data[0] & 1)
		make_fit(bytes, size - 1);
	if (recording_parse((struct slice){ bytes, size - 1 }, arena, &recording, &err) < 0)
		return 0;
	unpack_all(&recording);
	recording_write(&recording, &again);
	fuzz_demand(slice_eq(strbuf_slice(&again), (struct slice){ bytes, size - 1 }));
	return 0;
}
