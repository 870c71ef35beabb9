/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What yarn.lock wants: Yarn 1's own syntax, and the YAML of later ones, which
 * differs in colons only as far as is read here: entries at the margin, their settings two blanks in.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/language/integrity.h"

struct entry_text {
	struct slice name, version;
	struct strbuf checksum;
	uint32_t line;
};

static void
auto_entry_text(struct entry_text *entry)
{
	strbuf_done(&entry->checksum);
}

static struct slice
unquoted(struct slice text)
{
	text = slice_trim(text);
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = slice_first(slice_from(text, 1), text.n - 2);
	return text;
}

/* "a@^1", "@s/a@npm:b@^2": what is before the range; of an alias what it stands for. */
static struct slice
name_of(struct slice descriptor)
{
	struct slice rest = slice_from(descriptor, 1);
	size_t at = slice_find(rest, '@');
	if (descriptor.n == 0 || at == SIZE_MAX)
		return SLICE_NONE;
	struct slice range = slice_from(rest, at + 1), real, number;
	if (slice_skip(&range, SLICE("npm:")) && slice_find(slice_from(range, 1), '@') != SIZE_MAX && slice_cut_last(range, '@', &real, &number))
		return real;
	return slice_first(descriptor, at + 1);
}

static int
flush(struct entry_text *entry, struct rows *rows, struct plim_error *err)
{
	/* Of a workspace, a directory, a repository the version is no published one. */
	bool published = entry->name.n && entry->version.n && !slice_is(entry->version, "0.0.0-use.local");
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("npm"), [PACKAGE_NAME] = entry->name, [PACKAGE_VERSION] = entry->version, [PACKAGE_SCOPE] = SLICE("declared"),
		[PACKAGE_CHECKSUM] = entry->checksum.n ? strbuf_slice(&entry->checksum) : SLICE_NONE,
	};
	if (entry->checksum.failed)
		return error_nomem(err);
	if (entry->name.n && entry->version.n == 0)
		return rows_problem(rows, err, "line %u: a package without version", entry->line);
	int r = published ? rows_add(rows, ROW_PACKAGE, entry->line, fields, PACKAGE_FIELD_COUNT, err) : 0;
	entry->name = entry->version = SLICE_NONE;
	strbuf_clear(&entry->checksum);
	return r;
}

/* `a@^1, a@^2:` */
static void
begin_entry(struct entry_text *entry, struct slice line, uint32_t number)
{
	struct slice first, rest;
	if (line.p[0] == '#' || !slice_skip_end(&line, SLICE(":")))
		return;
	slice_cut(unquoted(line), ',', &first, &rest);
	entry->name = name_of(unquoted(first));
	entry->line = number;
}

static void
take_setting(struct entry_text *entry, struct slice line)
{
	struct slice key, value, name;
	if (!slice_cut(line, ' ', &key, &value))
		return;
	slice_skip_end(&key, SLICE(":"));
	value = unquoted(value);
	if (slice_is(key, "version"))
		entry->version = value;
	else if (slice_is(key, "integrity") && entry->checksum.n == 0)
		put_integrity(value, &entry->checksum);
	else if (slice_is(key, "resolution") && (name = name_of(value)).n)
		entry->name = name;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(entry_text) struct entry_text entry = { 0 };
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	int r = 0;
	(void)path;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		slice_skip_end(&line, SLICE("\r"));
		bool inside = slice_starts(line, SLICE("  ")) && line.n > 2 && line.p[2] != ' ';
		if (inside)
			take_setting(&entry, slice_from(line, 2));
		else if (line.n && line.p[0] != ' ' && (r = flush(&entry, rows, err)) == 0)
			begin_entry(&entry, line, number);
	}
	return r < 0 ? r : flush(&entry, rows, err);
}

const struct cataloger cataloger_yarn_lock = {
	.name = "yarn_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/yarn.lock", NULL },
	.extract = extract,
};
