/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums and structures of secrets, and how placeholders are told from them. */
#include "catalog/secret/check.h"

#include "codec/crc.h"

/* What stands in the place of a value, wherever it is in one; lower case. */
static const char *const fillers[] = {
	"your", "xxxx", "****", "....", "----", "____", "changeme", "change_me", "change-me", "change this", "placeholder", "replace", "redacted", "insert",
	"${", "$(", "{{", "<%", "%(", "#{", "{%", "process.env", "os.environ", "getenv", "%env", "env.", "secrets.", "vault:", "dummy", "todo", "fixme",
};

/* ... and what is one as a whole. */
static const char *const words[] = {
	"password", "passwd", "passphrase", "secret", "token", "none", "null", "true", "false", "nil", "undefined", "empty", "unset", "string", "required",
	"optional", "prompt", "ask", "user", "username", "pass", "test", "tests", "testing", "foobar", "default", "disabled", "enabled", "never", "always",
	"file", "plain", "value", "text", "hidden", "secret_key", "api_key", "mypassword", "mysecret", "pwd", "abcd", "1234", "public", "anonymous",
	"encrypted", "example", "passw0rd", "sha256", "sha512", "md5", "yescrypt", "bcrypt", "proxypass", "repopwd",
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
has_filler_at(struct slice text, size_t at, const char *filler)
{
	size_t i = 0;
	for (; filler[i] && at + i < text.n; i++)
		if (lower(text.p[at + i]) != filler[i])
			return false;
	return filler[i] == '\0';
}

static bool
has_filler(struct slice text)
{
	for (size_t k = 0; k < sizeof fillers / sizeof *fillers; k++)
		for (size_t at = 0; at < text.n; at++)
			if (has_filler_at(text, at, fillers[k]))
				return true;
	return false;
}

/* How many symbols it seems to draw from, times each other: the inverse of how often two of its bytes are the same. */
static bool
draws_from(struct slice text, uint64_t symbols)
{
	uint32_t counts[256] = { 0 };
	uint64_t squares = 0;
	for (size_t i = 0; i < text.n; i++)
		counts[(uint8_t)text.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		squares += (uint64_t)counts[i] * counts[i];
	return squares && (uint64_t)text.n * text.n >= symbols * squares;
}

struct letters {
	size_t upper, lower, digits, hex, others;
};

static struct letters
letters_of(struct slice text)
{
	struct letters n = { 0 };
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool digit = c >= '0' && c <= '9', up = c >= 'A' && c <= 'Z', low = c >= 'a' && c <= 'z';
		n.digits += digit;
		n.upper += up;
		n.lower += low;
		n.others += !digit && !up && !low;
		n.hex += digit || (lower(c) >= 'a' && lower(c) <= 'f') || c == '-';
	}
	return n;
}

bool
check_varied(struct slice secret)
{
	return draws_from(secret, 6) && !has_filler(secret);
}

bool
check_mixed_case(struct slice secret)
{
	struct letters n = letters_of(secret);
	return n.upper > 1 && n.lower > 1 && draws_from(secret, 12) && !has_filler(secret);
}

bool
check_random(struct slice secret)
{
	struct letters n = letters_of(secret);
	return n.digits && n.upper + n.lower && (n.hex < secret.n || secret.n >= 24) && draws_from(secret, 8) && !has_filler(secret);
}

bool
check_no_digest(struct slice secret)
{
	return letters_of(secret).hex < secret.n && check_random(secret);
}

static bool
is_path(struct slice text)
{
	bool begins = slice_starts(text, SLICE("/")) || slice_starts(text, SLICE("./")) || slice_starts(text, SLICE("~/"));
	return begins && slice_find(slice_from(text, 2), '/') != SIZE_MAX;
}

bool
check_literal(struct slice secret)
{
	if (secret.n == 0 || strchr("$%{<[(@!&*`\\", secret.p[0]) || is_path(secret) || has_filler(secret) || !draws_from(secret, 2))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(secret, slice_of(words[i])))
			return false;
	return true;
}

bool
check_password(struct slice secret)
{
	struct letters n = letters_of(secret);
	/* Sentences that explain, and calls. */
	bool words_only = slice_find(secret, ' ') != SIZE_MAX && n.digits == 0;
	return check_literal(secret) && !words_only && slice_find_text(secret, SLICE("()")) == SIZE_MAX;
}

/* Checksums. */

bool
check_crc_base62(struct slice secret)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct slice prefix, rest;
	if (slice_cut_last(secret, '_', &prefix, &rest))
		secret = rest;
	if (secret.n <= 6)
		return false;
	uint32_t sum = crc_of(slice_first(secret, secret.n - 6));
	for (size_t i = secret.n; i-- > secret.n - 6; sum /= 62)
		if (secret.p[i] != digits[sum % 62])
			return false;
	return sum == 0;
}

static uint32_t
bech32_more(uint32_t sum, uint32_t value)
{
	static const uint32_t generators[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;
	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (size_t i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generators[i] : 0;
	return sum;
}

bool
check_bech32(struct slice secret)
{
	static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	struct slice name, data;
	uint32_t sum = 1;
	if (!slice_cut_last(secret, '1', &name, &data))
		return false;
	for (size_t i = 0; i < name.n; i++)
		sum = bech32_more(sum, (uint8_t)lower(name.p[i]) >> 5);
	sum = bech32_more(sum, 0);
	for (size_t i = 0; i < name.n; i++)
		sum = bech32_more(sum, lower(name.p[i]) & 31);
	for (size_t i = 0; i < data.n; i++) {
		const char *digit = strchr(digits, lower(data.p[i]));
		if (digit == NULL || *digit == '\0')
			return false;
		sum = bech32_more(sum, (uint32_t)(digit - digits));
	}
	return sum == 1;
}

/* What is in base64, of either alphabet. */

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* As much as fits. */
static struct slice
decode(struct slice text, char *room, size_t size)
{
	uint32_t bits = 0, held = 0;
	size_t n = 0;
	for (size_t i = 0; i < text.n && n < size; i++) {
		int value = value_of(text.p[i]);
		if (value < 0)
			break;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			room[n++] = (char)(bits >> held & 255);
		}
	}
	return (struct slice){ room, n };
}

static bool
is_object(struct slice text)
{
	text = slice_trim(text);
	return text.n >= 2 && text.p[0] == '{' && text.p[text.n - 1] == '}' && slice_is_utf8(text);
}

/* {"alg": "none"}: anybody can make such a token. */
static bool
is_signed(struct slice header)
{
	size_t at = slice_find_text(header, SLICE("\"alg\""));
	struct slice rest = at == SIZE_MAX ? SLICE_NONE : slice_trim(slice_from(header, at + 5));
	if (!slice_skip(&rest, SLICE(":")))
		return false;
	return !slice_starts(slice_trim(rest), SLICE("\"none\""));
}

bool
check_jwt(struct slice secret)
{
	char room[2048];
	struct slice header, payload, rest;
	slice_cut(secret, '.', &header, &rest);
	slice_cut(rest, '.', &payload, &rest);
	struct slice text = decode(header, room, sizeof room);
	if (!is_object(text) || !is_signed(text))
		return false;
	return is_object(decode(payload, room, sizeof room));
}

static bool
is_printable(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((uint8_t)text.p[i] < ' ' || text.p[i] == 127)
			return false;
	return slice_is_utf8(text);
}

bool
check_basic_auth(struct slice secret)
{
	char room[1600];
	struct slice user, password, text = decode(secret, room, sizeof room);
	return is_printable(text) && slice_cut(text, ':', &user, &password) && user.n && password.n && check_literal(password);
}

bool
check_base64_key(struct slice secret)
{
	char room[96];
	return slice_find_text(decode(secret, room, sizeof room), SLICE("PRIVATE KEY-----")) != SIZE_MAX;
}
