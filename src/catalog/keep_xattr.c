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
	struct slice value = xattr->value, encoding = SLICE("base64");
	size_t most = xattr->base64 ? XATTR_SIZE_MAX / 3 * 4 + 4 : XATTR_SIZE_MAX;
	if (xattr->name.n > XATTR_NAME_MAX)
		return error_set(err, PLIM_EFORMAT, "an xattr whose name has %zu bytes; Linux has %d", xattr->name.n, XATTR_NAME_MAX);
	if (!xattr->base64 && text_of(value, &value)) {
		encoding = SLICE("text");
	} else if (!xattr->base64) {
		encoding = SLICE("hex");
		put_hex(&hex, slice_first(xattr->value, most));
		value = strbuf_slice(&hex);
	}
	const struct slice fields[EXTENDED_ATTRIBUTE_FIELD_COUNT] = {
		[EXTENDED_ATTRIBUTE_KEY] = xattr->name,
		[EXTENDED_ATTRIBUTE_VALUE] = xattr->value.n <= most ? value : SLICE_NONE,
		[EXTENDED_ATTRIBUTE_ENCODING] = encoding,
	};
	return hex.failed ? error_nomem(err) : block_add_content(into, ROW_EXTENDED_ATTRIBUTE, index, fields, EXTENDED_ATTRIBUTE_FIELD_COUNT, err);
}
