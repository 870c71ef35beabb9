/* SPDX-License-Identifier: Apache-2.0 */
/* Who a Java archive is where no pom tells: by its manifest, by its place in a repository, by its file's name. */
#include "catalog/language/java.h"

#include "base/glob.h"
#include "base/limits.h"

static const struct {
	const char *extension;
	int kind;
} archives[] = {
	{ ".jar", 2 }, { ".war", 2 }, { ".ear", 2 }, { ".hpi", 2 }, { ".jpi", 2 }, { ".lpkg", 2 },
	/* Perl's and archives of parity, SAP's, Nix', Kolmafia's, RAR's: only where they begin as a zip does. */
	{ ".par", 1 }, { ".sar", 1 }, { ".nar", 1 }, { ".kar", 1 }, { ".rar", 1 }, { ".aar", 1 },
};

static bool
ends_nocase(struct slice name, struct slice end)
{
	return name.n > end.n && slice_eq_nocase(slice_from(name, name.n - end.n), end);
}

int
java_archive_kind(struct slice name)
{
	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
		if (ends_nocase(name, slice_of(archives[i].extension)))
			return archives[i].kind;
	return 0;
}

struct slice
java_archive_stem(struct slice path)
{
	struct slice name = path_base(path);
	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
		if (ends_nocase(name, slice_of(archives[i].extension)))
			return slice_first(name, name.n - strlen(archives[i].extension));
	return name;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands in versions behind a hyphen: "1.0-beta-2", "31.1-jre". */
static const char *const qualifiers[] = {
	"alpha", "beta", "rc", "cr", "m", "milestone", "snapshot", "final", "ga", "release", "sp", "pre", "preview", "ea", "b", "build", "rev", "r",
	"jre", "android", "incubating", "incubator", "nightly", "dev", "jdk", "java", "redhat", "fuse", "patch", "p", "hotfix", "hal", "v", "empty", NULL,
};

static bool
is_version_word(struct slice word)
{
	size_t letters = 0;
	if (word.n && is_digit(word.p[0]))
		return true;
	while (letters < word.n && !is_digit(word.p[letters]) && word.p[letters] != '.')
		letters++;
	for (size_t i = letters; i < word.n; i++)
		if (!is_digit(word.p[i]) && word.p[i] != '.')
			return false;
	for (const char *const *q = qualifiers; *q; q++)
		if (slice_eq_nocase(slice_first(word, letters), slice_of(*q)))
			return true;
	return false;
}

/* How much of the text is a version; 0 where another one follows behind words that are none, which are part of the name then. */
static size_t
version_length(struct slice text)
{
	struct slice rest = text, word;
	size_t n = 0;
	while (slice_next(&rest, '-', &word) && is_version_word(word))
		n = (size_t)(word.p + word.n - text.p);
	for (rest = slice_from(text, n + 1); slice_next(&rest, '-', &word);)
		if (word.n && is_digit(word.p[0]))
			return 0;
	return n;
}

/* "org.eclipse.osgi_3.18.0.v2023": Eclipse's names of bundles. */
static bool
split_bundle(struct slice stem, struct java_coordinates *out)
{
	struct slice name, version, rest, part;
	size_t dots = 0;
	if (!slice_cut(stem, '_', &name, &version) || name.n == 0 || version.n == 0 || !is_digit(version.p[0]))
		return false;
	for (rest = version; slice_next(&rest, '.', &part);)
		dots++;
	if (dots < 3)
		return false;
	*out = (struct java_coordinates){ .artifact = name, .version = version };
	return true;
}

struct java_coordinates
java_file_name(struct slice stem, struct slice told)
{
	struct java_coordinates out = { .artifact = stem };
	struct slice head = stem;
	if (told.n && slice_skip_end(&head, told) && slice_skip_end(&head, SLICE("-")) && head.n)
		return (struct java_coordinates){ .artifact = head, .version = told };
	for (size_t i = 1; i + 1 < stem.n; i++) {
		bool v = stem.p[i + 1] == 'v' && i + 2 < stem.n && is_digit(stem.p[i + 2]);
		if (stem.p[i] != '-' || !(v || is_digit(stem.p[i + 1])))
			continue;
		struct slice rest = slice_from(stem, i + 1 + v);
		size_t n = version_length(rest);
		if (n)
			return (struct java_coordinates){ .artifact = slice_first(stem, i), .version = slice_first(rest, n) };
	}
	split_bundle(stem, &out);
	return out;
}

static const struct {
	const char *group;
	unsigned since;
	const char *names;
} known[] = {
#define SINCE(group, major, names) { group, major, names },
#define KNOWN(group, names)        { group, 0, names },
#include "catalog/language/java_known.def"
#undef SINCE
#undef KNOWN
};

static uint64_t
major_of(struct slice version)
{
	uint64_t major = 0;
	size_t n = 0;
	while (n < version.n && is_digit(version.p[n]))
		n++;
	return slice_to_u64(slice_first(version, n), 10, &major) ? major : 0;
}

static struct slice
known_group(struct slice artifact, struct slice version)
{
	uint64_t major = major_of(version);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct slice rest = slice_of(known[i].names), name;
		while (known[i].since <= major && slice_next(&rest, ' ', &name))
			if (slice_find(name, '*') == SIZE_MAX ? slice_eq(name, artifact) : glob_match(name, artifact))
				return slice_of(known[i].group);
	}
	return SLICE_NONE;
}

/* A whole name of the table, which may have what looks like a version in it: log4j-1.2-api. */
static bool
is_known_name(struct slice name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct slice rest = slice_of(known[i].names), one;
		while (slice_next(&rest, ' ', &one))
			if (slice_eq(one, name))
				return true;
	}
	return false;
}

static bool
same_letter(char a, char b)
{
	return a == b || ((a == '.' || a == '-' || a == '_') && (b == '.' || b == '-' || b == '_'));
}

bool
java_same_words(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (!same_letter(a.p[i], b.p[i]))
			return false;
	return true;
}

/* Bundles are often called GROUP.ARTIFACT; a plain word for an artifact says nothing, for com.google.guava is com.google.guava:guava. */
static struct slice
group_before(struct slice symbol, struct slice artifact)
{
	bool is_behind = slice_find(artifact, '-') != SIZE_MAX && slice_skip_end(&symbol, artifact) && slice_skip_end(&symbol, SLICE("."));
	return is_behind && slice_find(symbol, '.') != SIZE_MAX ? symbol : SLICE_NONE;
}

/* Maven's plugin calls them GROUP.REST where the artifact begins with the group's last part and a hyphen: org.apache.maven.core. */
static struct slice
group_of_maven(struct slice symbol, struct slice artifact)
{
	for (size_t i = 1; i < symbol.n; i++) {
		struct slice begin = slice_first(symbol, i), last, before, rest = artifact;
		if (symbol.p[i] != '.' || !slice_cut_last(begin, '.', &before, &last))
			continue;
		if (slice_skip(&rest, last) && rest.n > 1 && rest.p[0] == '-' && java_same_words(slice_from(rest, 1), slice_from(symbol, i + 1)))
			return begin;
	}
	return SLICE_NONE;
}

static struct slice
group_of(const struct java_manifest *manifest, const struct java_coordinates *of)
{
	struct slice group = known_group(of->artifact, of->version), symbol = manifest->of[JAVA_SYMBOLIC_NAME];
	if (group.p == NULL)
		group = group_before(symbol, of->artifact);
	if (group.p == NULL)
		group = group_before(manifest->of[JAVA_MODULE_NAME], of->artifact);
	if (group.p == NULL && slice_find_text(manifest->of[JAVA_CREATED_BY], SLICE("Maven")) != SIZE_MAX)
		group = group_of_maven(symbol, of->artifact);
	return group;
}

/* Where repositories begin in a path. */
static const char *const repositories[] = { "repository", "maven-repo", "maven2", "maven", "m2", "repo", "system", NULL };

static bool
begins_repository(struct slice part)
{
	for (const char *const *r = repositories; *r; r++)
		if (slice_is(part, *r))
			return true;
	return false;
}

/* Splits the last part of a path off; absent where there is none. */
static struct slice
take_last(struct slice *path)
{
	struct slice last = path->n ? path_base(*path) : SLICE_NONE;
	*path = path_dir(*path);
	return last;
}

/* What of `path` lies behind the last part that begins a repository, which may not be its end. */
static struct slice
behind_repository(struct slice path)
{
	struct slice found = SLICE_NONE, rest = path, part;
	while (slice_next(&rest, '/', &part))
		if (begins_repository(part) && rest.n)
			found = rest;
	return found;
}

int
java_repository_group(struct slice path, const struct java_coordinates *of, struct arena *arena, struct slice *out, struct plim_error *err)
{
	struct slice rest = path_dir(path);
	struct slice last = take_last(&rest), second = take_last(&rest), third = take_last(&rest), fourth = take_last(&rest);
	*out = SLICE_NONE;
	/* Gradle: group/artifact/version/hash/file; Ivy: group/artifact/jars/file. */
	bool is_gradle = slice_eq(second, of->version) && slice_eq(third, of->artifact) && slice_is(path_base(rest), "files-2.1");
	bool is_ivy = slice_is(last, "jars") || slice_is(last, "bundles");
	if (is_gradle || (is_ivy && slice_eq(second, of->artifact) && slice_is(fourth, "cache"))) {
		*out = is_gradle ? fourth : third;
		return 0;
	}
	if (!slice_eq(last, of->version) || !slice_eq(second, of->artifact))
		return 0;
	struct slice folders = behind_repository(path_dir(path_dir(path_dir(path))));
	if (folders.n == 0)
		return 0;
	*out = arena_dup(arena, folders);
	for (size_t i = 0; out->p && i < out->n; i++)
		if (out->p[i] == '/')
			((char *)(uintptr_t)out->p)[i] = '.';
	return out->p ? 0 : java_nomem(arena, err);
}

static struct slice
first_of(const struct java_manifest *manifest, const enum java_attribute *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (java_is_plain(manifest->of[from[i]]))
			return manifest->of[from[i]];
	return SLICE_NONE;
}

/* Behind a number there may be words: "10.14.2.1 - (1828579)". */
static struct slice
told_version(const struct java_manifest *manifest)
{
	static const enum java_attribute from[] = { JAVA_PLUGIN_VERSION, JAVA_IMPLEMENTATION_VERSION, JAVA_BUNDLE_VERSION, JAVA_SPECIFICATION_VERSION };
	for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
		struct slice rest = manifest->of[from[i]], word;
		if (slice_word(&rest, &word) && java_is_plain(word) && (rest.n == 0 || is_digit(word.p[0])))
			return word;
	}
	return SLICE_NONE;
}

/* Letters and digits alone, lower case, compared from the end: "Apache Commons IO" ends as "commons-io" does. */
static bool
ends_alike(struct slice title, struct slice name)
{
	size_t t = title.n, matched = 0;
	for (size_t n = name.n; n-- > 0;) {
		struct slice a = { name.p + n, 1 };
		if (same_letter(*a.p, '-'))
			continue;
		while (t && (same_letter(title.p[t - 1], '-') || title.p[t - 1] == ' '))
			t--;
		if (t == 0 || !slice_eq_nocase(a, (struct slice){ title.p + t - 1, 1 }))
			return false;
		t--;
		matched++;
	}
	return matched > 0 && (t == 0 || same_letter(title.p[t - 1], '-') || title.p[t - 1] == ' ');
}

bool
java_manifest_names(const struct java_manifest *manifest, struct slice artifact)
{
	static const enum java_attribute titles[] = { JAVA_SYMBOLIC_NAME, JAVA_IMPLEMENTATION_TITLE, JAVA_BUNDLE_NAME, JAVA_MODULE_NAME,
		                                      JAVA_SPECIFICATION_TITLE, JAVA_EXTENSION_NAME, JAVA_SHORT_NAME, JAVA_ARTIFACT_ID };
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		struct slice title = manifest->of[titles[i]];
		if (title.n && (ends_alike(title, artifact) || ends_alike(artifact, title)))
			return true;
	}
	return false;
}

static bool
has_nocase(struct slice text, struct slice part)
{
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (slice_eq_nocase(slice_first(slice_from(text, i), part.n), part))
			return true;
	return false;
}

/* A name for an archive whose file has no version in its name: what the manifest says outright, the file's, or a title of one word. */
static struct slice
told_artifact(const struct java_manifest *manifest, struct slice stem)
{
	static const enum java_attribute exact[] = { JAVA_ARTIFACT_ID, JAVA_SHORT_NAME };
	struct slice artifact = first_of(manifest, exact, sizeof exact / sizeof *exact), title = manifest->of[JAVA_IMPLEMENTATION_TITLE];
	if (artifact.p)
		return artifact;
	bool is_name = java_is_plain(title) && slice_find(title, '.') == SIZE_MAX && slice_find(title, '/') == SIZE_MAX;
	return is_name && !has_nocase(stem, title) ? title : stem;
}

/* "catalina" or a distribution's "tomcat10-catalina" of Tomcat's folder is tomcat-catalina in repositories. */
static int
name_of_tomcat(struct java_coordinates *of, struct arena *arena, struct plim_error *err)
{
	struct slice rest = of->artifact;
	if (slice_skip(&rest, SLICE("tomcat"))) {
		while (rest.n && is_digit(rest.p[0]))
			rest = slice_from(rest, 1);
		slice_skip(&rest, SLICE("-"));
	}
	struct slice name = arena_printf(arena, "tomcat-%.*s", SLICE_ARG(rest));
	if (name.p == NULL)
		return java_nomem(arena, err);
	if (known_group(name, of->version).p)
		of->artifact = name;
	return 0;
}

/* Names that only this installation has, in the place of the one that repositories know. */
static int
name_as_published(const struct java_manifest *manifest, struct java_coordinates *of, struct arena *arena, struct plim_error *err)
{
	struct slice symbol = manifest->of[JAVA_SYMBOLIC_NAME];
	bool is_tomcat = slice_starts(symbol, SLICE("org.apache.tomcat-")) || slice_is(manifest->of[JAVA_IMPLEMENTATION_TITLE], "Apache Tomcat");
	if (is_tomcat)
		return name_of_tomcat(of, arena, err);
	/* Debian's log4j-1.2-1.2.17.jar */
	if (known_group(of->artifact, of->version).p == NULL && slice_starts(of->artifact, symbol) && known_group(symbol, of->version).p)
		of->artifact = symbol;
	return 0;
}

int
java_identify(struct slice path, const struct java_manifest *manifest, struct arena *arena, struct java_coordinates *out, bool *weak,
              struct plim_error *err)
{
	struct slice told = told_version(manifest), stem = java_archive_stem(path);
	struct java_coordinates file = is_known_name(stem) ? (struct java_coordinates){ .artifact = stem } : java_file_name(stem, told);
	*out = (struct java_coordinates){ .artifact = file.artifact, .version = file.version.n ? file.version : told };
	*weak = told.n == 0 || !(file.version.n == 0 || slice_starts(told, file.version) || slice_starts(file.version, told));
	if (file.version.n == 0)
		out->artifact = told_artifact(manifest, stem);
	if (out->version.n == 0 || !java_is_plain(out->artifact) || !java_is_plain(out->version)) {
		out->artifact = SLICE_NONE;
		return 0;
	}
	if (java_is_plain(manifest->of[JAVA_GROUP_ID]))
		out->group = manifest->of[JAVA_GROUP_ID];
	int r = out->group.p ? 0 : java_repository_group(path, out, arena, &out->group, err);
	if (r < 0 || out->group.n)
		return r;
	r = name_as_published(manifest, out, arena, err);
	out->group = group_of(manifest, out);
	return r;
}

struct slice
java_name(struct arena *arena, const struct java_coordinates *of)
{
	if (of->group.n == 0)
		return of->artifact;
	return arena_printf(arena, "%.*s:%.*s", SLICE_ARG(of->group), SLICE_ARG(of->artifact));
}
