/* SPDX-License-Identifier: Apache-2.0 */
/* Package.resolved of Swift: pins of version 1 ({ "object": { "pins" } }, repositoryURL) and of 2 and 3 ({ "pins" }, location). */
#include "catalog/cataloger.h"

#include "base/error.h"
#include "catalog/language/declared.h"
#include "codec/json.h"

/* "https://user@github.com/apple/swift-nio.git" and "git@github.com:apple/swift-nio": host and path, which is how Swift's advisories name it. */
static bool
put_name(struct strbuf *into, struct slice url)
{
	struct slice user, host, path;
	size_t at = slice_find_text(url, SLICE("://"));
	bool with_scheme = at != SIZE_MAX;
	struct slice rest = with_scheme ? slice_from(url, at + 3) : url;
	if (slice_find(rest, '@') < slice_find(rest, '/'))
		slice_cut(rest, '@', &user, &rest);
	while (slice_skip_end(&rest, SLICE("/")))
		;
	slice_skip_end(&rest, SLICE(".git"));
	if (!slice_cut(rest, with_scheme ? '/' : ':', &host, &path) || host.n == 0 || path.n == 0)
		return false;
	strbuf_put(into, host);
	strbuf_putc(into, '/');
	strbuf_put(into, path);
	return true;
}

/* A pin on a branch has no version, and a local one no place: it is named as the project names it. */
static int
take_pin(const struct json *pin, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	struct slice location = json_get_string(pin, "location"), own = json_get_string(pin, "identity");
	if (!put_name(&name, location.p ? location : json_get_string(pin, "repositoryURL")))
		strbuf_put(&name, own.p ? own : json_get_string(pin, "package"));
	const struct declared declared = {
		.type = "swift", .name = strbuf_slice(&name), .version = json_get_string(json_get(pin, "state"), "version"),
	};
	if (name.failed)
		return error_nomem(err);
	return name.n ? declared_add(rows, &declared, err) : rows_problem(rows, err, "a pin without name");
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
	const struct json *pins = json_get(document, "pins"), *object = json_get(document, "object");
	pins = pins ? pins : json_get(object, "pins");
	if (!json_is(pins, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "no lock of Swift packages: it has no pins");
	for (size_t i = 0; r == 0 && i < pins->n; i++)
		r = take_pin(json_item(pins, i), rows, err);
	return r;
}

const struct cataloger cataloger_swift_lock = {
	.name = "swift_lock",
	.missing = MISSING_OWN,
	.paths = (const char *const[]){ "**/Package.resolved", NULL },
	.extract = extract,
};
