/* SPDX-License-Identifier: Apache-2.0 */
/* What the catalogers of programs share. */
#include "catalog/program/programs.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "catalog/program/select.h"

#include <zlib.h>

bool
program_bid(struct slice path, struct slice head)
{
	(void)path;
	return program_is(head);
}

bool
program_take(struct slice body, struct program *out)
{
	return program_open(body, out, NULL) == 0;
}

bool
program_is_cut(struct slice body)
{
	struct body_skips skips;
	return program_skips(body.n, slice_first(body, COLLECT_HEAD_BYTES), &skips);
}

#define STEP_BYTES ((size_t)64 << 10)

/* Either header, as zlib finds it. */
#define EITHER 32

static int
inflate_into(z_stream *z, struct strbuf *into, struct plim_error *err)
{
	int status = Z_OK;
	while (status == Z_OK) {
		if (into->n > LIMIT_EMBEDDED_BYTES)
			return error_set(err, PLIM_ELIMIT, "an embedded document beyond limit EMBEDDED_BYTES");
		char *room = strbuf_reserve(into, STEP_BYTES);
		if (room == NULL)
			return error_nomem(err);
		z->next_out = (Bytef *)room;
		z->avail_out = (uInt)STEP_BYTES;
		status = inflate(z, Z_NO_FLUSH);
		strbuf_added(into, STEP_BYTES - z->avail_out);
	}
	return status == Z_STREAM_END ? 0 : error_set(err, PLIM_EFORMAT, "an embedded document that does not inflate");
}

int
program_inflate(struct slice packed, char **out, size_t *size, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	uInt n = packed.n > UINT32_MAX ? UINT32_MAX : (uInt)packed.n;
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = n };
	if (inflateInit2(&z, MAX_WBITS + EITHER) != Z_OK)
		return error_nomem(err);
	int r = inflate_into(&z, &plain, err);
	inflateEnd(&z);
	if (r < 0)
		return r;
	*size = plain.n;
	*out = strbuf_take(&plain);
	return *out ? 0 : error_nomem(err);
}
