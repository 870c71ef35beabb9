/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pnpm-lock.yaml wants, lockfileVersion 5 to 9: the keys of its mapping
 * `packages`, "/a/1.0.0_peer", "/a@1.0.0(peer@2)" or "a@1.0.0", each on a line two blanks in.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/language/integrity.h"

struct locked {
	struct slice name, version;
	struct strbuf checksum;
	uint32_t line;
};

static void
auto_locked(struct locked *locked)
{
	strbuf_done(&locked->checksum);
}

static struct slice
unquoted(struct slice text)
{
	bool quoted = text.n >= 2 && (text.p[0] == '\'' || text.p[0] == '"') && text.p[text.n - 1] == text.p[0];
	return quoted ? slice_first(slice_from(text, 1), text.n - 2) : text;
}

/* What comes of a repository, a directory or an address is no published version. */
static void
take_key(struct locked *locked, struct slice key, uint32_t line)
{
	struct slice rest, name, version;
	key = unquoted(key);
	bool slashed = slice_skip(&key, SLICE("/"));
	slice_cut(key, '(', &key, &rest);
	bool by_slash = slashed && slice_cut_last(key, '/', &name, &version) && version.n && version.p[0] >= '0' && version.p[0] <= '9';
	/* "@s/a@1": the first byte is no separator. */
	size_t at = key.n > 1 ? slice_find_last(slice_from(key, 1), '@') : SIZE_MAX;
	if (at == SIZE_MAX && !by_slash)
		return;
	if (!by_slash) {
		name = slice_first(key, at + 1);
		version = slice_from(key, at + 2);
	}
	slice_cut(version, '_', &version, &rest);
	if (version.n == 0 || version.p[0] < '0' || version.p[0] > '9' || slice_find(version, '/') != SIZE_MAX || slice_find(version, ':') != SIZE_MAX)
		return;
	locked->name = name;
	locked->version = version;
	locked->line = line;
}

static int
flush(struct locked *locked, struct rows *rows, struct plim_error *err)
{
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"), [PACKAGE_NAME] = locked->name, [PACKAGE_VERSION] = locked->version, [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_CHECKSUM] = locked->checksum.n ? strbuf_slice(&locked->checksum) : SLICE_NONE,
	};
	if (locked->checksum.failed)
		return error_nomem(err);
	int r = locked->name.n ? rows_add(rows, ROW_PACKAGE, locked->line, fields, PACKAGE_FIELD_COUNT, err) : 0;
	locked->name = SLICE_NONE;
	strbuf_clear(&locked->checksum);
	return r;
}

/* "    resolution: {integrity: sha512-...}" */
static void
take_setting(struct locked *locked, struct slice line)
{
	size_t at = slice_find_text(line, SLICE("integrity: "));
	if (locked->name.n == 0 || locked->checksum.n || at == SIZE_MAX)
		return;
	struct slice value = slice_from(line, at + 11), rest;
	slice_cut(value, '}', &value, &rest);
	slice_cut(value, ',', &value, &rest);
	put_integrity(value, &locked->checksum);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(locked) struct locked locked = { 0 };
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	bool packages = false;
	int r = 0;
	(void)path;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		slice_skip_end(&line, SLICE("\r"));
		struct slice key = slice_from(line, 2);
		if (line.n && line.p[0] != ' ')
			packages = slice_is(line, "packages:");
		else if (packages && slice_starts(line, SLICE("  ")) && key.n && key.p[0] != ' ' && slice_skip_end(&key, SLICE(":")) &&
		         (r = flush(&locked, rows, err)) == 0)
			take_key(&locked, key, number);
		else if (packages)
			take_setting(&locked, line);
	}
	return r < 0 ? r : flush(&locked, rows, err);
}

const struct cataloger cataloger_pnpm_lock = {
	.name = "pnpm_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/pnpm-lock.yaml", NULL },
	.extract = extract,
};
