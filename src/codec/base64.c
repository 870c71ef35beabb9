/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 by table, one spelling for each run of bytes. */
#include "codec/base64.h"

static const struct alphabet {
	const char *digits;
	bool padded;
} alphabets[] = {
	[BASE64_STANDARD] = { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true },
	[BASE64_URL] = { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false },
};

/* Up to three bytes into two to four digits, or four with padding. */
static void
put_group(const struct alphabet *alphabet, struct slice bytes, struct strbuf *into)
{
	char digits[4] = "====";
	uint32_t group = 0;
	for (size_t k = 0; k < 3; k++)
		group = group << 8 | (k < bytes.n ? (uint8_t)bytes.p[k] : 0);
	for (size_t k = 0; k <= bytes.n; k++)
		digits[k] = alphabet->digits[group >> (18 - 6 * k) & 63];
	strbuf_put(into, (struct slice){ digits, alphabet->padded ? 4 : bytes.n + 1 });
}

void
base64_put(enum base64 which, struct slice bytes, struct strbuf *into)
{
	for (size_t i = 0; i < bytes.n; i += 3)
		put_group(&alphabets[which], slice_first(slice_from(bytes, i), 3), into);
}

static int
digit_value(const struct alphabet *alphabet, char c)
{
	const char *at = c ? strchr(alphabet->digits, c) : NULL;
	return at ? (int)(at - alphabet->digits) : -1;
}

/* Without its padding; false where that is not as the alphabet wants it. */
static bool
unpad(const struct alphabet *alphabet, struct slice *text)
{
	if (!alphabet->padded)
		return text->n % 4 != 1;
	if (text->n % 4 != 0)
		return false;
	if (slice_skip_end(text, SLICE("=")))
		slice_skip_end(text, SLICE("="));
	return true;
}

/* Up to four digits into one to three bytes; bits that no byte takes must be zero. */
static bool
decode_group(const struct alphabet *alphabet, struct slice digits, char *out)
{
	uint32_t group = 0;
	for (size_t k = 0; k < 4; k++) {
		int value = k < digits.n ? digit_value(alphabet, digits.p[k]) : 0;
		if (value < 0)
			return false;
		group = group << 6 | (uint32_t)value;
	}
	for (size_t k = 0; k + 1 < digits.n; k++)
		out[k] = (char)(group >> (16 - 8 * k));
	uint32_t behind = digits.n == 2 ? 0xffff : digits.n == 3 ? 0xff : 0;
	return (group & behind) == 0;
}

struct slice
base64_decode(enum base64 which, struct slice text, struct arena *arena)
{
	const struct alphabet *alphabet = &alphabets[which];
	if (text.p == NULL || !unpad(alphabet, &text))
		return SLICE_NONE;
	size_t n = text.n / 4 * 3 + (text.n % 4 ? text.n % 4 - 1 : 0);
	char *bytes = arena_alloc(arena, n + 1);
	if (bytes == NULL)
		return SLICE_NONE;
	for (size_t i = 0, at = 0; i < text.n; i += 4, at += 3)
		if (!decode_group(alphabet, slice_first(slice_from(text, i), 4), bytes + at))
			return SLICE_NONE;
	return (struct slice){ bytes, n };
}
