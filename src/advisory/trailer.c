/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/trailer.h"

#include "advisory/format.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"

int
trailer_parse(struct slice bytes, struct slice *signatures, struct plim_error *err)
{
	struct cursor c = cursor_of(bytes);
	*signatures = SLICE_NONE;
	if (bytes.n == 0)
		return 0;
	if (!slice_eq(cursor_take(&c, 8), SLICE(TRAILER_MAGIC)))
		return error_set(err, PLIM_EFORMAT, "behind its end is something else than signatures");
	uint64_t size = cursor_u64le(&c);
	if (!c.bad && size > LIMIT_DATA_SIGNATURE_BYTES)
		return error_set(err, PLIM_ELIMIT, "signatures of %ju bytes, limit DATA_SIGNATURE_BYTES", (uintmax_t)size);
	if (c.bad || size == 0 || size != cursor_left(&c))
		return error_set(err, PLIM_EFORMAT, "its signatures are %zu bytes, and should be %ju", cursor_left(&c), (uintmax_t)size);
	*signatures = cursor_rest(&c);
	return 0;
}

void
trailer_write(struct slice signatures, struct strbuf *into)
{
	if (signatures.n == 0)
		return;
	strbuf_puts(into, TRAILER_MAGIC);
	wire_put_u64(into, signatures.n);
	strbuf_put(into, signatures);
}
