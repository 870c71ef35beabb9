/* SPDX-License-Identifier: Apache-2.0 */
/* Digests as text. */
#include "catalog/language/digest_text.h"

static const struct {
	const char *name;
	size_t bytes;
} algorithms[] = { { "md5", 16 }, { "sha1", 20 }, { "sha224", 28 }, { "sha256", 32 }, { "sha384", 48 }, { "sha512", 64 } };

/* 0 for one that we do not know. */
static size_t
digest_bytes(struct slice algorithm)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
		if (slice_is(algorithm, algorithms[i].name))
			return algorithms[i].bytes;
	return 0;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool
digest_put_base64(struct strbuf *into, struct slice algorithm, struct slice text)
{
	size_t bytes = digest_bytes(algorithm), put = 0;
	uint32_t held = 0;
	unsigned bits = 0;
	while (slice_skip_end(&text, SLICE("=")))
		;
	if (bytes == 0 || text.n != (bytes * 8 + 5) / 6)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (base64_value(text.p[i]) < 0)
			return false;
	strbuf_put(into, algorithm);
	strbuf_putc(into, ':');
	for (size_t i = 0; i < text.n; i++) {
		held = held << 6 | (uint32_t)base64_value(text.p[i]);
		bits += 6;
		if (bits >= 8 && put++ < bytes)
			strbuf_printf(into, "%02x", held >> (bits - 8) & 0xff);
		bits -= bits >= 8 ? 8 : 0;
	}
	return true;
}

static char
lower_hex(char c)
{
	if (c >= 'A' && c <= 'F')
		return (char)(c - 'A' + 'a');
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? c : '\0';
}

bool
digest_put_hex(struct strbuf *into, struct slice algorithm, struct slice text)
{
	if (digest_bytes(algorithm) == 0 || text.n != digest_bytes(algorithm) * 2)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (lower_hex(text.p[i]) == '\0')
			return false;
	strbuf_put(into, algorithm);
	strbuf_putc(into, ':');
	for (size_t i = 0; i < text.n; i++)
		strbuf_putc(into, lower_hex(text.p[i]));
	return true;
}
