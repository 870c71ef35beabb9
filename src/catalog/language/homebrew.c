/* SPDX-License-Identifier: Apache-2.0 */
/* What Homebrew installed: Cellar/NAME/VERSION/INSTALL_RECEIPT.json; name and version stand in the path alone. */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/json.h"

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = manifest_arena();
	AUTO(strbuf) struct strbuf root = { 0 }, needs = { 0 };
	const struct json *receipt;
	struct slice directory = path_dir(path);
	int r = arena ? json_parse(body, arena, &receipt, err) : error_nomem(err);
	if (r < 0)
		return r;
	const struct json *list = json_get(receipt, "runtime_dependencies");
	for (size_t i = 0; json_is(list, JSON_ARRAY) && i < list->n; i++)
		names_put(&needs, json_get_string(json_item(list, i), "full_name"));
	strbuf_putc(&root, '/');
	strbuf_put(&root, directory);
	const struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("brew"), [PACKAGE_NAME] = path_base(path_dir(directory)), [PACKAGE_VERSION] = path_base(directory),
		[PACKAGE_ROOT] = strbuf_slice(&root), [PACKAGE_DEPENDENCIES] = names_slice(&needs),
	};
	return root.failed || needs.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

const struct cataloger cataloger_homebrew = {
	.name = "homebrew",
	.paths = (const char *const[]){ "**/Cellar/*/*/INSTALL_RECEIPT.json", NULL },
	.extract = extract,
};
