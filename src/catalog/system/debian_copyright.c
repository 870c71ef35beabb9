/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licences of debs: usr/share/doc/PACKAGE/copyright, machine-readable (DEP-5,
 * copyright-format 1.0: the License fields of paragraphs with Files) or prose,
 * of which only what names a text of common-licenses, or is one word by word, is understood: beside it
 * stands LicenseRef-prose, as it does for files whose License says nothing.
 */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "codec/deb822.h"
#include "codec/spdx.h"

/* What stands for a licence is a few words. */
#define NAME_MOST 1024

struct finding {
	struct rows *rows;
	struct slice package;
	struct map told;       /* licences, each once */
};

static void
auto_finding(struct finding *finding)
{
	map_done(&finding->told);
}

/* All that are told hold together: one that is left out would make the rest look like all.  `license` lives as long as the finding. */
static int
tell(struct finding *finding, struct slice license, uint32_t line, struct plim_error *err)
{
	const struct slice fields[LICENSE_FIELD_COUNT] = {
		[LICENSE_TYPE] = SLICE("deb"), [LICENSE_PACKAGE] = finding->package, [LICENSE_DECLARED] = license,
	};
	if (license.n > NAME_MOST)
		return error_set(err, PLIM_EFORMAT, "line %u: a licence of more than %d bytes", line, NAME_MOST);
	if (finding->told.n == LIMIT_LICENSE_COUNT)
		return error_set(err, PLIM_ELIMIT, "line %u: more licences than limit LICENSE_COUNT", line);
	void **place = map_place(&finding->told, license);
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return 0;
	*place = finding;
	return rows_add(finding->rows, ROW_LICENSE, line, fields, LICENSE_FIELD_COUNT, err);
}

static bool
is_header(const struct stanza *stanza)
{
	return slice_find_text(stanza_get(stanza, "Format"), SLICE("copyright-format")) != SIZE_MAX ||
	       slice_find_text(stanza_get(stanza, "Format"), SLICE("dep5")) != SIZE_MAX ||
	       stanza_get(stanza, "Format-Specification").n;
}

/* Whether a machine-readable part begins somewhere; `*out` reads it from there. */
static bool
find_header(struct slice body, struct stanza_reader *out)
{
	struct stanza_reader reader = { cursor_of(body), 0 };
	struct stanza stanza;
	do {
		*out = reader;
		if (!stanza_next(&reader, &stanza))
			return false;
	} while (!is_header(&stanza));
	return true;
}

/*
 * The first line of a License field is its name; the text below it is what it stands for.  A header's is that of the whole, and
 * files that were put together have several headers.
 */
static int
take_stanzas(struct finding *finding, struct stanza_reader reader, struct plim_error *err)
{
	struct stanza stanza;
	int r = 0;
	while (r == 0 && stanza_next(&reader, &stanza)) {
		struct slice license, text;
		if (stanza.n > STANZA_FIELD_COUNT)
			return error_set(err, PLIM_EFORMAT, "line %u: more than %d fields", stanza.line, STANZA_FIELD_COUNT);
		if (stanza_count(&stanza, "License") > 1)
			return error_set(err, PLIM_EFORMAT, "line %u: a paragraph with two licences", stanza.line);
		if (stanza_get(&stanza, "Files").p == NULL && (!is_header(&stanza) || stanza_get(&stanza, "License").n == 0))
			continue;
		slice_cut(stanza_get(&stanza, "License"), '\n', &license, &text);
		license = slice_trim(license);
		r = tell(finding, license.n ? license : SLICE(SPDX_PROSE), stanza.line, err);
	}
	return r;
}

/* prose */

static bool
has(struct slice body, const char *text)
{
	return slice_find_text(body, slice_of(text)) != SIZE_MAX;
}

static const struct common {
	const char *file, *alone, *later;    /* `later`: where the text lets one choose a later version */
} commons[] = {
	{ "Apache-2.0", "Apache-2.0", NULL }, { "Artistic", "Artistic-1.0-Perl", NULL }, { "BSD", "BSD-3-Clause", NULL },
	{ "CC0-1.0", "CC0-1.0", NULL },       { "GFDL-1.2", "GFDL-1.2", "GFDL-1.2+" },   { "GFDL-1.3", "GFDL-1.3", "GFDL-1.3+" },
	{ "GFDL", "GFDL-1.3", "GFDL-1.3+" },  { "GPL-1", "GPL-1", "GPL-1+" },            { "GPL-2", "GPL-2", "GPL-2+" },
	{ "GPL-3", "GPL-3", "GPL-3+" },       { "GPL", "GPL-3", "GPL-1+" },              { "LGPL-2", "LGPL-2", "LGPL-2+" },
	{ "LGPL-2.1", "LGPL-2.1", "LGPL-2.1+" }, { "LGPL-3", "LGPL-3", "LGPL-3+" },      { "LGPL", "LGPL-3", "LGPL-2+" },
	{ "MPL-1.1", "MPL-1.1", NULL },       { "MPL-2.0", "MPL-2.0", NULL },
};

static bool
is_name_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
}

static const struct common *
common_find(struct slice name)
{
	slice_skip_end(&name, SLICE("."));
	for (size_t i = 0; i < sizeof commons / sizeof *commons; i++)
		if (slice_is(name, commons[i].file))
			return &commons[i];
	return NULL;
}

/* Every "/usr/share/common-licenses/NAME". */
static int
take_common(struct finding *finding, struct slice body, struct plim_error *err)
{
	const struct slice folder = SLICE("/usr/share/common-licenses/");
	bool later = has(body, "any later") || has(body, "any\nlater") || has(body, "later version");
	int r = 0;
	for (size_t at; r == 0 && (at = slice_find_text(body, folder)) != SIZE_MAX;) {
		struct slice name = body = slice_from(body, at + folder.n);
		size_t n = 0;
		while (n < name.n && is_name_byte(name.p[n]))
			n++;
		const struct common *common = common_find(slice_first(name, n));
		if (common)
			r = tell(finding, slice_of(later && common->later ? common->later : common->alone), 0, err);
	}
	return r;
}

static int
take_prose(struct finding *finding, struct slice body, struct plim_error *err)
{
	int r = take_common(finding, body, err);
	if (r == 0 && has(body, "Permission is hereby granted, free of charge, to any person obtaining"))
		r = tell(finding, SLICE("MIT"), 0, err);
	if (r == 0 && has(body, "Redistribution and use in source and binary forms"))
		r = tell(finding, has(body, "either the name") || has(body, "names of its contributors") ? SLICE("BSD-3-Clause") : SLICE("BSD-2-Clause"), 0, err);
	if (r == 0 && has(body, "provided 'as-is', without any express or implied"))
		r = tell(finding, SLICE("Zlib"), 0, err);
	return r < 0 || finding->told.n == 0 ? r : tell(finding, SLICE(SPDX_PROSE), 0, err);
}

/* Words may stand before the machine-readable part, and behind it too then. */
static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(finding) struct finding finding = { .rows = rows, .package = path_base(path_dir(path)) };
	struct stanza_reader header;
	bool found = find_header(body, &header), whole = found && header.in.at == 0;
	int r = whole ? 0 : take_prose(&finding, body, err);
	if (r == 0 && found && !whole)
		r = tell(&finding, SLICE(SPDX_PROSE), 0, err);
	return r < 0 || !found ? r : take_stanzas(&finding, header, err);
}

const struct cataloger cataloger_debian_copyright = {
	.name = "debian_copyright",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "usr/share/doc/*/copyright", NULL },
	.extract = extract,
};
