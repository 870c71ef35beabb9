/* SPDX-License-Identifier: Apache-2.0 */
/* pom.xml (Maven's POM reference): who the project is, its licences, and what it depends on. */
#include "catalog/language/java.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "codec/xml.h"

/* Properties that are made of properties; honest ones need two. */
#define FILL_ROUNDS 8

struct reading {
	struct arena *arena;
	struct java_pom *pom;
	struct map properties;      /* to struct slice * */
	struct java_dependency dependency, **end;
	struct slice license_name, license_url;
	struct strbuf licenses;
};

#define POM(path, field) { path, offsetof(struct java_pom, field) }
static const struct {
	const char *path;
	size_t at;
} pom_places[] = {
	POM("/project/groupId", of.group),
	POM("/project/artifactId", of.artifact),
	POM("/project/version", of.version),
	POM("/project/parent/groupId", parent.group),
	POM("/project/parent/artifactId", parent.artifact),
	POM("/project/parent/version", parent.version),
	POM("/project/organization/name", vendor),
};

#define READING(path, field) { path, offsetof(struct reading, field) }
static const struct {
	const char *path;
	size_t at;
} reading_places[] = {
	READING("/project/dependencies/dependency/groupId", dependency.of.group),
	READING("/project/dependencies/dependency/artifactId", dependency.of.artifact),
	READING("/project/dependencies/dependency/version", dependency.of.version),
	READING("/project/dependencies/dependency/scope", dependency.scope),
	READING("/project/dependencies/dependency/optional", dependency.optional),
	READING("/project/licenses/license/name", license_name),
	READING("/project/licenses/license/url", license_url),
};

static struct slice *
place_of(struct reading *reading, struct slice path)
{
	for (size_t i = 0; i < sizeof pom_places / sizeof *pom_places; i++)
		if (slice_is(path, pom_places[i].path))
			return (struct slice *)(void *)((char *)reading->pom + pom_places[i].at);
	for (size_t i = 0; i < sizeof reading_places / sizeof *reading_places; i++)
		if (slice_is(path, reading_places[i].path))
			return (struct slice *)(void *)((char *)reading + reading_places[i].at);
	return NULL;
}

static int
keep_property(struct reading *reading, struct slice name, struct slice value, struct plim_error *err)
{
	struct slice *kept = arena_make(reading->arena, struct slice), key = arena_dup(reading->arena, name);
	if (kept == NULL || key.p == NULL || (*kept = arena_dup(reading->arena, value)).p == NULL)
		return java_nomem(reading->arena, err);
	void **place = map_place(&reading->properties, key);
	if (place == NULL)
		return error_nomem(err);
	*place = kept;
	return 0;
}

static int
end_dependency(struct reading *reading, struct plim_error *err)
{
	struct java_dependency *kept = arena_make(reading->arena, struct java_dependency);
	if (kept == NULL)
		return java_nomem(reading->arena, err);
	*kept = reading->dependency;
	*reading->end = kept;
	reading->end = &kept->next;
	return 0;
}

static void
end_license(struct reading *reading)
{
	struct slice license = reading->license_name.n ? reading->license_name : reading->license_url;
	if (license.n && reading->licenses.n)
		strbuf_puts(&reading->licenses, " OR ");
	strbuf_put(&reading->licenses, license);
	reading->license_name = reading->license_url = SLICE_NONE;
}

static int
take_close(struct reading *reading, struct slice path, struct slice text, struct plim_error *err)
{
	struct slice *place = place_of(reading, path);
	if (place) {
		*place = arena_dup(reading->arena, text);
		return place->p ? 0 : java_nomem(reading->arena, err);
	}
	if (slice_is(path, "/project/dependencies/dependency"))
		return end_dependency(reading, err);
	if (slice_is(path, "/project/licenses/license"))
		end_license(reading);
	if (slice_is(path_dir(path), "/project/properties"))
		return keep_property(reading, path_base(path), text, err);
	return 0;
}

static int
read_elements(struct reading *reading, struct slice text, struct plim_error *err)
{
	AUTO(xml) struct xml xml = { .in = cursor_of(text) };
	enum xml_kind kind;
	bool is_project = false;
	int r;
	while ((r = xml_next(&xml, &kind, err)) == 0 && kind != XML_END) {
		struct slice path = strbuf_slice(&xml.path);
		is_project |= slice_is(path, "/project");
		if (kind == XML_CLOSE)
			r = take_close(reading, path, slice_trim(strbuf_slice(&xml.text)), err);
		else if (slice_is(path, "/project/dependencies/dependency"))
			reading->dependency = (struct java_dependency){ .line = xml_line(&xml) };
		if (r < 0)
			return r;
	}
	return r == 0 && !is_project ? error_set(err, PLIM_EFORMAT, "xml: this is no pom: it has no element project") : r;
}

/* What ${name} stands for. */
static struct slice
value_of(struct reading *reading, struct slice name)
{
	const struct java_pom *pom = reading->pom;
	const struct slice *kept = map_find(&reading->properties, name);
	if (kept)
		return *kept;
	if (!slice_skip(&name, SLICE("project.")))
		slice_skip(&name, SLICE("pom."));
	const struct {
		const char *name;
		struct slice value;
	} known[] = {
		{ "groupId", pom->of.group },            { "artifactId", pom->of.artifact },       { "version", pom->of.version },
		{ "parent.groupId", pom->parent.group }, { "parent.version", pom->parent.version },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_is(name, known[i].name))
			return known[i].value;
	return SLICE_NONE;
}

/* Puts values in the place of ${names} once; false where one has none. */
static bool
fill_once(struct reading *reading, struct slice text, struct strbuf *into)
{
	for (size_t at; (at = slice_find_text(text, SLICE("${"))) != SIZE_MAX;) {
		struct slice name, rest;
		strbuf_put(into, slice_first(text, at));
		if (!slice_cut(slice_from(text, at + 2), '}', &name, &rest))
			return false;
		struct slice value = value_of(reading, name);
		if (value.n == 0 || into->n + value.n > LIMIT_PATH_BYTES)
			return false;
		strbuf_put(into, value);
		text = rest;
	}
	strbuf_put(into, text);
	return true;
}

/* Fills a coordinate in; absent where that cannot be done here, for a parent or a file beside would know. */
static int
fill(struct reading *reading, struct slice *text, struct plim_error *err)
{
	for (size_t round = 0; round < FILL_ROUNDS && slice_find_text(*text, SLICE("${")) != SIZE_MAX; round++) {
		AUTO(strbuf) struct strbuf filled = { 0 };
		bool known = fill_once(reading, *text, &filled);
		if (filled.failed)
			return error_nomem(err);
		*text = known ? arena_dup(reading->arena, strbuf_slice(&filled)) : SLICE_NONE;
		if (known && text->p == NULL)
			return java_nomem(reading->arena, err);
	}
	if (!java_is_plain(*text))
		*text = SLICE_NONE;
	return 0;
}

static int
fill_coordinates(struct reading *reading, struct java_coordinates *of, struct plim_error *err)
{
	int r = fill(reading, &of->group, err);
	if (r == 0)
		r = fill(reading, &of->artifact, err);
	return r < 0 ? r : fill(reading, &of->version, err);
}

static int
finish(struct reading *reading, struct plim_error *err)
{
	struct java_pom *pom = reading->pom;
	if (pom->of.group.n == 0)
		pom->of.group = pom->parent.group;
	if (pom->of.version.n == 0)
		pom->of.version = pom->parent.version;
	int r = fill_coordinates(reading, &pom->of, err);
	for (struct java_dependency *d = pom->dependencies; r == 0 && d; d = d->next)
		r = fill_coordinates(reading, &d->of, err);
	if (r == 0 && reading->licenses.failed)
		return error_nomem(err);
	if (r == 0 && reading->licenses.n && (pom->license = arena_dup(reading->arena, strbuf_slice(&reading->licenses))).p == NULL)
		return java_nomem(reading->arena, err);
	return r;
}

int
java_pom_read(struct slice text, struct arena *arena, struct java_pom *out, struct plim_error *err)
{
	struct reading reading = { .arena = arena, .pom = out, .end = &out->dependencies };
	*out = (struct java_pom){ 0 };
	int r = read_elements(&reading, text, err);
	if (r == 0)
		r = finish(&reading, err);
	map_done(&reading.properties);
	strbuf_done(&reading.licenses);
	return r;
}
