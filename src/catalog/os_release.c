/* SPDX-License-Identifier: Apache-2.0 */
/* os-release(5), and the release files of systems that are older than it. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

static const struct {
	const char *key;
	int field;
} keys[] = {
	{ "ID", OS_RELEASE_ID },           { "ID_LIKE", OS_RELEASE_ID_LIKE },       { "NAME", OS_RELEASE_NAME },
	{ "VERSION", OS_RELEASE_VERSION }, { "VERSION_ID", OS_RELEASE_VERSION_ID }, { "VERSION_CODENAME", OS_RELEASE_CODENAME },
	{ "PRETTY_NAME", OS_RELEASE_PRETTY_NAME }, { "VARIANT_ID", OS_RELEASE_VARIANT_ID },
};

/* In double quotes a backslash protects these only, and stands for itself before any other. */
static bool
is_protected(char quote, char c)
{
	return quote == '\0' || c == '"' || c == '$' || c == '\\' || c == '`';
}

/* A value as a shell reads it; false for a quote that does not end.  Blanks without quotes are kept, as systemd does. */
static bool
unquote(struct slice value, struct strbuf *into)
{
	char quote = '\0';
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (c == '\\' && quote != '\'' && i + 1 < value.n && is_protected(quote, value.p[i + 1]))
			strbuf_putc(into, value.p[++i]);
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? '\0' : c;
		else
			strbuf_putc(into, c);
	}
	return quote == '\0';
}

static int
field_of(struct slice key)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (slice_is(key, keys[i].key))
			return keys[i].field;
	return -1;
}

/* Later lines win, as in a shell. */
static int
read_fields(struct slice body, struct strbuf *texts, struct slice *fields, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	unsigned number = 0;
	for (struct slice line, key, value; cursor_line(&in, &line);) {
		number++;
		int field = slice_cut(slice_trim(line), '=', &key, &value) ? field_of(key) : -1, r;
		if (field < 0)
			continue;
		strbuf_clear(&texts[field]);
		if (!unquote(value, &texts[field]) && (r = rows_problem(rows, err, "line %u: a quote that does not end", number)) < 0)
			return r;
		if (texts[field].failed)
			return error_nomem(err);
		fields[field] = strbuf_slice(&texts[field]);
	}
	if (fields[OS_RELEASE_ID].n == 0 && fields[OS_RELEASE_NAME].n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: neither ID nor NAME is in it");
	return 0;
}

static int
extract_release(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct strbuf texts[OS_RELEASE_FIELD_COUNT] = { 0 };
	struct slice fields[OS_RELEASE_FIELD_COUNT] = { 0 };
	int r = read_fields(body, texts, fields, rows, err);
	if (r == 0)
		r = rows_add(rows, ROW_OS_RELEASE, 1, fields, OS_RELEASE_FIELD_COUNT, err);
	for (size_t i = 0; i < OS_RELEASE_FIELD_COUNT; i++)
		strbuf_done(&texts[i]);
	return r;
}

static int
extract_legacy(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice line = SLICE_NONE;
	if (!cursor_line(&in, &line) || slice_trim(line).n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the release file is empty");
	struct slice fields[] = { [OS_LEGACY_FILE] = path_base(path), [OS_LEGACY_TEXT] = slice_trim(line) };
	return rows_add(rows, ROW_OS_LEGACY, 1, fields, OS_LEGACY_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	if (slice_is(path_base(path), "os-release"))
		return extract_release(body, rows, err);
	return extract_legacy(path, body, rows, err);
}

const struct cataloger cataloger_os_release = {
	.name = "os-release",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version",
	                                "etc/redhat-release", "etc/centos-release", "etc/rocky-release", "etc/almalinux-release", "etc/fedora-release",
	                                "etc/system-release", "etc/SuSE-release", "etc/lsb-release", NULL },
	.roots = (const char *const[]){ "etc/os-release", "usr/lib/os-release", NULL },
	.extract = extract,
};
