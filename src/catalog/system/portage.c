/* SPDX-License-Identifier: Apache-2.0 */
/* Gentoo's database of installed packages: var/db/pkg/CATEGORY/PF/, a small file each for what is known (Package Manager Specification). */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "catalog/system/system.h"

static bool
is_revision(struct slice text)
{
	uint64_t number;
	return slice_skip(&text, SLICE("r")) && slice_to_u64(text, 10, &number);
}

bool
portage_split(struct slice pf, struct slice *name, struct slice *version)
{
	struct slice head, tail;
	if (!slice_cut_last(pf, '-', &head, &tail) || tail.n == 0)
		return false;
	if (is_revision(tail) && !slice_cut_last(head, '-', &head, &tail))
		return false;
	if (head.n == 0 || tail.n == 0 || tail.p[0] < '0' || tail.p[0] > '9')
		return false;
	*name = head;
	*version = slice_from(pf, head.n + 1);
	return true;
}

/* var/db/pkg/CATEGORY/PF/FILE: category and PF. */
static bool
split_path(struct slice path, struct slice *category, struct slice *pf)
{
	struct slice directory = path_dir(path);
	*pf = path_base(directory);
	*category = path_base(path_dir(directory));
	return pf->n && category->n;
}

int
portage_name(struct slice path, struct strbuf *name, struct slice *version, struct plim_error *err)
{
	struct slice category, pf, base;
	if (!split_path(path, &category, &pf) || !portage_split(pf, &base, version))
		return error_set(err, PLIM_EFORMAT, "offset 0: the directory's name has no version");
	strbuf_clear(name);
	strbuf_put(name, category);
	strbuf_putc(name, '/');
	strbuf_put(name, base);
	return name->failed ? error_nomem(err) : 0;
}

static int
add_package(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	struct slice fields[PACKAGE_FIELD_COUNT] = { [PACKAGE_TYPE] = SLICE("ebuild") };
	int r = portage_name(path, &name, &fields[PACKAGE_VERSION], err);
	if (r < 0)
		return r;
	if (!slice_eq(slice_trim(body), path_base(path_dir(path))))
		return error_set(err, PLIM_EFORMAT, "line 1: another package's than the directory's");
	fields[PACKAGE_NAME] = fields[PACKAGE_SOURCE] = strbuf_slice(&name);
	fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	return rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

#define GROUP_DEPTH_MOST 16

/* Words side by side hold together, those in || ( ... ) one of them does. */
static bool
put_expression(struct slice text, struct strbuf *into)
{
	const char *joints[GROUP_DEPTH_MOST] = { " AND " }, *next = " AND ";
	bool any[GROUP_DEPTH_MOST] = { false };
	size_t depth = 0;
	for (struct slice word; slice_word(&text, &word);) {
		bool closing = slice_is(word, ")"), opening = slice_is(word, "("), either = slice_is(word, "||");
		/* What a USE flag asked for was settled when the package was built. */
		if (either || slice_ends(word, SLICE("?"))) {
			next = either ? " OR " : " AND ";
			continue;
		}
		if (closing ? depth == 0 || !any[depth] : opening && depth + 1 == GROUP_DEPTH_MOST)
			return false;
		strbuf_puts(into, !closing && any[depth] ? joints[depth] : "");
		strbuf_put(into, word);
		any[depth] = true;
		depth = depth + opening - closing;
		if (opening) {
			joints[depth] = next;
			any[depth] = false;
		}
		next = " AND ";
	}
	return depth == 0;
}

static int
add_license(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 }, text = { 0 };
	struct slice version;
	int r = portage_name(path, &name, &version, err);
	if (r < 0)
		return r;
	bool plain = put_expression(body, &text);
	if (text.failed)
		return error_nomem(err);
	const struct slice fields[LICENSE_FIELD_COUNT] = {
		[LICENSE_TYPE] = SLICE("ebuild"), [LICENSE_PACKAGE] = strbuf_slice(&name),
		[LICENSE_DECLARED] = plain ? strbuf_slice(&text) : slice_trim(body),
	};
	return fields[LICENSE_DECLARED].n ? rows_add(rows, ROW_LICENSE, 1, fields, LICENSE_FIELD_COUNT, err) : 0;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	return slice_is(path_base(path), "LICENSE") ? add_license(path, body, rows, err) : add_package(path, body, rows, err);
}

const struct cataloger cataloger_portage = {
	.name = "portage",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "var/db/pkg/*/*/PF", "var/db/pkg/*/*/LICENSE", NULL },
	.extract = extract,
};
