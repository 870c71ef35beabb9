/* SPDX-License-Identifier: Apache-2.0 */
/* Snaps that lie unpacked in an image: meta/snap.yaml; and the debs that a base snap, as root file system, was made of: dpkg.yaml. */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "codec/yaml.h"

/* The root of a snap is above meta/; of the image's own root nothing is said. */
static struct slice
root_of(struct slice path, struct strbuf *into)
{
	struct slice root = path_dir(path_dir(path));
	strbuf_putc(into, '/');
	strbuf_put(into, root);
	return root.n ? strbuf_slice(into) : SLICE_NONE;
}

static struct slice
scalar(const struct yaml_node *root, const char *key)
{
	const struct yaml_node *node = yaml_get(root, key);
	return node && node->kind == YAML_SCALAR ? node->text : SLICE_NONE;
}

static int
parse(struct slice body, struct arena *arena, struct yaml_document **out, struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct slice first, rest;
	int r = yaml_parse(SLICE("snap.yaml"), body, arena, out, &why);
	/* Its own message shows the line itself. */
	slice_cut(slice_of(why.text), '\n', &first, &rest);
	return r < 0 ? error_set(err, r == PLIM_EPOLICY ? PLIM_EFORMAT : (enum plim_code)r, "%.*s", SLICE_ARG(first)) : 0;
}

static int
extract_snap(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf root = { 0 };
	struct yaml_document *document;
	int r = arena ? parse(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct yaml_node *architectures = yaml_get(document->root, "architectures");
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("snap"),
		[PACKAGE_NAME] = scalar(document->root, "name"),
		[PACKAGE_VERSION] = scalar(document->root, "version"),
		[PACKAGE_LICENSE] = scalar(document->root, "license"),
		[PACKAGE_ROOT] = root_of(path, &root),
	};
	if (architectures && architectures->kind == YAML_SEQUENCE && architectures->n == 1 && architectures->items[0]->kind == YAML_SCALAR)
		fields[PACKAGE_ARCH] = architectures->items[0]->text;
	if (fields[PACKAGE_NAME].n == 0 || fields[PACKAGE_VERSION].n == 0)
		return error_set(err, PLIM_EFORMAT, "line 1: a snap without name or version");
	return root.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 1, fields, PACKAGE_FIELD_COUNT, err);
}

/* "- libc6:amd64=2.31-0ubuntu9.16" */
static int
take_deb(struct slice line, uint32_t number, struct rows *rows, struct plim_error *err)
{
	struct slice fields[PACKAGE_FIELD_COUNT] = { [PACKAGE_TYPE] = SLICE("deb") }, name, version, epoch, rest;
	if (!slice_skip(&line, SLICE("- ")) || !slice_cut(line, '=', &name, &version) || version.n == 0)
		return rows_problem(rows, err, "line %u: no name and version", number);
	slice_cut(slice_trim(name), ':', &fields[PACKAGE_NAME], &fields[PACKAGE_ARCH]);
	fields[PACKAGE_VERSION] = fields[PACKAGE_SOURCE_VERSION] = slice_trim(version);
	fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	if (slice_cut(version, ':', &epoch, &rest))
		fields[PACKAGE_EPOCH] = epoch;
	return rows_add(rows, ROW_PACKAGE, number, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract_debs(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	uint32_t number = 0;
	bool inside = false, any = false;
	int r = 0;
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		number++;
		struct slice text = slice_trim(line);
		/* A sequence may stand as far left as its key. */
		if (line.n && line.p[0] != ' ' && line.p[0] != '-')
			inside = slice_is(text, "packages:");
		else if (inside && text.n)
			r = take_deb(text, number, rows, err);
		any |= inside;
	}
	if (r == 0 && !any)
		return error_set(err, PLIM_EFORMAT, "line 1: no list of packages");
	return r < 0 ? r : rows_problem(rows, err, "line 1: source packages are not told: advisories of those with other names are not matched");
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	if (slice_find(body, '\0') != SIZE_MAX)
		return error_set(err, PLIM_EFORMAT, "offset %zu: a NUL byte", slice_find(body, '\0'));
	return slice_is(path_base(path), "dpkg.yaml") ? extract_debs(body, rows, err) : extract_snap(path, body, rows, err);
}

const struct cataloger cataloger_snap = {
	.name = "snap",
	.missing = MISSING_PACKAGES,
	.paths = (const char *const[]){ "meta/snap.yaml", "snap/*/*/meta/snap.yaml", "usr/share/snappy/dpkg.yaml", NULL },
	.extract = extract,
};
