/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms as people and indexes name them. */
#include "image/image.h"

bool
platform_parse(struct slice text, struct platform *out)
{
	struct platform parsed = { 0 };
	if (!slice_cut(text, '/', &parsed.os, &parsed.architecture))
		return false;
	bool with_variant = slice_cut(parsed.architecture, '/', &parsed.architecture, &parsed.variant);
	if (slice_is_empty(parsed.os) || slice_is_empty(parsed.architecture))
		return false;
	if (with_variant && (slice_is_empty(parsed.variant) || slice_find(parsed.variant, '/') != SIZE_MAX))
		return false;
	*out = parsed;
	return true;
}

bool
platform_matches(const struct platform *wanted, const struct platform *have)
{
	return slice_eq(wanted->os, have->os) && slice_eq(wanted->architecture, have->architecture) &&
	       (slice_is_empty(wanted->variant) || slice_eq(wanted->variant, have->variant));
}

void
platform_text(const struct platform *platform, struct strbuf *into)
{
	strbuf_put_printable(into, slice_is_empty(platform->os) ? SLICE("?") : platform->os);
	strbuf_putc(into, '/');
	strbuf_put_printable(into, slice_is_empty(platform->architecture) ? SLICE("?") : platform->architecture);
	if (slice_is_empty(platform->variant))
		return;
	strbuf_putc(into, '/');
	strbuf_put_printable(into, platform->variant);
}
