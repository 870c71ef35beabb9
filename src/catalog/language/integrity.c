/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/language/integrity.h"

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

void
put_integrity(struct slice integrity, struct strbuf *into)
{
	static const struct {
		const char *name;
		size_t digits;
	} algorithms[] = { { "sha512", 86 }, { "sha384", 64 }, { "sha256", 43 }, { "sha1", 27 } };
	struct slice first, name, text;
	if (!slice_word(&integrity, &first) || !slice_cut(first, '-', &name, &text))
		return;
	while (slice_skip_end(&text, SLICE("=")))
		;
	size_t known = 0;
	while (known < 4 && !(slice_is(name, algorithms[known].name) && text.n == algorithms[known].digits))
		known++;
	for (size_t i = 0; i < text.n; i++)
		if (known == 4 || base64_value(text.p[i]) < 0)
			return;
	strbuf_put(into, name);
	strbuf_putc(into, ':');
	uint32_t bits = 0, have = 0;
	for (size_t i = 0; i < text.n; i++) {
		bits = bits << 6 | (uint32_t)base64_value(text.p[i]);
		for (have += 6; have >= 8; have -= 8)
			strbuf_printf(into, "%02x", bits >> (have - 8) & 0xff);
	}
}
