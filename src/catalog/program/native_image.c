/* SPDX-License-Identifier: Apache-2.0 */
/* Native images of Java (GraalVM) that carry an SBOM: gzip-compressed CycloneDX at the symbol `sbom`, its length at `sbom_length`. */
#include "catalog/program/programs.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/json.h"

/* `group:name`, as Maven spells it; a component without a group is of the JDK, or of nobody. */
static int
add_component(const struct json *component, struct rows *rows, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf full = { 0 };
	struct slice group = json_get_string(component, "group"), name = json_get_string(component, "name"), version = json_get_string(component, "version");
	struct slice purl = json_get_string(component, "purl");
	if (name.n == 0)
		return rows_problem(rows, err, "a component of the SBOM without a name");
	if (group.n == 0)
		return 0;
	if (version.n == 0)
		return rows_problem(rows, err, "a component of the SBOM without a version");
	strbuf_put(&full, group);
	strbuf_putc(&full, ':');
	strbuf_put(&full, name);
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("maven"), [PACKAGE_NAME] = strbuf_slice(&full), [PACKAGE_VERSION] = version,
		[PACKAGE_PURL] = slice_starts(purl, SLICE("pkg:maven/")) ? purl : SLICE_NONE,
	};
	return full.failed ? error_nomem(err) : rows_add(rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
add_components(struct slice text, struct rows *rows, struct plim_error *err)
{
	const struct json *root;
	AUTO(arena) struct arena *arena = arena_new(LIMIT_EMBEDDED_BYTES);
	int r = arena ? json_parse(text, arena, &root, err) : error_nomem(err);
	if (r < 0)
		return error_wrap(err, r, "the SBOM of the native image");
	const struct json *components = json_get(root, "components");
	if (!slice_is(json_get_string(root, "bomFormat"), "CycloneDX"))
		return error_set(err, PLIM_EFORMAT, "the SBOM of the native image is not CycloneDX");
	for (size_t i = 0; r == 0 && json_is(components, JSON_ARRAY) && i < components->n; i++)
		r = add_component(json_item(components, i), rows, err);
	const struct json *own = json_get(json_get(root, "metadata"), "component");
	return r < 0 || own == NULL ? r : add_component(own, rows, err);
}

/* Absent where the symbols are not there; SLICE("") where they lead nowhere. */
static struct slice
find_sbom(const struct elf *elf)
{
	uint64_t at, length_at;
	if (!elf_find_symbol(elf, "sbom_length", &length_at) || !elf_find_symbol(elf, "sbom", &at))
		return SLICE_NONE;
	uint64_t length = elf_word(elf, elf_at(elf, length_at), 0);
	struct slice bytes = elf_at(elf, at);
	return length > bytes.n ? SLICE("") : slice_first(bytes, (size_t)length);
}

static bool
bid(struct slice path, struct slice head)
{
	(void)path;
	return elf_is(head);
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct elf elf;
	size_t size;
	(void)path;
	struct slice packed = elf_open(body, &elf, NULL) < 0 ? SLICE_NONE : find_sbom(&elf);
	if (packed.p == NULL)
		return 0;
	AUTO(free) char *plain = NULL;
	int r = program_inflate(packed, &plain, &size, err);
	return r < 0 ? error_wrap(err, r, "the SBOM of the native image") : add_components((struct slice){ plain, size }, rows, err);
}

const struct cataloger cataloger_native_image = {
	.name = "native_image",
	.bid = bid,
	.extract = extract,
};
