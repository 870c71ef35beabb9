/* SPDX-License-Identifier: Apache-2.0 */
/* What fuzz targets share: the entry point, reading all of a slice, and input that is cut into messages. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/auto.h"
#include "base/cursor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every byte, so that the sanitizer sees one too many. */
static inline void
fuzz_touch(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		(void)*(const volatile char *)&s.p[i];
}

/* What must hold whatever the bytes: a crash that the fuzzer keeps. */
static inline void
fuzz_demand(bool holds)
{
	if (!holds)
		abort();
}

/* One message of many: kind, how a file goes with it, the lengths of body and file, both. */
struct fuzz_message {
	uint8_t kind, file;
	struct slice body, content;
};

static inline bool
fuzz_message_next(struct cursor *in, struct fuzz_message *out)
{
	if (cursor_left(in) == 0)
		return false;
	out->kind = cursor_u8(in);
	out->file = cursor_u8(in);
	size_t body = cursor_u16le(in), content = cursor_u16le(in), left = cursor_left(in);
	out->body = cursor_take(in, body < left ? body : left);
	left = cursor_left(in);
	out->content = cursor_take(in, content < left ? content : left);
	return !in->bad;
}

#endif
