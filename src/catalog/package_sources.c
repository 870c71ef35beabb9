/* SPDX-License-Identifier: Apache-2.0 */
/* Where package managers fetch from: apt's two forms, the ini files of yum, dnf, tdnf and zypper, apk's list. */
#include "catalog/cataloger.h"

#include "base/error.h"
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
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
		/* Of the three that let in what nobody signed well, one is enough. */
		if (slice_eq_nocase(name, slice_of(truths[i].name)) && config_truth(value).p &&
		    !(truths[i].field == PACKAGE_SOURCE_ALLOW_INSECURE && slice_is(fields[truths[i].field], "1")))
			fields[truths[i].field] = config_truth(value);
	if (slice_eq_nocase(name, SLICE("signed-by")) && value.n > 0)
		fields[PACKAGE_SOURCE_SIGNED_BY] = slice_find_text(value, SLICE("-----BEGIN")) != SIZE_MAX ? SLICE("inline") : value;
}

/* "[ trusted=yes signed-by=/k.gpg ]", which blanks inside do not end. */
static bool
options_take(struct slice *rest, struct slice *fields)
{
	struct slice options, word, name, value;
	*rest = slice_trim(*rest);
	if (!slice_skip(rest, SLICE("[")))
		return true;
	if (!slice_cut(*rest, ']', &options, rest))
		return false;
	while (slice_word(&options, &word))
		if (slice_cut(word, '=', &name, &value))
			put_apt_option(name, value, fields);
	return true;
}

static int
take_apt_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct slice fields[PACKAGE_SOURCE_FIELD_COUNT] = { [PACKAGE_SOURCE_ENABLED] = SLICE("1") };
	size_t comment = slice_find(line, '#');
	struct slice rest = comment == SIZE_MAX ? line : slice_first(line, comment);
	bool whole = slice_word(&rest, &fields[PACKAGE_SOURCE_TYPE]) && options_take(&rest, fields) &&
	    slice_word(&rest, &fields[PACKAGE_SOURCE_URI]) && slice_word(&rest, &fields[PACKAGE_SOURCE_SUITE]);
	if (!whole || !slice_starts(fields[PACKAGE_SOURCE_TYPE], SLICE("deb")))
		return rows_problem(context, err, "line %u: no source of apt", number);
	if (slice_trim(rest).n > 0)
		fields[PACKAGE_SOURCE_COMPONENTS] = slice_trim(rest);
	return add(context, fields, number, err);
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
};

static int
section_end(struct ini_reader *reader, struct plim_error *err)
{
	int r = reader->line ? add(reader->rows, reader->fields, reader->line, err) : 0;
	memset(reader->fields, 0, sizeof reader->fields);
	reader->fields[PACKAGE_SOURCE_TYPE] = SLICE("rpm");
	reader->fields[PACKAGE_SOURCE_ENABLED] = SLICE("1");
	return r;
}

/* baseurl is asked before a list of mirrors, and of several addresses the first is enough to know the source. */
static void
put_ini_option(struct slice name, struct slice value, struct slice *fields)
{
	struct slice first = SLICE_NONE, whole = value;
	slice_word(&value, &first);
	if (slice_is(name, "gpgcheck") && config_truth(first).p)
		fields[PACKAGE_SOURCE_GPGCHECK] = config_truth(first);
	else if (slice_is(name, "enabled") && config_truth(first).p)
		fields[PACKAGE_SOURCE_ENABLED] = config_truth(first);
	else if (slice_is(name, "gpgkey") && first.n > 0)
		fields[PACKAGE_SOURCE_SIGNED_BY] = first;
	else if (slice_is(name, "name") && first.n > 0)
		fields[PACKAGE_SOURCE_TITLE] = whole;
	else if (slice_is(name, "baseurl") && first.n > 0)
		fields[PACKAGE_SOURCE_URI] = fields[PACKAGE_SOURCE_BASEURL] = first;
	else if ((slice_is(name, "mirrorlist") || slice_is(name, "metalink")) && first.n > 0) {
		fields[slice_is(name, "metalink") ? PACKAGE_SOURCE_METALINK : PACKAGE_SOURCE_MIRRORLIST] = first;
		if (!fields[PACKAGE_SOURCE_URI].p)
			fields[PACKAGE_SOURCE_URI] = first;
	}
}

static int
take_ini_line(void *context, struct slice line, uint32_t number, struct plim_error *err)
{
	struct ini_reader *reader = context;
	struct slice name, value;
	if (slice_starts(line, SLICE(";")))
		return 0;
	if (slice_starts(line, SLICE("["))) {
		int r = section_end(reader, err);
		reader->line = number;
		slice_cut(slice_from(line, 1), ']', &reader->fields[PACKAGE_SOURCE_NAME], &value);
		return r;
	}
	/* A line without "=" continues a list of addresses or keys. */
	if (!slice_cut(line, '=', &name, &value))
		return 0;
	if (reader->line == 0)
		return rows_problem(reader->rows, err, "line %u: a setting before the first section", number);
	put_ini_option(slice_trim(name), slice_trim(value), reader->fields);
	return 0;
}

static int
extract_ini(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct ini_reader reader = { .rows = rows };
	int r = section_end(&reader, err);
	if (r == 0)
		r = config_each_line(body, false, take_ini_line, &reader, err);
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
	                                "etc/yum.conf", "etc/dnf/dnf.conf", "etc/tdnf/tdnf.conf", "etc/zypp/zypp.conf", "etc/yum.repos.d/*.repo", "etc/yum/repos.d/*.repo",
	                                "etc/distro.repos.d/*.repo", "etc/zypp/repos.d/*.repo", "etc/apk/repositories",
	                                "etc/apk/repositories.d/*.list", NULL },
	.extract = extract,
};
