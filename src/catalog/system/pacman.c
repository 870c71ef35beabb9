/* SPDX-License-Identifier: Apache-2.0 */
/* pacman's local database: a directory a package, its `desc` in sections of "%NAME%" and lines up to a blank one (alpm's local database). */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"

static const struct {
	const char *section;
	int field;
} sections[] = {
	{ "NAME", PACKAGE_NAME },         { "VERSION", PACKAGE_VERSION }, { "BASE", PACKAGE_SOURCE },          { "ARCH", PACKAGE_ARCH },
	{ "PACKAGER", PACKAGE_VENDOR },   { "LICENSE", PACKAGE_LICENSE }, { "DEPENDS", PACKAGE_DEPENDENCIES },
};

static int
field_of(struct slice line)
{
	if (!slice_skip(&line, SLICE("%")) || !slice_skip_end(&line, SLICE("%")))
		return -1;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (slice_is(line, sections[i].section))
			return sections[i].field;
	return -1;
}

/* "glibc>=2.39": the name alone; "libz.so=1-64" is a soname that somebody provides. */
static struct slice
dependency_name(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] != '<' && line.p[n] != '>' && line.p[n] != '=')
		n++;
	line = slice_first(line, n);
	return slice_find_text(line, SLICE(".so")) == SIZE_MAX ? line : SLICE_NONE;
}

/* Several licences are each of a part. */
static void
put_line(struct strbuf *text, int field, struct slice line)
{
	if (field == PACKAGE_DEPENDENCIES)
		line = dependency_name(line);
	if (line.n == 0)
		return;
	strbuf_puts(text, text->n == 0 ? "" : field == PACKAGE_LICENSE ? " AND " : "\n");
	strbuf_put(text, line);
}

static int
read_sections(struct slice body, struct strbuf *texts, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	int field = -1, r = 0;
	bool inside = false;
	uint32_t number = 0;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		line = slice_trim(line);
		if (line.n == 0) {
			inside = false;
		} else if (!inside) {
			inside = true;
			field = field_of(line);
			if (line.p[0] != '%')
				r = rows_problem(rows, err, "line %u: no section of a local database", number);
			else if (field >= 0 && texts[field].n)
				r = rows_problem(rows, err, "line %u: a second section of its kind", number);
		} else if (field >= 0) {
			put_line(&texts[field], field, line);
		}
	}
	return r;
}

static struct slice
epoch_of(struct slice version)
{
	struct slice epoch, rest;
	uint64_t number;
	return slice_cut(version, ':', &epoch, &rest) && slice_to_u64(epoch, 10, &number) ? epoch : SLICE_NONE;
}

static int
add_package(struct strbuf *texts, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = { 0 };
	for (size_t i = 0; i < PACKAGE_FIELD_COUNT; i++) {
		if (texts[i].failed)
			return error_nomem(err);
		if (texts[i].n)
			fields[i] = strbuf_slice(&texts[i]);
	}
	if (fields[PACKAGE_NAME].n == 0 || fields[PACKAGE_VERSION].n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: a package without name or version");
	fields[PACKAGE_TYPE] = SLICE("alpm");
	fields[PACKAGE_EPOCH] = epoch_of(fields[PACKAGE_VERSION]);
	if (fields[PACKAGE_SOURCE].n == 0)
		fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	return rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct strbuf texts[PACKAGE_FIELD_COUNT] = { 0 };
	(void)path;
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = read_sections(body, texts, rows, err);
	if (r == 0)
		r = add_package(texts, rows, err);
	for (size_t i = 0; i < PACKAGE_FIELD_COUNT; i++)
		strbuf_done(&texts[i]);
	return r;
}

const struct cataloger cataloger_pacman = {
	.name = "pacman",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/lib/pacman/local/*/desc", NULL },
	.extract = extract,
};
