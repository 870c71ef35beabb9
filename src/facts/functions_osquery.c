/* SPDX-License-Identifier: Apache-2.0 */
/* Functions and collations that osquery adds to SQLite's, for queries that were written for it. */
#include "facts/functions.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "facts/regex.h"
#include "version/scheme.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <sqlite3.h>

static bool
any_null(int argc, sqlite3_value **argv)
{
	for (int i = 0; i < argc; i++)
		if (sqlite3_value_type(argv[i]) == SQLITE_NULL)
			return true;
	return false;
}

static struct slice
text_of(sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value);
	return text ? (struct slice){ text, (size_t)sqlite3_value_bytes(value) } : SLICE("");
}

static void
result_text(sqlite3_context *result, struct slice text)
{
	sqlite3_result_text64(result, text.p ? text.p : "", text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void
result_strbuf(sqlite3_context *result, const struct strbuf *text)
{
	if (text->failed)
		sqlite3_result_error_nomem(result);
	else
		result_text(result, strbuf_slice(text));
}

/* split(TEXT, BYTES, N): the part of that number between any of the bytes; blanks round it, and empty parts, do not count. */
static void
call_split(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	if (any_null(argc, argv))
		return;
	struct slice rest = text_of(argv[0]), marks = text_of(argv[1]);
	sqlite3_int64 wanted = sqlite3_value_int64(argv[2]);
	if (marks.n == 0)
		sqlite3_result_error(result, "split: nothing to split at", -1);
	while (marks.n && rest.n) {
		size_t n = 0;
		while (n < rest.n && slice_find(marks, rest.p[n]) == SIZE_MAX)
			n++;
		struct slice part = slice_trim(slice_first(rest, n));
		if (part.n && wanted-- == 0) {
			result_text(result, part);
			return;
		}
		rest = slice_from(rest, n + 1);
	}
}

static void
release(void *regex)
{
	regex_free(regex);
}

/* The pattern of this statement, compiled at its first row; NULL after an error was reported. */
static const struct regex *
pattern_of(sqlite3_context *result, sqlite3_value *value)
{
	struct regex *regex = sqlite3_get_auxdata(result, 1);
	struct plim_error err = { 0 };
	if (regex)
		return regex;
	if (regex_new(text_of(value), &regex, &err) < 0) {
		sqlite3_result_error(result, err.text, -1);
		return NULL;
	}
	sqlite3_set_auxdata(result, 1, regex, release);
	return sqlite3_get_auxdata(result, 1);
}

static bool
found(sqlite3_context *result, int code)
{
	if (code < 0)
		sqlite3_result_error(result, "a regular expression reached limit REGEX_STEPS", -1);
	return code > 0;
}

/* regex_match(TEXT, PATTERN, N): what group N of the first match took, 0 all of it; NULL without a match. */
static void
call_regex_match(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	struct slice group;
	const struct regex *regex = any_null(argc, argv) ? NULL : pattern_of(result, argv[1]);
	int wanted = sqlite3_value_int(argv[2]);
	if (regex && wanted >= 0 && found(result, regex_group(regex, text_of(argv[0]), 0, (unsigned)wanted, &group)) && group.p)
		result_text(result, group);
}

/* regex_split(TEXT, PATTERN, N): the part of that number between matches. */
static void
call_regex_split(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	const struct regex *regex = any_null(argc, argv) ? NULL : pattern_of(result, argv[1]);
	struct slice text = text_of(argv[0]), match;
	sqlite3_int64 wanted = sqlite3_value_int64(argv[2]);
	size_t begin = 0, at = 0;
	if (regex == NULL || wanted < 0)
		return;
	for (int code; (code = regex_group(regex, text, at, 0, &match)) != 0;) {
		if (!found(result, code))
			return;
		size_t from = (size_t)(match.p - text.p);
		/* An empty match splits nothing; the search goes on behind the next byte. */
		if (match.n && wanted-- == 0) {
			result_text(result, slice_first(slice_from(text, begin), from - begin));
			return;
		}
		if (match.n)
			begin = from + match.n;
		at = match.n ? begin : from + 1;
		if (at > text.n)
			break;
	}
	if (wanted == 0)
		result_text(result, slice_from(text, begin));
}

/* Without those that are NULL. */
static void
join(sqlite3_context *result, struct slice between, int argc, sqlite3_value **argv)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (int i = 0, n = 0; i < argc && !text.failed; i++) {
		if (sqlite3_value_type(argv[i]) == SQLITE_NULL)
			continue;
		if (n++)
			strbuf_put(&text, between);
		strbuf_put(&text, text_of(argv[i]));
	}
	result_strbuf(result, &text);
}

static void
call_concat(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	join(result, SLICE(""), argc, argv);
}

static void
call_concat_ws(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	if (argc == 0)
		sqlite3_result_error(result, "concat_ws: no separator", -1);
	else
		join(result, text_of(argv[0]), argc - 1, argv + 1);
}

static void
call_inet_aton(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	struct in_addr address;
	const char *text = (const char *)sqlite3_value_text(argv[0]);
	(void)argc;
	if (text && inet_pton(AF_INET, text, &address) == 1)
		sqlite3_result_int64(result, ntohl(address.s_addr));
}

/* The algorithm is the function's own. */
static void
call_digest(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	char hold[DIGEST_TEXT_SIZE];
	if (any_null(argc, argv))
		return;
	enum digest_algorithm algorithm = (enum digest_algorithm)(uintptr_t)sqlite3_user_data(result);
	const struct digest digest = digest_by(algorithm, text_of(argv[0]));
	if (digest.algorithm == DIGEST_NONE)
		sqlite3_result_error_nomem(result);
	else
		result_text(result, slice_of(digest_hex(&digest, hold)));
}

/* versions */

static const struct {
	const char *flavor, *collation;
	const struct version_scheme *scheme;
} flavors[] = {
	{ "", "version", &version_generic }, { "ARCH", "version_arch", &version_alpm }, { "DPKG", "version_dpkg", &version_dpkg },
	{ "RHEL", "version_rhel", &version_rpm },
};

static int
collate(void *scheme, int an, const void *a, int bn, const void *b)
{
	return ((const struct version_scheme *)scheme)->compare((struct slice){ a, (size_t)an }, (struct slice){ b, (size_t)bn });
}

/* version_compare(A, B[, FLAVOR]): -1, 0 or 1. */
static void
call_version_compare(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	struct slice flavor = argc > 2 ? text_of(argv[2]) : SLICE("");
	if (argc < 2 || argc > 3) {
		sqlite3_result_error(result, "version_compare: two versions, and a flavor", -1);
		return;
	}
	for (size_t i = 0; !any_null(2, argv) && i < sizeof flavors / sizeof *flavors; i++) {
		if (!slice_eq_nocase(flavor, slice_of(flavors[i].flavor)))
			continue;
		int order = flavors[i].scheme->compare(text_of(argv[0]), text_of(argv[1]));
		sqlite3_result_int(result, (order > 0) - (order < 0));
		return;
	}
	if (!any_null(2, argv))
		sqlite3_result_error(result, "version_compare: flavors are ARCH, DPKG and RHEL", -1);
}

static unsigned
hex_value(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* The byte that an escape of RFC 2253 stands for, and how long that is: a hexadecimal pair, or any other byte behind the backslash. */
static char
unescaped(struct slice text, size_t at, size_t *length)
{
	bool pair = at + 2 < text.n && isxdigit((unsigned char)text.p[at + 1]) && isxdigit((unsigned char)text.p[at + 2]);
	*length = text.p[at] != '\\' || at + 1 >= text.n ? 1 : pair ? 3 : 2;
	return *length == 1 ? text.p[at] : *length == 2 ? text.p[at + 1] : (char)(hex_value(text.p[at + 1]) << 4 | hex_value(text.p[at + 2]));
}

/* The byte behind the attribute that begins at `at`: a comma, a plus or the end. */
static size_t
attribute_end(struct slice name, size_t at)
{
	while (at < name.n && name.p[at] != ',' && name.p[at] != '+')
		at += name.p[at] == '\\' && at + 1 < name.n ? 2 : 1;
	return at;
}

/* As X509_NAME_oneline(3) writes it: what is no printable ASCII as \xHH, and marks with a backslash. */
static void
put_attribute(struct strbuf *into, struct slice attribute)
{
	strbuf_putc(into, '/');
	for (size_t at = 0, length; at < attribute.n; at += length) {
		char byte = unescaped(attribute, at, &length);
		if (byte == '/' || byte == '+')
			strbuf_putc(into, '\\');
		if (byte >= ' ' && byte <= '~')
			strbuf_putc(into, byte);
		else
			strbuf_printf(into, "\\x%02X", (unsigned)(unsigned char)byte);
	}
}

/* Those behind the first go in front of it. */
static void
put_reversed(struct strbuf *into, struct slice name)
{
	size_t begin[64], n = 0;
	for (size_t at = 0; at < name.n && n < sizeof begin / sizeof *begin; at = attribute_end(name, at) + 1)
		begin[n++] = at;
	while (n--)
		put_attribute(into, slice_first(slice_from(name, begin[n]), attribute_end(name, begin[n]) - begin[n]));
}

/* oneline_name(NAME): a certificate's name, as RFC 2253 writes it, in the form of osquery: /C=US/O=Example/CN=example.org. */
static void
call_oneline_name(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (any_null(argc, argv))
		return;
	put_reversed(&text, text_of(argv[0]));
	result_strbuf(result, &text);
}

void
functions_add_osquery(struct sqlite3 *db)
{
	static const struct {
		const char *name;
		int arguments;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
		enum digest_algorithm algorithm;
	} functions[] = {
		{ "split", 3, call_split, 0 }, { "regex_split", 3, call_regex_split, 0 }, { "regex_match", 3, call_regex_match, 0 },
		{ "concat", -1, call_concat, 0 }, { "concat_ws", -1, call_concat_ws, 0 }, { "inet_aton", 1, call_inet_aton, 0 },
		{ "md5", 1, call_digest, DIGEST_MD5 }, { "sha1", 1, call_digest, DIGEST_SHA1 }, { "sha256", 1, call_digest, DIGEST_SHA256 },
		{ "version_compare", -1, call_version_compare, 0 }, { "oneline_name", 1, call_oneline_name, 0 },
	};
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		sqlite3_create_function_v2(db, functions[i].name, functions[i].arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
		                           (void *)(uintptr_t)functions[i].algorithm, functions[i].call, NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof flavors / sizeof *flavors; i++)
		sqlite3_create_collation(db, flavors[i].collation, SQLITE_UTF8, (void *)flavors[i].scheme, collate);
}
