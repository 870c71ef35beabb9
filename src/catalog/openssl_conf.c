/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of OpenSSL's configuration files, config(5): joined, without comments.  What they mean shows where all files are together. */
#include "catalog/openssl_conf.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

/* An odd backslash at the end: the second of two is no escape. */
static bool
continues(struct slice line)
{
	return line.n && line.p[line.n - 1] == '\\' && (line.n == 1 || line.p[line.n - 2] != '\\');
}

static bool
joined_next(struct cursor *in, struct strbuf *joined, uint32_t *read)
{
	bool any = false;
	strbuf_clear(joined);
	for (struct slice line; cursor_line(in, &line);) {
		any = true;
		++*read;
		bool more = continues(line);
		strbuf_put(joined, more ? slice_first(line, line.n - 1) : line);
		if (!more)
			break;
	}
	return any;
}

/* Up to a # that is neither quoted nor escaped. */
static struct slice
without_comment(struct slice line)
{
	char quote = '\0';
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '\\')
			i++;
		else if (quote)
			quote = line.p[i] == quote ? '\0' : quote;
		else if (openssl_is_quote(line.p[i]))
			quote = line.p[i];
		else if (line.p[i] == '#')
			return slice_first(line, i);
	return line;
}

static bool
is_secret(struct slice name)
{
	static const char *const secrets[] = { "input_password", "output_password", "PIN", "pin" };
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		if (slice_is(name, secrets[i]))
			return true;
	return false;
}

/* The name and its equal sign of what is nobody's business. */
static struct slice
without_secret(struct slice line)
{
	struct slice name, value;
	if (slice_cut(line, '=', &name, &value) && is_secret(slice_trim(name)))
		return slice_first(line, name.n + 1);
	return line;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf joined = { 0 };
	uint32_t read = 0;
	int r = 0;
	(void)path;
	slice_skip(&body, SLICE("\xef\xbb\xbf"));
	struct cursor in = cursor_of(body);
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	while (r == 0 && joined_next(&in, &joined, &read)) {
		struct slice line = without_secret(slice_trim(without_comment(strbuf_slice(&joined))));
		const struct slice fields[] = { [OPENSSL_TEXT] = line };
		if (joined.failed)
			r = error_nomem(err);
		else if (line.n)
			r = rows_add(rows, ROW_OPENSSL, read, fields, OPENSSL_FIELD_COUNT, err);
	}
	return r;
}

const struct cataloger cataloger_openssl_conf = {
	.name = "openssl-conf",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){
		"etc/ssl/*.cnf", "etc/ssl/*.conf", "etc/ssl/openssl.d/*", "etc/ssl/openssl.cnf.d/*", "etc/ssl1.1/*.cnf", "etc/pki/tls/*.cnf", "etc/pki/tls/openssl.d/*",
		"usr/lib/ssl/*.cnf", "usr/lib64/ssl/*.cnf", "usr/local/ssl/*.cnf", "usr/local/openssl/*.cnf", "usr/share/ssl/*.cnf",
		"etc/crypto-policies/back-ends/opensslcnf.config", "etc/crypto-policies/back-ends/openssl_fips.config",
		"usr/share/crypto-policies/*/opensslcnf.txt", "usr/share/crypto-policies/*/openssl_fips.txt",
		"usr/share/crypto-policies/back-ends/*/opensslcnf.config", "usr/share/crypto-policies/back-ends/*/openssl_fips.config", NULL },
	.extract = extract,
};
