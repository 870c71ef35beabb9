/* SPDX-License-Identifier: Apache-2.0 */
/* The first section of META-INF/MANIFEST.MF (jar file specification), and pom.properties. */
#include "catalog/language/java.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "base/strbuf.h"

static const char *const attributes[JAVA_ATTRIBUTE_COUNT] = {
	[JAVA_SYMBOLIC_NAME] = "Bundle-SymbolicName",
	[JAVA_BUNDLE_NAME] = "Bundle-Name",
	[JAVA_BUNDLE_VERSION] = "Bundle-Version",
	[JAVA_BUNDLE_VENDOR] = "Bundle-Vendor",
	[JAVA_BUNDLE_LICENSE] = "Bundle-License",
	[JAVA_IMPLEMENTATION_TITLE] = "Implementation-Title",
	[JAVA_IMPLEMENTATION_VERSION] = "Implementation-Version",
	[JAVA_IMPLEMENTATION_VENDOR] = "Implementation-Vendor",
	[JAVA_IMPLEMENTATION_VENDOR_ID] = "Implementation-Vendor-Id",
	[JAVA_SPECIFICATION_TITLE] = "Specification-Title",
	[JAVA_SPECIFICATION_VERSION] = "Specification-Version",
	[JAVA_SPECIFICATION_VENDOR] = "Specification-Vendor",
	[JAVA_MODULE_NAME] = "Automatic-Module-Name",
	[JAVA_EXTENSION_NAME] = "Extension-Name",
	[JAVA_GROUP_ID] = "Group-Id",
	[JAVA_ARTIFACT_ID] = "Artifact-Id",
	[JAVA_SHORT_NAME] = "Short-Name",
	[JAVA_PLUGIN_VERSION] = "Plugin-Version",
	[JAVA_CREATED_BY] = "Created-By",
};

int
java_nomem(const struct arena *arena, struct plim_error *err)
{
	if (arena_full(arena))
		return error_set(err, PLIM_ELIMIT, "more text than limit JAR_METADATA_BYTES");
	return error_nomem(err);
}

static int
keep(struct java_manifest *manifest, struct slice line, struct arena *arena, struct plim_error *err)
{
	struct slice name, value;
	if (!slice_cut(line, ':', &name, &value))
		return 0;
	for (size_t i = 0; i < JAVA_ATTRIBUTE_COUNT; i++) {
		if (!slice_eq_nocase(name, slice_of(attributes[i])) || slice_trim(value).n == 0)
			continue;
		manifest->of[i] = arena_dup(arena, slice_trim(value));
		return manifest->of[i].p ? 0 : java_nomem(arena, err);
	}
	return 0;
}

/* "name;singleton:=true" of a bundle; the first licence's name of `"A, B";link="...", C` would need its quotes. */
static void
strip_directives(struct java_manifest *manifest)
{
	struct slice tail;
	slice_cut(manifest->of[JAVA_SYMBOLIC_NAME], ';', &manifest->of[JAVA_SYMBOLIC_NAME], &tail);
	manifest->of[JAVA_SYMBOLIC_NAME] = slice_trim(manifest->of[JAVA_SYMBOLIC_NAME]);
}

/* One clause of a header of OSGi, up to a comma outside of quotes. */
static struct slice
take_clause(struct slice *rest)
{
	bool quoted = false;
	size_t n = 0;
	for (; n < rest->n && (quoted || rest->p[n] != ','); n++)
		quoted ^= rest->p[n] == '"';
	struct slice clause = slice_trim(slice_first(*rest, n));
	*rest = slice_from(*rest, n + 1);
	return clause;
}

/* The licences without links and descriptions, " OR " between them. */
static int
strip_license(struct java_manifest *manifest, struct arena *arena, struct plim_error *err)
{
	struct slice rest = manifest->of[JAVA_BUNDLE_LICENSE], tail;
	AUTO(strbuf) struct strbuf text = { 0 };
	while (rest.n) {
		struct slice clause = take_clause(&rest);
		bool is_quoted = slice_skip(&clause, SLICE("\""));
		slice_cut(clause, is_quoted ? '"' : ';', &clause, &tail);
		if (clause.n && text.n)
			strbuf_puts(&text, " OR ");
		strbuf_put(&text, slice_trim(clause));
	}
	if (text.failed)
		return error_nomem(err);
	manifest->of[JAVA_BUNDLE_LICENSE] = text.n ? arena_dup(arena, strbuf_slice(&text)) : SLICE_NONE;
	return text.n && manifest->of[JAVA_BUNDLE_LICENSE].p == NULL ? java_nomem(arena, err) : 0;
}

int
java_manifest_read(struct slice text, struct arena *arena, struct java_manifest *out, struct plim_error *err)
{
	struct cursor in = cursor_of(text);
	AUTO(strbuf) struct strbuf logical = { 0 };
	struct slice line;
	int r = 0;
	*out = (struct java_manifest){ 0 };
	slice_skip(&in.in, SLICE("\xef\xbb\xbf"));
	while (r == 0 && cursor_line(&in, &line) && line.n) {
		if (!slice_skip(&line, SLICE(" "))) {
			r = keep(out, strbuf_slice(&logical), arena, err);
			strbuf_clear(&logical);
		}
		strbuf_put(&logical, line);
	}
	if (r == 0)
		r = logical.failed ? error_nomem(err) : keep(out, strbuf_slice(&logical), arena, err);
	if (r < 0)
		return r;
	strip_directives(out);
	return strip_license(out, arena, err);
}

struct slice
java_manifest_vendor(const struct java_manifest *manifest)
{
	static const enum java_attribute from[] = { JAVA_IMPLEMENTATION_VENDOR, JAVA_BUNDLE_VENDOR, JAVA_SPECIFICATION_VENDOR };
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		if (manifest->of[from[i]].p)
			return manifest->of[from[i]];
	return SLICE_NONE;
}

bool
java_is_plain(struct slice word)
{
	if (word.n == 0 || word.n > LIMIT_PATH_BYTES)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] <= ' ' || strchr("\177$@:\"?*<>", word.p[i]))
			return false;
	return true;
}

/* The escapes of Java's property files that a coordinate can have: a backslash before the character itself. */
static struct slice
unescaped(struct slice value, struct arena *arena)
{
	struct slice copy = arena_dup(arena, value);
	char *at = (char *)(uintptr_t)copy.p;
	size_t n = 0;
	for (size_t i = 0; copy.p && i < copy.n; i++) {
		if (copy.p[i] == '\\' && i + 1 < copy.n)
			i++;
		at[n++] = copy.p[i];
	}
	copy.n = n;
	return copy;
}

static bool
ends_key(char c)
{
	return c == '=' || c == ':' || c == ' ' || c == '\t';
}

static const struct {
	const char *key;
	size_t at;
} properties[] = {
	{ "groupId", offsetof(struct java_coordinates, group) },
	{ "artifactId", offsetof(struct java_coordinates, artifact) },
	{ "version", offsetof(struct java_coordinates, version) },
};

static int
take_property(struct slice line, struct java_coordinates *out, struct arena *arena, struct plim_error *err)
{
	size_t n = 0;
	while (n < line.n && !ends_key(line.p[n]))
		n++;
	struct slice value = slice_trim(slice_from(line, n));
	if (value.n && (value.p[0] == '=' || value.p[0] == ':'))
		value = slice_trim(slice_from(value, 1));
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
		struct slice *place = (struct slice *)(void *)((char *)out + properties[i].at);
		if (!slice_is(slice_first(line, n), properties[i].key))
			continue;
		struct slice kept = unescaped(value, arena);
		if (kept.p == NULL)
			return java_nomem(arena, err);
		*place = java_is_plain(kept) ? kept : SLICE_NONE;
	}
	return 0;
}

int
java_properties_read(struct slice text, struct arena *arena, struct java_coordinates *out, struct plim_error *err)
{
	struct cursor in = cursor_of(text);
	int r = 0;
	*out = (struct java_coordinates){ 0 };
	for (struct slice line; r == 0 && cursor_line(&in, &line);) {
		line = slice_trim(line);
		if (line.n && line.p[0] != '#' && line.p[0] != '!')
			r = take_property(line, out, arena, err);
	}
	return r;
}
