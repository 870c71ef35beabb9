/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes as rows: as text where they are one. */
#include "catalog/keep.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/rows.h"

#include <linux/limits.h>

static void
put_hex(struct strbuf *into, struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		strbuf_putc(into, "0123456789abcdef"[(unsigned char)bytes.p[i] >> 4]);
		strbuf_putc(into, "0123456789abcdef"[bytes.p[i] & 15]);
	}
}

/* SELinux and others count the NUL at the end of a text as its part. */
static bool
text_of(struct slice value, struct slice *out)
{
	slice_skip_end(&value, (struct slice){ "", 1 });
	*out = value;
	return slice_find(value, '\0') == SIZE_MAX && slice_is_utf8(value);
}

int
xattr_keep(struct block_builder *into, uint32_t index, const struct xattr *xattr, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf hex = { 0 };
	struct slice fields[EXTENDED_ATTRIBUTE_FIELD_COUNT] = { [EXTENDED_ATTRIBUTE_KEY] = xattr->name };
	struct slice *value = &fields[EXTENDED_ATTRIBUTE_VALUE], *encoding = &fields[EXTENDED_ATTRIBUTE_ENCODING];
	if (xattr->name.n > XATTR_NAME_MAX)
		return error_set(err, PLIM_EFORMAT, "an xattr whose name has %zu bytes; Linux has %d", xattr->name.n, XATTR_NAME_MAX);
	if (xattr->base64) {
		*encoding = SLICE("base64");
		*value = xattr->value.n <= XATTR_SIZE_MAX / 3 * 4 + 4 ? xattr->value : SLICE_NONE;
	} else if (text_of(xattr->value, value)) {
		*encoding = SLICE("text");
	} else {
		*encoding = SLICE("hex");
		put_hex(&hex, xattr->value.n <= XATTR_SIZE_MAX ? xattr->value : SLICE(""));
		*value = hex.n ? strbuf_slice(&hex) : SLICE_NONE;
	}
	if (!xattr->base64 && xattr->value.n > XATTR_SIZE_MAX)
		*value = SLICE_NONE;
	return hex.failed ? error_nomem(err) : block_add_row(into, ROW_EXTENDED_ATTRIBUTE, index, 0, fields, EXTENDED_ATTRIBUTE_FIELD_COUNT, err);
}
