/* SPDX-License-Identifier: Apache-2.0 */
/* Podfile.lock of CocoaPods: PODS is a list of "NAME (VERSION)", each alone or with a list of what it needs. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/yaml.h"

/* "GoogleUtilities/NSData+zlib (7.5.2)". */
static bool
split_pod(struct slice text, struct slice *name, struct slice *version)
{
	struct slice rest;
	bool versioned = slice_cut(text, '(', name, &rest);
	*name = slice_trim(*name);
	*version = SLICE_NONE;
	if (versioned)
		slice_cut(rest, ')', version, &rest);
	return name->n > 0;
}

/* A part of a pod is a subpath of the package. */
static void
put_purl(struct strbuf *purl, struct slice name, struct slice version)
{
	struct slice pod, part;
	bool partial = slice_cut(name, '/', &pod, &part);
	strbuf_puts(purl, "pkg:cocoapods/");
	strbuf_put_percent(purl, pod, "");
	strbuf_puts(purl, version.n ? "@" : "");
	strbuf_put_percent(purl, version, "");
	strbuf_puts(purl, partial ? "#" : "");
	strbuf_put_percent(purl, part, "/+");
}

static int
take_pod(const struct yaml_node *pod, const struct yaml_node *needed, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf needs = { 0 }, purl = { 0 };
	struct slice name, version, need, any;
	if (pod->kind != YAML_SCALAR || !split_pod(pod->text, &name, &version))
		return rows_problem(rows, err, "line %u: no pod", pod->line);
	for (size_t i = 0; needed && needed->kind == YAML_SEQUENCE && i < needed->n; i++)
		if (needed->items[i]->kind == YAML_SCALAR && split_pod(needed->items[i]->text, &need, &any))
			names_put(&needs, need);
	put_purl(&purl, name, version);
	const struct declared declared = {
		.type = "cocoapods", .name = name, .version = version, .line = pod->line, .dependencies = names_slice(&needs),
		.purl = strbuf_slice(&purl),
	};
	return needs.failed || purl.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	struct yaml_document *document;
	int r = arena ? manifest_yaml(body, arena, &document, err) : error_nomem(err);
	(void)path;
	if (r < 0)
		return r;
	const struct yaml_node *pods = yaml_get(document->root, "PODS");
	if (pods == NULL && yaml_get(document->root, "COCOAPODS") == NULL)
		return error_set(err, PLIM_EFORMAT, "line 1: no lock of CocoaPods: it has no PODS");
	for (size_t i = 0; r == 0 && pods && pods->kind == YAML_SEQUENCE && i < pods->n; i++) {
		const struct yaml_node *pod = pods->items[i];
		bool alone = pod->kind != YAML_MAPPING || pod->n == 0;
		r = take_pod(alone ? pod : pod->keys[0], alone ? NULL : pod->items[0], rows, err);
	}
	/* CocoaPods writes its own version at the end. */
	return r == 0 && yaml_get(document->root, "COCOAPODS") == NULL ? rows_problem(rows, err, "the lock ends before its COCOAPODS") : r;
}

const struct cataloger cataloger_podfile_lock = {
	.name = "podfile_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/Podfile.lock", NULL },
	.extract = extract,
};
