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
	bool resolved;
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
static bool
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
		return false;
	if (!by_slash) {
		name = slice_first(key, at + 1);
		version = slice_from(key, at + 2);
	}
	slice_cut(version, '_', &version, &rest);
	if (version.n == 0 || version.p[0] < '0' || version.p[0] > '9' || slice_find(version, '/') != SIZE_MAX || slice_find(version, ':') != SIZE_MAX)
		return false;
	locked->name = name;
	locked->version = version;
	locked->line = line;
	locked->resolved = false;
	return true;
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
	if (r == 0 && locked->name.n && !locked->resolved)
		r = rows_problem(rows, err, "line %u: a package without resolution", locked->line);
	locked->name = SLICE_NONE;
	strbuf_clear(&locked->checksum);
	return r;
}

/* "    resolution: {integrity: sha512-...}" */
static void
take_setting(struct locked *locked, struct slice line)
{
	size_t at = slice_find_text(line, SLICE("integrity: "));
	locked->resolved |= slice_starts(line, SLICE("    resolution:"));
	if (locked->name.n == 0 || locked->checksum.n || at == SIZE_MAX)
		return;
	struct slice value = slice_from(line, at + 11), rest;
	slice_cut(value, '}', &value, &rest);
	slice_cut(value, ',', &value, &rest);
	put_integrity(value, &locked->checksum);
}

struct sections {
	bool known, split;                   /* what version it is, and whether that has snapshots */
	bool wanted, packages, listed, snapshots;    /* a version that comes of a registry; the two lists of packages, the first with one */
};

/* "        version: 1.0.0" of what the project itself needs; of a directory it is "link:...". */
static void
take_wanted(struct sections *sections, struct slice line)
{
	line = slice_trim(line);
	if (sections->packages || !slice_skip(&line, SLICE("version: ")))
		return;
	line = unquoted(line);
	sections->wanted |= line.n && line.p[0] >= '0' && line.p[0] <= '9';
}

/* Whether packages follow.  Since version 9 what they need stands behind them. */
static bool
take_section(struct sections *sections, struct slice line)
{
	struct slice version = line;
	if (slice_skip(&version, SLICE("lockfileVersion:"))) {
		sections->known = true;
		sections->split = slice_starts(unquoted(slice_trim(version)), SLICE("9"));
	}
	bool packages = slice_is(line, "packages:");
	sections->packages |= packages;
	sections->snapshots |= slice_is(line, "snapshots:");
	return packages;
}

static int
check_whole(const struct sections *sections, uint32_t number, struct rows *rows, struct plim_error *err)
{
	if (!sections->known)
		return rows_problem(rows, err, "line 1: a lock without lockfileVersion");
	if (sections->wanted && !sections->listed)
		return rows_problem(rows, err, "line %u: the lock ends before its packages", number);
	if (sections->split && sections->packages && !sections->snapshots)
		return rows_problem(rows, err, "line %u: the lock ends before its snapshots", number);
	return 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(locked) struct locked locked = { 0 };
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	struct sections sections = { 0 };
	bool packages = false;
	int r = 0;
	(void)path;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		slice_skip_end(&line, SLICE("\r"));
		struct slice key = slice_from(line, 2);
		if (line.n && line.p[0] != ' ')
			packages = take_section(&sections, line);
		else if (packages && slice_starts(line, SLICE("  ")) && key.n && key.p[0] != ' ' && slice_skip_end(&key, SLICE(":")) &&
		         (r = flush(&locked, rows, err)) == 0)
			sections.listed |= take_key(&locked, key, number);
		else if (packages)
			take_setting(&locked, line);
		else
			take_wanted(&sections, line);
	}
	r = r < 0 ? r : flush(&locked, rows, err);
	return r < 0 ? r : check_whole(&sections, number, rows, err);
}

const struct cataloger cataloger_pnpm_lock = {
	.name = "pnpm_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/pnpm-lock.yaml", NULL },
	.extract = extract,
};
