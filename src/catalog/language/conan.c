/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conan: packages in the cache of version 1 (conaninfo.txt, whose path names
 * the package), and what conan.lock of both versions and conanfile.txt want.
 * The cache of version 2 names its packages in a database alone.
 */
#include "catalog/cataloger.h"

#include "base/cursor.h"
#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/json.h"

struct reference {
	struct slice name, version, user, channel;
};

/* "zlib/1.2.13@user/channel#REVISION%TIME", "zlib/1.2.13". */
static bool
reference_parse(struct slice text, struct reference *out)
{
	struct slice rest, owner;
	slice_cut(text, '#', &text, &rest);
	slice_cut(text, '%', &text, &rest);
	bool owned = slice_cut(text, '@', &text, &owner);
	*out = (struct reference){ 0 };
	if (!slice_cut(slice_trim(text), '/', &out->name, &out->version) || out->name.n == 0 || out->version.n == 0)
		return false;
	if (owned)
		slice_cut(owner, '/', &out->user, &out->channel);
	return true;
}

static void
put_purl(struct strbuf *purl, const struct reference *reference)
{
	strbuf_puts(purl, "pkg:conan/");
	strbuf_put_percent(purl, reference->name, "");
	strbuf_putc(purl, '@');
	strbuf_put_percent(purl, reference->version, "");
	if (reference->user.n == 0 || slice_is(reference->user, "_"))
		return;
	strbuf_puts(purl, "?channel=");
	strbuf_put_percent(purl, reference->channel, "");
	strbuf_puts(purl, "&user=");
	strbuf_put_percent(purl, reference->user, "");
}

/* A range ("[>1 <2]") pins nothing. */
static int
add_declared(struct slice text, uint32_t line, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf purl = { 0 };
	struct reference reference;
	if (!reference_parse(text, &reference))
		return rows_problem(rows, err, "line %u: no reference of a package", line);
	if (reference.version.p[0] == '[')
		return 0;
	put_purl(&purl, &reference);
	const struct declared declared = {
		.type = "conan", .name = reference.name, .version = reference.version, .purl = strbuf_slice(&purl), .line = line,
	};
	return purl.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

/* The node of the project itself has no reference, or one without version. */
static int
take_nodes(const struct json *nodes, struct rows *rows, struct plim_error *err)
{
	struct reference reference;
	int r = 0;
	for (size_t i = 0; r == 0 && i < nodes->n; i++) {
		struct slice ref = json_get_string(&nodes->items[i], "ref");
		if (ref.p == NULL)
			ref = json_get_string(&nodes->items[i], "pref");
		if (reference_parse(ref, &reference))
			r = add_declared(ref, 0, rows, err);
	}
	return r;
}

static int
take_list(const struct json *list, struct rows *rows, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && json_is(list, JSON_ARRAY) && i < list->n; i++)
		r = add_declared(json_string(json_item(list, i)), 0, rows, err);
	return r;
}

static int
take_lock(struct slice body, struct rows *rows, struct plim_error *err)
{
	static const char *const lists[] = { "requires", "build_requires", "python_requires" };
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *document;
	int r = arena ? json_parse(body, arena, &document, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct json *nodes = json_get(json_get(document, "graph_lock"), "nodes");
	if (json_is(nodes, JSON_OBJECT))
		return take_nodes(nodes, rows, err);
	if (!json_is(json_get(document, "requires"), JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "no lock of Conan: it has neither graph_lock nor requires");
	for (size_t i = 0; r == 0 && i < sizeof lists / sizeof *lists; i++)
		r = take_list(json_get(document, lists[i]), rows, err);
	return r;
}

static int
take_conanfile(struct slice body, struct rows *rows, struct plim_error *err)
{
	struct cursor in = cursor_of(body);
	struct slice line, comment;
	bool wanted = false;
	uint32_t number = 0;
	int r = 0;
	while (r == 0 && cursor_line(&in, &line)) {
		number++;
		slice_cut(slice_trim(line), ' ', &line, &comment);
		if (slice_starts(line, SLICE("[")))
			wanted = slice_is(line, "[requires]") || slice_is(line, "[tool_requires]") || slice_is(line, "[build_requires]");
		else if (wanted && line.n && line.p[0] != '#')
			r = add_declared(line, number, rows, err);
	}
	return r;
}

static struct slice
parent(struct slice *path)
{
	struct slice name = path_base(*path);
	*path = path_dir(*path);
	return name;
}

/* NAME/VERSION/USER/CHANNEL/package/ID/conaninfo.txt. */
static int
take_cached(struct slice path, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf root = { 0 }, purl = { 0 };
	struct slice directory = path_dir(path), rest = directory;
	parent(&rest);
	if (!slice_is(parent(&rest), "package"))
		return 0;
	struct reference reference = { .channel = parent(&rest) };
	reference.user = parent(&rest);
	reference.version = parent(&rest);
	reference.name = parent(&rest);
	if (reference.name.n == 0 || reference.version.n == 0)
		return 0;
	strbuf_putc(&root, '/');
	strbuf_put(&root, directory);
	put_purl(&purl, &reference);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("conan"), [PACKAGE_NAME] = reference.name, [PACKAGE_VERSION] = reference.version,
		[PACKAGE_ROOT] = strbuf_slice(&root), [PACKAGE_PURL] = strbuf_slice(&purl),
	};
	return root.failed || purl.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct slice name = path_base(path);
	if (slice_is(name, "conan.lock"))
		return take_lock(body, rows, err);
	return slice_is(name, "conanfile.txt") ? take_conanfile(body, rows, err) : take_cached(path, rows, err);
}

const struct cataloger cataloger_conan = {
	.name = "conan",
	.paths = (const char *const[]){ "**/conan.lock", "**/conanfile.txt", "**/package/*/conaninfo.txt", NULL },
	.extract = extract,
};
