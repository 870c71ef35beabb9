/* SPDX-License-Identifier: Apache-2.0 */
/* Where package managers fetch from: apt's two forms, the ini files of yum, dnf, tdnf and zypper, apk's list. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/apt_words.h"
#include "catalog/config_lines.h"
#include "codec/deb822.h"

/* One stanza multiplies types, URIs and suites: honest ones make a dozen rows. */
#define SOURCE_PRODUCT_COUNT 4096

/* Adds a row; URIs without user and password. */
static int
add(struct rows *rows, const struct slice *fields, uint32_t number, struct plim_error *err)
{
	static const int uris[] = { PACKAGE_SOURCE_URI, PACKAGE_SOURCE_BASEURL, PACKAGE_SOURCE_MIRRORLIST, PACKAGE_SOURCE_METALINK };
	struct slice shown[PACKAGE_SOURCE_FIELD_COUNT];
	AUTO(strbuf) struct strbuf text = { 0 };
	size_t ends[sizeof uris / sizeof *uris];
	memcpy(shown, fields, sizeof shown);
	for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
		config_put_uri(&text, fields[uris[i]]);
		ends[i] = text.n;
	}
	if (text.failed)
		return error_nomem(err);
	for (size_t i = 0, start = 0; i < sizeof uris / sizeof *uris; start = ends[i++])
		if (fields[uris[i]].p)
			shown[uris[i]] = (struct slice){ text.p + start, ends[i] - start };
	return rows_add(rows, ROW_PACKAGE_SOURCE, number, shown, PACKAGE_SOURCE_FIELD_COUNT, err);
}

static void
put_apt_option(struct slice name, struct slice value, struct slice *fields)
{
	static const struct {
		const char *name;
		int field;
	} truths[] = {
		{ "trusted", PACKAGE_SOURCE_TRUSTED },
		{ "allow-insecure", PACKAGE_SOURCE_ALLOW_INSECURE },
		{ "allow-weak", PACKAGE_SOURCE_ALLOW_INSECURE },
		{ "allow-downgrade-to-insecure", PACKAGE_SOURCE_ALLOW_INSECURE },
		{ "check-valid-until", PACKAGE_SOURCE_CHECK_VALID_UNTIL },
		{ "enabled", PACKAGE_SOURCE_ENABLED },
	};
	value = slice_trim(value);
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
		/* Of the three that let in what nobody signed well, one is enough. */
		if (slice_eq_nocase(name, slice_of(truths[i].name)) && apt_truth(value).p &&
		    !(truths[i].field == PACKAGE_SOURCE_ALLOW_INSECURE && slice_is(fields[truths[i].field], "1")))
			fields[truths[i].field] = apt_truth(value);
	if (slice_eq_nocase(name, SLICE("signed-by")) && value.n > 0)
		fields[PACKAGE_SOURCE_SIGNED_BY] = slice_find_text(value, SLICE("-----BEGIN")) != SIZE_MAX ? SLICE("inline") : value;
}

/* The parts of a line as apt unpacks them, one behind the other. */
struct apt_line {
	struct strbuf words;
	struct slice rest;
};

/* The next part, which stays where it is until the line's end; absent at the end and where a quote or a bracket does not end. */
static struct slice
part_take(struct apt_line *line)
{
	size_t at = line->words.n;
	if (!apt_word(&line->rest, &line->words) || line->words.failed)
		return SLICE_NONE;
	return slice_from(strbuf_slice(&line->words), at);
}

/* "[ trusted=yes signed-by=/k.gpg ]"; the bracket may touch the last of them. */
static bool
options_take(struct apt_line *line, struct slice *fields)
{
	line->rest = slice_trim(line->rest);
	if (!slice_skip(&line->rest, SLICE("[")))
		return true;
	for (bool last = false; !last;) {
		struct slice word, name, value;
		line->rest = slice_trim(line->rest);
		if (slice_skip(&line->rest, SLICE("]")))
			return true;
		word = part_take(line);
		last = slice_skip_end(&word, SLICE("]"));
		if (!slice_cut(word, '=', &name, &value))
			return false;
		put_apt_option(name, value, fields);
	}
	return true;
}

/* Brackets hide what begins a comment elsewhere. */
static struct slice
without_comment(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] != '#') {
		size_t close = line.p[n] == '[' ? slice_find(slice_from(line, n), ']') : SIZE_MAX;
		n += close == SIZE_MAX ? 1 : close + 1;
	}
	return slice_first(line, n);
}

static bool
apt_line_parse(struct apt_line *line, struct slice *fields)
{
	fields[PACKAGE_SOURCE_ENABLED] = SLICE("1");
	if (!slice_word(&line->rest, &fields[PACKAGE_SOURCE_TYPE]) || !options_take(line, fields))
		return false;
	fields[PACKAGE_SOURCE_URI] = part_take(line);
	fields[PACKAGE_SOURCE_SUITE] = part_take(line);
	if (slice_trim(line->rest).n > 0)
		fields[PACKAGE_SOURCE_COMPONENTS] = slice_trim(line->rest);
	return fields[PACKAGE_SOURCE_SUITE].n > 0 && (slice_is(fields[PACKAGE_SOURCE_TYPE], "deb") || slice_is(fields[PACKAGE_SOURCE_TYPE], "deb-src"));
}

static int
take_apt_line(void *context, struct slice text, uint32_t number, struct plim_error *err)
{
	struct slice fields[PACKAGE_SOURCE_FIELD_COUNT] = { 0 };
	struct apt_line line = { .rest = without_comment(text) };
	/* What is unpacked is no longer than what it is unpacked of: no part moves. */
	strbuf_fill(&line.words, ' ', text.n + 1);
	line.words.n = 0;
	int r = line.words.failed ? error_nomem(err)
	    : apt_line_parse(&line, fields) ? add(context, fields, number, err) : rows_problem(context, err, "line %u: no source of apt", number);
	strbuf_done(&line.words);
	return r;
}

static size_t
word_count(struct slice text)
{
	size_t n = 0;
	for (struct slice word; slice_word(&text, &word);)
		n++;
	return n;
}

static int
add_product(const struct stanza *stanza, struct slice *fields, struct rows *rows, struct plim_error *err)
{
	struct slice types = stanza_get(stanza, "Types"), type, uri, suite;
	int r = 0;
	while (r == 0 && slice_word(&types, &type))
		for (struct slice uris = stanza_get(stanza, "URIs"); r == 0 && slice_word(&uris, &uri);)
			for (struct slice suites = stanza_get(stanza, "Suites"); r == 0 && slice_word(&suites, &suite);) {
				fields[PACKAGE_SOURCE_TYPE] = type;
				fields[PACKAGE_SOURCE_URI] = uri;
				fields[PACKAGE_SOURCE_SUITE] = suite;
				r = add(rows, fields, stanza->line, err);
			}
	return r;
}

static int
take_apt_stanza(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_SOURCE_FIELD_COUNT] = { [PACKAGE_SOURCE_ENABLED] = SLICE("1") };
	size_t types = word_count(stanza_get(stanza, "Types")), uris = word_count(stanza_get(stanza, "URIs")),
	       suites = word_count(stanza_get(stanza, "Suites"));
	if (stanza->bad_lines > 0 || stanza->n > STANZA_FIELD_COUNT || types == 0 || uris == 0 || suites == 0)
		return rows_problem(rows, err, "line %u: no whole source of apt", stanza->line);
	if (types > SOURCE_PRODUCT_COUNT || uris > SOURCE_PRODUCT_COUNT / types || suites > SOURCE_PRODUCT_COUNT / types / uris)
		return rows_problem(rows, err, "line %u: more than %d sources in one stanza", stanza->line, SOURCE_PRODUCT_COUNT);
	for (size_t i = 0; i < stanza->n; i++)
		put_apt_option(stanza->fields[i].name, stanza->fields[i].value, fields);
	fields[PACKAGE_SOURCE_COMPONENTS] = stanza_get(stanza, "Components");
	return add_product(stanza, fields, rows, err);
}

/*
 * Comments may stand anywhere in a .sources file, inside a value too: they are
 * taken out before the stanzas are read.  The lines that a stanza loses come
 * behind it as blank ones, so that the next one keeps its place.
 */
static int
without_comments(struct slice body, struct strbuf *into, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	size_t owed = 0;
	bool inside = false;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	for (struct slice line; cursor_line(&in, &line);) {
		bool comment = slice_starts(line, SLICE("#"));
		if (comment && inside) {
			owed++;
			continue;
		}
		inside = !comment && slice_trim(line).n > 0;
		if (inside)
			strbuf_put(into, line);
		else
			strbuf_fill(into, '\n', owed);
		if (!inside)
			owed = 0;
		strbuf_putc(into, '\n');
	}
	return into->failed ? error_nomem(err) : 0;
}

static int
extract_deb822(struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf plain = { 0 };
	int r = without_comments(body, &plain, err);
	struct stanza_reader reader = { cursor_of(strbuf_slice(&plain)), 0 };
	struct stanza stanza;
	while (r == 0 && stanza_next(&reader, &stanza))
		r = take_apt_stanza(&stanza, rows, err);
	return r;
}

struct ini_reader {
	struct rows *rows;
	struct slice fields[PACKAGE_SOURCE_FIELD_COUNT];    /* of the section at hand, borrowed from the body */
	uint32_t line;                                      /* where it begins, 0 before the first */
	struct slice name, value;                           /* the setting at hand, which lines that begin with a blank continue; absent: none */
	uint32_t number;                                    /* where that begins */
};

/* "1" and "0" as dnf reads them, which knows fewer words than apt; absent for anything else. */
static struct slice
ini_truth(struct slice value)
{
	static const char *const yes[] = { "1", "yes", "true", "on" }, *const no[] = { "0", "no", "false", "off" };
	value = config_unquoted(value);
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		if (slice_eq_nocase(value, slice_of(yes[i])))
			return SLICE("1");
		if (slice_eq_nocase(value, slice_of(no[i])))
			return SLICE("0");
	}
	return SLICE_NONE;
}

/* Whatever else it is, the setting is then as if it were not there, whatever came before. */
static int
put_ini_truth(struct ini_reader *reader, int field, struct slice otherwise, struct plim_error *err)
{
	struct slice truth = ini_truth(reader->value);
	reader->fields[field] = truth.p ? truth : otherwise;
	return truth.p ? 0 : rows_problem(reader->rows, err, "line %u: neither yes nor no", reader->number);
}

/* baseurl is asked before a list of mirrors, and of several addresses the first is enough to know the source; of keys each one counts. */
static void
put_ini_address(struct slice name, struct slice value, struct slice *fields)
{
	struct slice first = SLICE_NONE, whole = value;
	slice_word(&value, &first);
	if (first.n == 0)
		return;
	if (slice_is(name, "gpgkey"))
		fields[PACKAGE_SOURCE_SIGNED_BY] = slice_trim(whole);
	else if (slice_is(name, "name"))
		fields[PACKAGE_SOURCE_TITLE] = slice_first(whole, slice_find(whole, '\n'));
	else if (slice_is(name, "baseurl"))
		fields[PACKAGE_SOURCE_URI] = fields[PACKAGE_SOURCE_BASEURL] = first;
	else if (slice_is(name, "mirrorlist") || slice_is(name, "metalink")) {
		fields[slice_is(name, "metalink") ? PACKAGE_SOURCE_METALINK : PACKAGE_SOURCE_MIRRORLIST] = first;
		if (!fields[PACKAGE_SOURCE_URI].p)
			fields[PACKAGE_SOURCE_URI] = first;
	}
}

static bool
is_repository_directory(struct slice path)
{
	static const char *const known[] = { "/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d", "/usr/share/dnf5/repos.d", "/etc/zypp/repos.d" };
	while (path.n > 1 && slice_skip_end(&path, SLICE("/")))
		;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_is(path, known[i]))
			return true;
	return false;
}

/* [main] may name other directories, and yum reads what it includes. */
static int
follow_main(struct ini_reader *reader, struct plim_error *err)
{
	bool known = !slice_is(reader->name, "include");
	if (!slice_is(reader->name, "reposdir") && known)
		return 0;
	for (struct slice piece, word, rest = reader->value; known && slice_next(&rest, ',', &piece);)
		while (known && slice_word(&piece, &word))
			known = is_repository_directory(word);
	return known ? 0 : rows_problem(reader->rows, err, "line %u: it names files that are not looked at", reader->number);
}

static int
setting_end(struct ini_reader *reader, struct plim_error *err)
{
	int r = 0;
	if (reader->name.p == NULL)
		return 0;
	if (reader->line == 0)
		r = rows_problem(reader->rows, err, "line %u: a setting before the first section", reader->number);
	else if (slice_is(reader->name, "gpgcheck"))
		r = put_ini_truth(reader, PACKAGE_SOURCE_GPGCHECK, SLICE_NONE, err);
	else if (slice_is(reader->name, "enabled"))
		r = put_ini_truth(reader, PACKAGE_SOURCE_ENABLED, SLICE("1"), err);
	else if (slice_is(reader->fields[PACKAGE_SOURCE_NAME], "main"))
		r = follow_main(reader, err);
	else
		put_ini_address(reader->name, reader->value, reader->fields);
	reader->name = SLICE_NONE;
	return r;
}

static int
section_end(struct ini_reader *reader, struct plim_error *err)
{
	int r = setting_end(reader, err);
	if (r == 0 && reader->line)
		r = add(reader->rows, reader->fields, reader->line, err);
	memset(reader->fields, 0, sizeof reader->fields);
	reader->fields[PACKAGE_SOURCE_TYPE] = SLICE("rpm");
	reader->fields[PACKAGE_SOURCE_ENABLED] = SLICE("1");
	return r;
}

static int
section_begin(struct ini_reader *reader, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice behind;
	int r = section_end(reader, err);
	reader->line = number;
	slice_cut(slice_from(line, 1), ']', &reader->fields[PACKAGE_SOURCE_NAME], &behind);
	return r;
}

static int
setting_begin(struct ini_reader *reader, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice name, value;
	int r = setting_end(reader, err);
	if (r < 0)
		return r;
	if (!slice_cut(line, '=', &name, &value))
		return rows_problem(reader->rows, err, "line %u: neither a section nor a setting", number);
	reader->name = slice_trim(name);
	reader->value = slice_trim(value);
	reader->number = number;
	return 0;
}

/* A line that begins with a blank goes on with the value, whatever stands in it; only a section may be moved in. */
static int
take_ini_line(struct ini_reader *reader, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice text = slice_trim(line);
	if (text.n == 0 || line.p[0] == '#' || line.p[0] == ';')
		return setting_end(reader, err);
	if (text.p[0] == '[')
		return section_begin(reader, text, number, err);
	if (text.p == line.p)
		return setting_begin(reader, text, number, err);
	if (reader->name.p == NULL)
		return rows_problem(reader->rows, err, "line %u: it continues nothing", number);
	reader->value = slice_trim(slice_range(reader->value.p, text.p + text.n));
	return 0;
}

static int
extract_ini(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct ini_reader reader = { .rows = rows };
	struct cursor in = cursor_of(body);
	struct slice line;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = section_end(&reader, err);
	for (uint32_t number = 1; r == 0 && cursor_line(&in, &line); number++)
		r = take_ini_line(&reader, line, number, err);
	return r < 0 ? r : section_end(&reader, err);
}

static int
take_apk_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice fields[PACKAGE_SOURCE_FIELD_COUNT] = { [PACKAGE_SOURCE_TYPE] = SLICE("apk"), [PACKAGE_SOURCE_ENABLED] = SLICE("1") };
	struct slice rest = line, word;
	bool whole = slice_word(&rest, &word);
	if (whole && slice_skip(&word, SLICE("@"))) {
		fields[PACKAGE_SOURCE_NAME] = word;
		whole = slice_word(&rest, &word);
	}
	if (!whole)
		return rows_problem(context, err, "line %u: no repository of apk", number);
	fields[PACKAGE_SOURCE_URI] = word;
	return add(context, fields, number, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_starts(path, SLICE("etc/apk/")))
		return config_each_line(body, false, take_apk_line, rows, err);
	if (slice_ends(path, SLICE(".sources")))
		return extract_deb822(body, rows, err);
	if (slice_starts(path, SLICE("etc/apt/")))
		return config_each_line(body, false, take_apt_line, rows, err);
	return extract_ini(body, rows, err);
}

const struct cataloger cataloger_package_sources = {
	.name = "package-sources",
	.missing = MISSING_OWN,
	.follows = true,
	.paths = (const char *const[]){ "etc/apt/sources.list", "etc/apt/sources.list.d/*.list", "etc/apt/sources.list.d/*.sources",
	                                "etc/yum.conf", "etc/dnf/dnf.conf", "etc/tdnf/tdnf.conf", "etc/zypp/zypp.conf", "etc/dnf/libdnf5.conf.d/*.conf",
	                                "usr/share/dnf5/libdnf.conf.d/*.conf", "etc/yum.repos.d/*.repo", "etc/yum/repos.d/*.repo", "etc/distro.repos.d/*.repo",
	                                "usr/share/dnf5/repos.d/*.repo", "etc/dnf/repos.override.d/*.repo", "usr/share/dnf5/repos.override.d/*.repo",
	                                "etc/zypp/repos.d/*.repo", "etc/apk/repositories",
	                                "etc/apk/repositories.d/*.list", NULL },
	.extract = extract,
};
