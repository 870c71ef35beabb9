/* SPDX-License-Identifier: Apache-2.0 */
/* pubspec.lock of Dart: packages: { NAME: { source, version, description: { sha256 } } }; what comes with an SDK is no package. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "catalog/language/digest_text.h"
#include "codec/yaml.h"

static struct slice
text_of(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR ? node->text : SLICE_NONE;
}

static int
take_package(const struct yaml_node *key, const struct yaml_node *package, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf digest = { 0 };
	if (package->kind != YAML_MAPPING)
		return rows_problem(rows, err, "line %u: a package that is no mapping", key->line);
	if (slice_is(text_of(yaml_get(package, "source")), "sdk"))
		return 0;
	digest_put_hex(&digest, SLICE("sha256"), text_of(yaml_get(yaml_get(package, "description"), "sha256")));
	const struct declared declared = {
		.type = "pub", .name = key->text, .version = text_of(yaml_get(package, "version")), .line = key->line,
		.checksum = names_slice(&digest),
	};
	return digest.failed ? error_nomem(err) : declared_add(rows, &declared, err);
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
	const struct yaml_node *packages = yaml_get(document->root, "packages");
	if (packages == NULL)
		return error_set(err, PLIM_EFORMAT, "line 1: no lock of pub: it has no packages");
	for (size_t i = 0; r == 0 && packages->kind == YAML_MAPPING && i < packages->n; i++)
		r = take_package(packages->keys[i], packages->items[i], rows, err);
	/* Dart writes its own version at the end. */
	return r == 0 && yaml_get(document->root, "sdks") == NULL ? rows_problem(rows, err, "the lock ends before its sdks") : r;
}

const struct cataloger cataloger_pubspec_lock = {
	.name = "pubspec_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/pubspec.lock", NULL },
	.extract = extract,
};
