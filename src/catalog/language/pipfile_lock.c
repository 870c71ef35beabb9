/* SPDX-License-Identifier: Apache-2.0 */
/* Pipfile.lock of pipenv: groups ("default", "develop", others) of NAME: { "version": "==V", "hashes": [...] }. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "catalog/language/requirement.h"
#include "codec/json.h"

/* Without a version it is from a repository or a path. */
static int
take_package(struct slice name, const struct json *package, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	struct requirement asked = { .clauses = json_get_string(package, "version") };
	const struct json *hashes = json_get(package, "hashes");
	struct slice algorithm, hex;
	if (!json_is(package, JSON_OBJECT))
		return rows_problem(rows, err, "a package that is no object");
	if (json_is(hashes, JSON_ARRAY) && hashes->n == 1 && slice_cut(json_string(json_item(hashes, 0)), ':', &algorithm, &hex))
		digest_put_hex(&digest, algorithm, hex);
	const struct declared declared = {
		.type = "pypi", .name = name, .version = requirement_pinned(&asked), .checksum = names_slice(&digest),
	};
	return digest.failed ? error_nomem(err) : declared_add(rows, &declared, err);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	const struct json *document;
	int r = arena ? json_parse(body, arena, &document, err) : error_nomem(err);
	(void)path;
	if (r < 0)
		return r;
	if (!json_is(json_get(document, "_meta"), JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "no lock of pipenv: it has no _meta");
	for (size_t i = 0; i < document->n; i++) {
		const struct json *group = &document->items[i];
		for (size_t p = 0; r == 0 && json_is(group, JSON_OBJECT) && !slice_is(document->keys[i], "_meta") && p < group->n; p++)
			r = take_package(group->keys[p], &group->items[p], rows, err);
	}
	return r;
}

const struct cataloger cataloger_pipfile_lock = {
	.name = "pipfile_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/Pipfile.lock", NULL },
	.extract = extract,
};
