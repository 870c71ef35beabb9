/* SPDX-License-Identifier: Apache-2.0 */
/* dpkg's database: var/lib/dpkg/status, and one file a package in status.d of distroless images. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "catalog/system/provided.h"
#include "codec/deb822.h"

enum state { STATE_ABSENT, STATE_INSTALLED, STATE_UNKNOWN };

/* Third word of Status: in all states but two the package's files are there, at least some of them. */
static enum state
state_of(struct slice status)
{
	static const struct {
		const char *word;
		enum state state;
	} states[] = {
		{ "installed", STATE_INSTALLED },        { "unpacked", STATE_INSTALLED },         { "half-configured", STATE_INSTALLED },
		{ "half-installed", STATE_INSTALLED },   { "triggers-awaited", STATE_INSTALLED }, { "triggers-pending", STATE_INSTALLED },
		{ "config-files", STATE_ABSENT },        { "not-installed", STATE_ABSENT },
	};
	struct slice word = SLICE_NONE;
	/* Distroless stanzas are control files: they have no Status. */
	if (status.p == NULL)
		return STATE_INSTALLED;
	for (int i = 0; i < 3; i++)
		if (!slice_word(&status, &word))
			return STATE_UNKNOWN;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (slice_is(word, states[i].word))
			return states[i].state;
	return STATE_UNKNOWN;
}

/* "name (version)"; without them the package is its own source. */
static void
put_source(const struct stanza *stanza, struct slice *fields)
{
	struct slice source = stanza_get(stanza, "Source"), name, version;
	fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	if (source.n == 0)
		return;
	bool has_version = slice_cut(source, '(', &name, &version);
	fields[PACKAGE_SOURCE] = slice_trim(name);
	if (has_version && slice_skip_end(&version, SLICE(")")))
		fields[PACKAGE_SOURCE_VERSION] = slice_trim(version);
}

/* As dpkg-query prints it: an epoch of zero is left out, unless a later colon would then be taken for its end. */
static void
put_version(struct slice version, struct slice *fields)
{
	struct slice epoch, rest;
	uint64_t number;
	fields[PACKAGE_VERSION] = version;
	if (!slice_cut(version, ':', &epoch, &rest) || !slice_to_u64(epoch, 10, &number))
		return;
	if (number == 0 && slice_find(rest, ':') == SIZE_MAX)
		fields[PACKAGE_VERSION] = rest;
	else
		fields[PACKAGE_EPOCH] = epoch;
}

/* Without its version and architecture. */
static struct slice
bare_name(struct slice need)
{
	struct slice name = SLICE_NONE, rest;
	slice_word(&need, &name);
	slice_cut(name, '(', &name, &rest);
	slice_cut(name, ':', &name, &rest);
	return name;
}

/* "default-mta | mail-transport-agent": the first choice that is there, whatever provides it; else the first. */
static void
put_need(struct slice need, struct needs *into)
{
	struct slice first = SLICE_NONE, choice;
	struct provider *provider = NULL;
	while (provider == NULL && slice_next(&need, '|', &choice)) {
		struct slice name = bare_name(choice);
		provider = provided_by(into->provided, name);
		if (first.n == 0)
			first = name;
	}
	needs_add(into, provider, first);
}

static void
put_needs(struct slice list, struct needs *into)
{
	struct slice need;
	while (slice_next(&list, ',', &need))
		put_need(need, into);
}

/* Important is what Protected was called before. */
static bool
is_essential(const struct stanza *stanza)
{
	static const char *const fields[] = { "Essential", "Protected", "Important" };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (slice_eq_nocase(stanza_get(stanza, fields[i]), SLICE("yes")))
			return true;
	return false;
}

static int
add_package(const struct stanza *stanza, struct provided *provided, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = { 0 };
	AUTO(needs) struct needs needs = { 0 };
	fields[PACKAGE_NAME] = stanza_get(stanza, "Package");
	needs_begin(&needs, provided, fields[PACKAGE_NAME]);
	put_needs(stanza_get(stanza, "Pre-Depends"), &needs);
	put_needs(stanza_get(stanza, "Depends"), &needs);
	if (needs.text.failed)
		return error_nomem(err);
	fields[PACKAGE_DEPENDENCIES] = needs.text.n ? strbuf_slice(&needs.text) : SLICE_NONE;
	fields[PACKAGE_TYPE] = SLICE("deb");
	fields[PACKAGE_ARCH] = stanza_get(stanza, "Architecture");
	fields[PACKAGE_VENDOR] = stanza_get(stanza, "Maintainer");
	fields[PACKAGE_ESSENTIAL] = is_essential(stanza) ? SLICE("1") : SLICE_NONE;
	put_version(stanza_get(stanza, "Version"), fields);
	put_source(stanza, fields);
	return rows_add(rows, ROW_PACKAGE, stanza->line, fields, PACKAGE_FIELD_COUNT, err);
}

/* "mail-transport-agent, default-mta (= 1)" */
static int
take_provided(const struct stanza *stanza, struct provided *out, struct plim_error *err)
{
	struct slice package = stanza_get(stanza, "Package"), list = stanza_get(stanza, "Provides"), item;
	struct provider *provider;
	if (package.n == 0 || state_of(stanza_get(stanza, "Status")) != STATE_INSTALLED)
		return 0;
	int r = provided_add_package(out, package, &provider, err);
	while (r == 0 && slice_next(&list, ',', &item)) {
		struct slice name = bare_name(item);
		if (name.n)
			r = provided_add(out, provider, name, err);
	}
	return r;
}

static int
gather(struct slice body, struct provided *out, struct plim_error *err)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	int r = provided_init(out, err);
	while (r == 0 && stanza_next(&reader, &stanza))
		r = take_provided(&stanza, out, err);
	return r;
}

/* What dpkg itself would refuse to read: a second field hides a package behind another one. */
static int
check_shape(const struct stanza *stanza, struct rows *rows, struct plim_error *err)
{
	static const char *const once[] = { "Package", "Version", "Status", "Source", "Architecture" };
	int r = 0;
	if (stanza->bad_lines > 0)
		r = rows_problem(rows, err, "line %u: %zu lines of the stanza are no fields", stanza->line, stanza->bad_lines);
	if (r == 0 && stanza->n > STANZA_FIELD_COUNT)
		r = rows_problem(rows, err, "line %u: a stanza of more than %d fields", stanza->line, STANZA_FIELD_COUNT);
	for (size_t i = 0; r == 0 && i < sizeof once / sizeof *once; i++)
		if (stanza_count(stanza, once[i]) > 1)
			r = rows_problem(rows, err, "line %u: a stanza with two fields %s", stanza->line, once[i]);
	return r;
}

static int
take_stanza(const struct stanza *stanza, struct provided *provided, struct rows *rows, struct plim_error *err)
{
	struct slice version = stanza_get(stanza, "Version"), word;
	int r = check_shape(stanza, rows, err);
	if (r < 0)
		return r;
	if (stanza_get(stanza, "Package").n == 0)
		return rows_problem(rows, err, "line %u: a stanza without Package", stanza->line);
	enum state state = state_of(stanza_get(stanza, "Status"));
	if (state == STATE_ABSENT)
		return 0;
	if (state == STATE_UNKNOWN && (r = rows_problem(rows, err, "line %u: a Status that dpkg does not know", stanza->line)) < 0)
		return r;
	if (!slice_word(&version, &word))
		return rows_problem(rows, err, "line %u: an installed package without Version", stanza->line);
	if (slice_trim(version).n > 0)
		return rows_problem(rows, err, "line %u: a Version of several words", stanza->line);
	return add_package(stanza, provided, rows, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(provided) struct provided provided = { 0 };
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	if (slice_ends(path, SLICE(".md5sums")))
		return 0;
	if (slice_trim(body).n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the package database is empty");
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = gather(body, &provided, err);
	while (r == 0 && stanza_next(&reader, &stanza))
		r = take_stanza(&stanza, &provided, rows, err);
	return r;
}

const struct cataloger cataloger_dpkg = {
	.name = "dpkg",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/lib/dpkg/status", "var/lib/dpkg/status.d/*", NULL },
	.roots = (const char *const[]){ "var/lib/dpkg/status", NULL },
	.extract = extract,
};
