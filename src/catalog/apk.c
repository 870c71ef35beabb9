/* SPDX-License-Identifier: Apache-2.0 */
/* Alpine's installed database: one-letter fields, a blank line between packages (apk-tools, installed database format). */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "catalog/system/provided.h"

/* Which letter fills which field; the lines of files (F, R, a, Z, M) are passed over. */
static const int8_t field_of[128] = {
	['P'] = PACKAGE_NAME + 1,   ['V'] = PACKAGE_VERSION + 1, ['A'] = PACKAGE_ARCH + 1,
	['o'] = PACKAGE_SOURCE + 1, ['L'] = PACKAGE_LICENSE + 1, ['m'] = PACKAGE_VENDOR + 1,
	['D'] = PACKAGE_DEPENDENCIES + 1, ['i'] = PACKAGE_ESSENTIAL + 1,
};

struct open_package {
	struct slice fields[PACKAGE_FIELD_COUNT];
	struct provided *provided;
	uint32_t line;
	bool any;
};

static struct slice
bare_name(struct slice need)
{
	size_t n = 0;
	while (n < need.n && !strchr("<>=~", need.p[n]))
		n++;
	return slice_first(need, n);
}

/* "musl>=1.2 so:libc.so.6 !old": names of packages, which what files provide leads to; what may not be there is none. */
static void
put_needs(struct slice list, struct needs *into)
{
	struct slice need;
	while (slice_word(&list, &need)) {
		struct slice name = bare_name(need);
		struct provider *provider = provided_by(into->provided, name);
		bool is_package = provider || slice_find(name, ':') == SIZE_MAX;
		if (need.p[0] != '!' && is_package)
			needs_add(into, provider, name);
	}
}

/* Of a package its own name and what "p:so:libc.musl-x86_64.so.1=1 cmd:ldd=1.2" says. */
static int
take_provided(struct slice list, struct provider *provider, struct provided *out, struct plim_error *err)
{
	struct slice item;
	int r = 0;
	while (r == 0 && provider && slice_word(&list, &item))
		r = provided_add(out, provider, bare_name(item), err);
	return r;
}

static int
gather(struct slice body, struct provided *out, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct provider *provider = NULL;
	struct slice line;
	int r = provided_init(out, err);
	while (r == 0 && cursor_line(&in, &line)) {
		if (slice_skip(&line, SLICE("P:")))
			r = provided_add_package(out, line, &provider, err);
		else if (slice_skip(&line, SLICE("p:")))
			r = take_provided(line, provider, out, err);
	}
	return r;
}

static int
close_package(struct open_package *package, struct rows *rows, struct plim_error *err)
{
	struct open_package p = *package;
	AUTO(needs) struct needs needs = { 0 };
	*package = (struct open_package){ .provided = p.provided };
	if (!p.any)
		return 0;
	if (p.fields[PACKAGE_NAME].n == 0 || p.fields[PACKAGE_VERSION].n == 0)
		return rows_problem(rows, err, "line %u: a package without name or version", p.line);
	p.fields[PACKAGE_TYPE] = SLICE("apk");
	if (p.fields[PACKAGE_SOURCE].n == 0)
		p.fields[PACKAGE_SOURCE] = p.fields[PACKAGE_NAME];
	p.fields[PACKAGE_SOURCE_VERSION] = p.fields[PACKAGE_VERSION];
	/* What apk installs by itself as long as others are there, it does not remove. */
	p.fields[PACKAGE_ESSENTIAL] = p.fields[PACKAGE_ESSENTIAL].n ? SLICE("1") : SLICE_NONE;
	needs_begin(&needs, p.provided, p.fields[PACKAGE_NAME]);
	put_needs(p.fields[PACKAGE_DEPENDENCIES], &needs);
	p.fields[PACKAGE_DEPENDENCIES] = needs.text.n ? strbuf_slice(&needs.text) : SLICE_NONE;
	if (needs.text.failed)
		return error_nomem(err);
	return rows_add(rows, ROW_PACKAGE, p.line, p.fields, PACKAGE_FIELD_COUNT, err);
}

static int
take_line(struct open_package *package, struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	if (line.n < 2 || line.p[1] != ':' || (uint8_t)line.p[0] >= 128)
		return rows_problem(rows, err, "line %u: no field of an installed database", number);
	if (!package->any)
		package->line = number;
	package->any = true;
	int field = field_of[(uint8_t)line.p[0]] - 1;
	if (field < 0)
		return 0;
	/* A blank line is missing: the second package would hide the first. */
	if (package->fields[field].p)
		return rows_problem(rows, err, "line %u: a second field %c of one package", number, line.p[0]);
	package->fields[field] = slice_from(line, 2);
	return 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	AUTO(provided) struct provided provided = { 0 };
	struct open_package package = { .provided = &provided };
	uint32_t number = 0;
	(void)path;
	if (slice_trim(body).n == 0)
		return error_set(err, PLIM_EFORMAT, "offset 0: the package database is empty");
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	int r = gather(body, &provided, err);
	if (r < 0)
		return r;
	for (struct slice line; cursor_line(&in, &line);) {
		number++;
		r = line.n == 0 ? close_package(&package, rows, err) : take_line(&package, line, number, rows, err);
		if (r < 0)
			return r;
	}
	return close_package(&package, rows, err);
}

const struct cataloger cataloger_apk = {
	.name = "apk",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "lib/apk/db/installed", "usr/lib/apk/db/installed", NULL },
	.roots = (const char *const[]){ "lib/apk/db/installed", NULL },
	.extract = extract,
};
