/* SPDX-License-Identifier: Apache-2.0 */
/* More functions of osquery's: base 64, blocks of addresses, the directory of a path, logarithm and cotangent, whole numbers of texts. */
#include "facts/functions.h"

#include "base/auto.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "codec/base64.h"

#include <arpa/inet.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

static struct slice
text_of(sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value);
	return text ? (struct slice){ text, (size_t)sqlite3_value_bytes(value) } : SLICE_NONE;
}

static void
result_strbuf(sqlite3_context *result, const struct strbuf *text)
{
	if (text->failed)
		sqlite3_result_error_nomem(result);
	else
		sqlite3_result_text64(result, text->p ? text->p : "", text->n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* False where it is none; line ends in it are fine. */
static bool
put_bytes(struct strbuf *into, struct slice text)
{
	uint32_t bits = 0;
	size_t n = 0;
	while (slice_skip_end(&text, SLICE("=")) || slice_skip_end(&text, SLICE("\n")))
		;
	for (size_t i = 0; i < text.n; i++) {
		const char *letter = text.p[i] ? strchr(letters, text.p[i]) : NULL;
		if (letter == NULL && !strchr("\r\n", text.p[i]))
			return false;
		if (letter == NULL)
			continue;
		bits = bits << 6 | (uint32_t)(letter - letters);
		if (n++ % 4)
			strbuf_putc(into, (char)(bits >> (6 - 2 * ((n - 1) % 4))));
	}
	return true;
}

static void
call_to_base64(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct slice bytes = text_of(argv[0]);
	(void)argc;
	if (bytes.p == NULL)
		return;
	base64_put(BASE64_STANDARD, bytes, &text);
	result_strbuf(result, &text);
}

/* What is no base 64 is empty, as there. */
static void
call_from_base64(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct slice text = text_of(argv[0]);
	(void)argc;
	if (text.p == NULL)
		return;
	if (!put_bytes(&bytes, text))
		strbuf_clear(&bytes);
	result_strbuf(result, &bytes);
}

/* Only what is not all printable ASCII. */
static void
call_conditional_to_base64(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	struct slice text = text_of(argv[0]);
	size_t at = 0;
	while (at < text.n && text.p[at] >= ' ' && text.p[at] < 0x7f)
		at++;
	if (at < text.n)
		call_to_base64(result, argc, argv);
	else if (text.p)
		sqlite3_result_text64(result, text.p, text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static bool
starts_alike(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - bits % 8)) == 0;
}

/* Of more than two addresses of IP 4 the first is the network's and the last that of all: no host's, says osquery. */
static bool
is_of_host(const unsigned char *address, unsigned bits)
{
	uint32_t hosts = bits > 30 ? 0 : UINT32_MAX >> bits, number = 0;
	for (size_t i = 0; i < 4; i++)
		number = number << 8 | address[i];
	return hosts == 0 || ((number & hosts) != 0 && (number & hosts) != hosts);
}

/* in_cidr_block(BLOCK, ADDRESS): 1 or 0. */
static void
call_in_cidr_block(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	unsigned char address[16], block[16];
	char hold[INET6_ADDRSTRLEN + 1] = "";
	struct slice text = text_of(argv[0]), host = text_of(argv[1]), network, size;
	uint64_t bits;
	(void)argc;
	bool four = host.p && inet_pton(AF_INET, host.p, address) == 1;
	if (host.p == NULL || (!four && inet_pton(AF_INET6, host.p, address) != 1)) {
		sqlite3_result_error(result, "in_cidr_block: no IP address", -1);
		return;
	}
	if (text.p == NULL || !slice_cut(text, '/', &network, &size) || !slice_to_u64(size, 10, &bits) || bits > (four ? 32 : 128) || network.n >= sizeof hold) {
		sqlite3_result_error(result, "in_cidr_block: no block of such addresses", -1);
		return;
	}
	memcpy(hold, network.p, network.n);
	if (inet_pton(four ? AF_INET : AF_INET6, hold, block) != 1)
		sqlite3_result_error(result, "in_cidr_block: no block of such addresses", -1);
	else
		sqlite3_result_int(result, starts_alike(address, block, (unsigned)bits) && (!four || is_of_host(address, (unsigned)bits)));
}

/* NULL without a slash. */
static void
call_parent_directory(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	struct slice path = text_of(argv[0]);
	size_t slash = path.p ? slice_find_last(path, '/') : SIZE_MAX;
	(void)argc;
	if (slash != SIZE_MAX)
		sqlite3_result_text64(result, path.p, slash, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* The natural one, which SQLite calls ln: its own log is that to the base of ten. */
static void
call_log(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	double value = sqlite3_value_double(argv[0]);
	(void)argc;
	if (sqlite3_value_type(argv[0]) != SQLITE_NULL && value > 0)
		sqlite3_result_double(result, log(value));
}

static void
call_cot(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	double tangent = tan(sqlite3_value_double(argv[0]));
	(void)argc;
	if (sqlite3_value_type(argv[0]) != SQLITE_NULL && tangent != 0)
		sqlite3_result_double(result, 1 / tangent);
}

struct rounding {
	const char *name;
	double (*of)(double value);
};

/* SQLite's own have no answer for a text that only begins as a number: floor('11 (bullseye)'). */
static void
call_rounding(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	const struct rounding *rounding = sqlite3_user_data(result);
	double value = rounding->of(sqlite3_value_double(argv[0]));
	(void)argc;
	if (sqlite3_value_type(argv[0]) == SQLITE_NULL || sqlite3_value_type(argv[0]) == SQLITE_INTEGER)
		sqlite3_result_value(result, argv[0]);
	else if (value >= -0x1p62 && value <= 0x1p62)
		sqlite3_result_int64(result, (sqlite3_int64)value);
	else
		sqlite3_result_double(result, value);
}

static void
add_roundings(struct sqlite3 *db)
{
	static const struct rounding roundings[] = { { "floor", floor }, { "ceil", ceil } };
	for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++)
		sqlite3_create_function_v2(db, roundings[i].name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, (void *)&roundings[i], call_rounding, NULL, NULL, NULL);
}

void
functions_add_encoding(struct sqlite3 *db)
{
	static const struct {
		const char *name;
		int arguments;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "to_base64", 1, call_to_base64 }, { "from_base64", 1, call_from_base64 }, { "conditional_to_base64", 1, call_conditional_to_base64 },
		{ "in_cidr_block", 2, call_in_cidr_block }, { "parent_directory", 1, call_parent_directory }, { "log", 1, call_log }, { "cot", 1, call_cot },
	};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		sqlite3_create_function_v2(db, functions[i].name, functions[i].arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, functions[i].call, NULL, NULL, NULL);
	add_roundings(db);
}
