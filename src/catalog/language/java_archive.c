/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java archives: jar, war, ear and their kin, and what lies inside them, in memory.  Only the directories are read, manifests,
 * poms, and archives in archives: a stored one in its place, a packed one unpacked for as long as it is looked at.
 */
#include "catalog/language/java.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "codec/zip.h"

/* The first section of a manifest stands in front of the checksums of all members, which nobody wants here. */
#define MANIFEST_BYTES ((size_t)1 << 18)

/* One file, with all that is in it. */
struct opening {
	struct rows *rows;
	struct slice path;
	struct strbuf inside;      /* where in it, "a.war!b.jar" */
	uint64_t unpacked, held;   /* bytes that it may still read, and keep */
	uint64_t archives, entries;
	bool over;                 /* one of these is used up: the rest is left alone */
};

/* One archive of it. */
struct archive {
	struct opening *opening;
	struct zip_walk walk;
	struct slice bytes, path;  /* of itself; its name tells who it is */
	size_t depth, problems;
};

/* What Maven leaves in META-INF/maven/GROUP/ARTIFACT. */
struct descriptor {
	struct slice folder;
	struct zip_member properties, pom;
	bool has_properties, has_pom;
	struct java_coordinates of;
	struct slice license, vendor, dependencies;
};

struct findings {
	struct arena *arena;
	VEC(struct descriptor) descriptors;
	struct map by_folder;      /* to an index, from 1 */
	struct map told;           /* coordinates that have a row */
	struct zip_member manifest_member;
	bool has_manifest;
	struct java_manifest manifest;
	const struct descriptor *own;
};

static void
auto_findings(struct findings *findings)
{
	arena_free(findings->arena);
	vec_done(&findings->descriptors);
	map_done(&findings->by_folder);
	map_done(&findings->told);
}

/* The end of a long name tells more than its beginning. */
static struct slice
short_name(struct slice name)
{
	return name.n > 200 ? slice_from(name, name.n - 200) : name;
}

/* A problem of one member, or of the archive where `member` is empty.  Others may follow, but not without end. */
static int
tell(struct archive *archive, struct slice member, const char *text, struct plim_error *err)
{
	struct opening *o = archive->opening;
	struct slice inside = short_name(strbuf_slice(&o->inside)), name = short_name(member);
	if (archive->problems++ >= LIMIT_JAR_PROBLEM_COUNT)
		return 0;
	if (archive->problems == LIMIT_JAR_PROBLEM_COUNT)
		return rows_problem(o->rows, err, "%.*s%sbeyond limit JAR_PROBLEM_COUNT: other members are not told of", SLICE_ARG(inside), inside.n ? ": " : "");
	return rows_problem(o->rows, err, "%.*s%s%.*s%s%s", SLICE_ARG(inside), inside.n && name.n ? "!" : "", SLICE_ARG(name),
	                    inside.n || name.n ? ": " : "", text);
}

/* An error of one member becomes a problem; what is ours (memory) or the block's stays an error. */
static int
forgive(struct archive *archive, struct slice member, int r, const struct plim_error *why, struct plim_error *err)
{
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	return r < 0 ? tell(archive, member, why->text, err) : r;
}

static int
end_all(struct archive *archive, struct slice member, const char *limit, struct plim_error *err)
{
	archive->opening->over = true;
	archive->problems = 0;
	return tell(archive, member, limit, err);
}

#define TOO_MUCH "limit JAR_UNPACKED_BYTES: neither this nor what follows is read"

/* Members may be the same bytes many times over, which take time to unpack or to digest each time. */
static bool
may_read(struct opening *o, uint64_t size)
{
	if (size > o->unpacked)
		return false;
	o->unpacked -= size;
	return true;
}

/* Unpacks a member, or its beginning; no bytes and no error where it became a problem. */
static int
read_member(struct archive *archive, const struct zip_member *member, size_t most, char **out, struct slice *text, struct plim_error *err)
{
	struct opening *o = archive->opening;
	struct plim_error why = { 0 };
	struct slice packed;
	*text = SLICE_NONE;
	int r = zip_walk_packed(&archive->walk, member, &packed, &why);
	if (r < 0)
		return forgive(archive, member->name, r, &why, err);
	if (!may_read(o, member->size < most ? member->size : most))
		return end_all(archive, member->name, TOO_MUCH, err);
	r = zip_unpack(member, packed, most, out, &text->n, &why);
	if (r == 0)
		text->p = *out;
	return forgive(archive, member->name, r, &why, err);
}

static bool
is_maven_folder(struct slice folder)
{
	return slice_starts(folder, SLICE("META-INF/maven/")) || slice_find_text(folder, SLICE("/META-INF/maven/")) != SIZE_MAX;
}

static int
take_descriptor(struct archive *archive, struct findings *findings, const struct zip_member *member, bool is_pom, struct plim_error *err)
{
	struct slice folder = path_dir(member->name);
	void **place = map_place(&findings->by_folder, folder);
	if (place == NULL)
		return error_nomem(err);
	if (*place == NULL && findings->descriptors.n >= LIMIT_JAR_POM_COUNT)
		return tell(archive, member->name, "limit JAR_POM_COUNT: it is not read", err);
	if (*place == NULL) {
		struct descriptor *made = vec_push(&findings->descriptors);
		if (made == NULL)
			return error_nomem(err);
		made->folder = folder;
		*place = (void *)(uintptr_t)findings->descriptors.n;
	}
	struct descriptor *d = &findings->descriptors.at[(uintptr_t)*place - 1];
	*(is_pom ? &d->pom : &d->properties) = *member;
	*(is_pom ? &d->has_pom : &d->has_properties) = true;
	return 0;
}

static int
take_member(struct archive *archive, struct findings *findings, const struct zip_member *member, struct plim_error *err)
{
	struct slice name = path_base(member->name);
	if (slice_eq_nocase(member->name, SLICE("META-INF/MANIFEST.MF"))) {
		findings->manifest_member = *member;
		findings->has_manifest = true;
	}
	bool is_pom = slice_is(name, "pom.xml");
	if ((is_pom || slice_is(name, "pom.properties")) && path_dir(member->name).p && is_maven_folder(path_dir(member->name)))
		return take_descriptor(archive, findings, member, is_pom, err);
	return 0;
}

/* 1 and a member, 0 at the end, which may come early where limits are reached or the directory is damaged. */
static int
next_member(struct archive *archive, struct zip_walk *walk, struct zip_member *out, bool tells, struct plim_error *err)
{
	struct plim_error why = { 0 };
	if (archive->opening->over)
		return 0;
	if (archive->opening->entries++ >= LIMIT_JAR_ENTRY_COUNT)
		return end_all(archive, SLICE_NONE, "limit JAR_ENTRY_COUNT: what follows is not read", err);
	int r = zip_walk_next(walk, out, &why);
	return r < 0 && !tells ? 0 : forgive(archive, SLICE_NONE, r, &why, err);
}

static int
collect(struct archive *archive, struct findings *findings, struct plim_error *err)
{
	struct zip_walk walk = archive->walk;
	struct zip_member member;
	int r;
	while ((r = next_member(archive, &walk, &member, true, err)) > 0)
		if ((r = take_member(archive, findings, &member, err)) < 0)
			return r;
	return r;
}

static int
read_manifest(struct archive *archive, struct findings *findings, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	struct slice text;
	struct plim_error why = { 0 };
	if (!findings->has_manifest)
		return 0;
	int r = read_member(archive, &findings->manifest_member, MANIFEST_BYTES, &bytes, &text, err);
	if (r < 0 || text.p == NULL)
		return r;
	r = java_manifest_read(text, findings->arena, &findings->manifest, &why);
	return forgive(archive, findings->manifest_member.name, r, &why, err);
}

/* A text that must be read whole. */
static int
read_whole(struct archive *archive, const struct zip_member *member, char **bytes, struct slice *text, struct plim_error *err)
{
	*text = SLICE_NONE;
	if (member->size > LIMIT_JAR_TEXT_BYTES)
		return tell(archive, member->name, "limit JAR_TEXT_BYTES: it is not read", err);
	return read_member(archive, member, LIMIT_JAR_TEXT_BYTES, bytes, text, err);
}

static int
read_properties(struct archive *archive, struct findings *findings, struct descriptor *d, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	struct slice text;
	struct plim_error why = { 0 };
	int r = d->has_properties ? read_whole(archive, &d->properties, &bytes, &text, err) : 0;
	if (r < 0 || bytes == NULL)
		return r;
	r = java_properties_read(text, findings->arena, &d->of, &why);
	return forgive(archive, d->properties.name, r, &why, err);
}

/* Names of what is needed where it runs. */
static int
take_dependencies(struct findings *findings, const struct java_pom *pom, struct descriptor *d, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	for (const struct java_dependency *dependency = pom->dependencies; dependency; dependency = dependency->next) {
		const struct java_coordinates *of = &dependency->of;
		bool is_needed = dependency->scope.n == 0 || slice_is(dependency->scope, "compile") || slice_is(dependency->scope, "runtime");
		if (!is_needed || slice_is(dependency->optional, "true") || of->group.n == 0 || of->artifact.n == 0)
			continue;
		if (text.n + of->group.n + of->artifact.n + 2 > LIMIT_ROW_TEXT_BYTES)
			return error_set(err, PLIM_ELIMIT, "limit ROW_TEXT_BYTES: not all dependencies are told");
		strbuf_printf(&text, "%s%.*s:%.*s", text.n ? "\n" : "", SLICE_ARG(of->group), SLICE_ARG(of->artifact));
	}
	if (text.failed)
		return error_nomem(err);
	d->dependencies = text.n ? arena_dup(findings->arena, strbuf_slice(&text)) : SLICE_NONE;
	return text.n && d->dependencies.p == NULL ? java_nomem(findings->arena, err) : 0;
}

static void
fill_missing(struct java_coordinates *into, const struct java_coordinates *from)
{
	if (into->group.n == 0)
		into->group = from->group;
	if (into->artifact.n == 0)
		into->artifact = from->artifact;
	if (into->version.n == 0)
		into->version = from->version;
}

static int
read_pom(struct archive *archive, struct findings *findings, struct descriptor *d, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	struct slice text;
	struct plim_error why = { 0 };
	struct java_pom pom;
	int r = d->has_pom ? read_whole(archive, &d->pom, &bytes, &text, err) : 0;
	if (r < 0 || bytes == NULL)
		return r;
	r = java_pom_read(text, findings->arena, &pom, &why);
	if (r == 0) {
		fill_missing(&d->of, &pom.of);
		d->license = pom.license;
		d->vendor = pom.vendor;
		r = take_dependencies(findings, &pom, d, &why);
	}
	return forgive(archive, d->pom.name, r, &why, err);
}

/* The folder has group and artifact in its name, for those that Maven has not filled in. */
static void
read_folder(struct descriptor *d)
{
	struct slice artifact = path_base(d->folder), group = path_base(path_dir(d->folder));
	struct java_coordinates of = { .group = java_is_plain(group) && !slice_is(group, "maven") ? group : SLICE_NONE,
		                       .artifact = java_is_plain(artifact) ? artifact : SLICE_NONE };
	if (of.group.n)
		fill_missing(&d->of, &of);
}

static int
read_descriptors(struct archive *archive, struct findings *findings, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < findings->descriptors.n; i++) {
		struct descriptor *d = &findings->descriptors.at[i];
		r = read_properties(archive, findings, d, err);
		if (r == 0)
			r = read_pom(archive, findings, d, err);
		read_folder(d);
	}
	return r;
}

/* "log4j" is told by log4j-1.2.17.jar and by log4j.jar, and by log4j-patched.jar if nothing else fits. */
static int
fitness(const struct descriptor *d, const struct java_coordinates *file, struct slice stem, const struct java_manifest *manifest)
{
	struct slice rest = stem;
	if (!slice_starts(d->folder, SLICE("META-INF/maven/")) || d->of.artifact.n == 0)
		return 0;
	if (slice_eq(d->of.artifact, file->artifact) || java_same_words(d->of.artifact, stem))
		return 4;
	if (java_manifest_names(manifest, d->of.artifact))
		return slice_eq(d->of.version, manifest->of[JAVA_IMPLEMENTATION_VERSION]) ? 3 : 2;
	return slice_skip(&rest, d->of.artifact) && rest.n && (rest.p[0] == '-' || rest.p[0] == '_' || rest.p[0] == '.');
}

/* Which of its poms is the archive's own: the one that fits best; a single one also where nothing contradicts it. */
static const struct descriptor *
choose_own(const struct archive *archive, const struct findings *findings)
{
	struct slice stem = java_archive_stem(archive->path);
	struct java_coordinates file = java_file_name(stem, SLICE_NONE);
	const struct descriptor *best = NULL;
	int most = 0;
	for (size_t i = 0; i < findings->descriptors.n; i++) {
		const struct descriptor *d = &findings->descriptors.at[i];
		int fits = fitness(d, &file, stem, &findings->manifest);
		if (fits > most) {
			best = d;
			most = fits;
		}
	}
	if (best || findings->descriptors.n != 1)
		return best;
	best = &findings->descriptors.at[0];
	bool is_other = file.version.n && !slice_eq(file.version, best->of.version);
	return is_other || java_manifest_names(&findings->manifest, file.artifact) ? NULL : best;
}

/* Whether these coordinates are new in this archive. */
static int
is_new(struct findings *findings, struct slice name, struct slice version, bool *out, struct plim_error *err)
{
	struct slice key = arena_printf(findings->arena, "%.*s %.*s", SLICE_ARG(name), SLICE_ARG(version));
	void **place = key.p ? map_place(&findings->told, key) : NULL;
	if (key.p == NULL)
		return java_nomem(findings->arena, err);
	if (place == NULL)
		return error_nomem(err);
	*out = *place == NULL;
	*place = findings;
	return 0;
}

static struct slice
fitting(struct slice text)
{
	return text.n <= LIMIT_ROW_TEXT_BYTES ? text : SLICE_NONE;
}

static int
add_row(struct archive *archive, struct findings *findings, const struct java_coordinates *of, const struct descriptor *d, bool is_own, bool is_weak,
        struct plim_error *err)
{
	struct slice name = java_name(findings->arena, of), inside = strbuf_slice(&archive->opening->inside);
	const struct java_manifest *manifest = &findings->manifest;
	bool is_first = false;
	int r = name.p ? is_new(findings, name, of->version, &is_first, err) : java_nomem(findings->arena, err);
	if (r < 0 || !is_first)
		return r;
	struct slice fields[PACKAGE_FIELD_COUNT] = {
		[PACKAGE_TYPE] = SLICE("maven"),
		[PACKAGE_NAME] = name,
		[PACKAGE_VERSION] = of->version,
		[PACKAGE_INSIDE] = inside.n ? inside : SLICE_NONE,
		[PACKAGE_LICENSE] = d ? fitting(d->license) : SLICE_NONE,
		[PACKAGE_VENDOR] = d ? fitting(d->vendor) : SLICE_NONE,
		[PACKAGE_DEPENDENCIES] = d ? d->dependencies : SLICE_NONE,
		[PACKAGE_EVIDENCE] = is_weak ? SLICE("filename") : SLICE_NONE,
	};
	char text[DIGEST_TEXT_SIZE];
	if (is_own) {
		struct digest digest = digest_by(DIGEST_SHA1, archive->bytes);
		fields[PACKAGE_CHECKSUM] = slice_of(digest_text(&digest, text));
		if (fields[PACKAGE_LICENSE].n == 0)
			fields[PACKAGE_LICENSE] = fitting(manifest->of[JAVA_BUNDLE_LICENSE]);
		if (fields[PACKAGE_VENDOR].n == 0)
			fields[PACKAGE_VENDOR] = fitting(java_manifest_vendor(manifest));
	}
	return rows_add(archive->opening->rows, ROW_PACKAGE, 0, fields, PACKAGE_FIELD_COUNT, err);
}

static int
add_descriptor(struct archive *archive, struct findings *findings, const struct descriptor *d, struct plim_error *err)
{
	bool is_own = d == findings->own, is_weak = false;
	struct java_coordinates of = d->of;
	if (is_own && of.version.n == 0) {
		struct java_coordinates told = { 0 };
		int r = java_identify(archive->path, &findings->manifest, findings->arena, &told, &is_weak, err);
		if (r < 0)
			return r;
		of.version = told.version;
	}
	if (of.artifact.n == 0 || of.version.n == 0) {
		const struct zip_member *member = d->has_properties ? &d->properties : &d->pom;
		return tell(archive, member->name, of.artifact.n ? "it tells no version" : "it names no artifact", err);
	}
	return add_row(archive, findings, &of, d, is_own, is_weak, err);
}

/* An archive of no pom's is still somebody. */
static int
add_itself(struct archive *archive, struct findings *findings, struct plim_error *err)
{
	struct java_coordinates of;
	bool is_weak;
	if (findings->own)
		return 0;
	int r = java_identify(archive->path, &findings->manifest, findings->arena, &of, &is_weak, err);
	if (r < 0 || of.artifact.n == 0)
		return r;
	return add_row(archive, findings, &of, NULL, true, is_weak, err);
}

static int
add_rows(struct archive *archive, struct findings *findings, struct plim_error *err)
{
	findings->own = choose_own(archive, findings);
	int r = add_itself(archive, findings, err);
	for (size_t i = 0; r == 0 && i < findings->descriptors.n; i++)
		r = add_descriptor(archive, findings, &findings->descriptors.at[i], err);
	return r;
}

static int
identify(struct archive *archive, struct plim_error *err)
{
	AUTO(findings) struct findings findings = { .arena = arena_new(LIMIT_JAR_METADATA_BYTES) };
	struct plim_error why = { 0 };
	if (findings.arena == NULL)
		return error_nomem(err);
	int r = collect(archive, &findings, err);
	if (r == 0)
		r = read_manifest(archive, &findings, err);
	if (r == 0)
		r = read_descriptors(archive, &findings, err);
	if (r < 0)
		return r;
	r = add_rows(archive, &findings, &why);
	if (r == PLIM_ELIMIT && arena_full(findings.arena))
		return forgive(archive, SLICE_NONE, r, &why, err);
	return r < 0 ? error_set(err, r, "%s", why.text) : 0;
}

static int open_archive(struct archive *archive, struct plim_error *err);

static int
open_inner(struct archive *outer, const struct zip_member *member, struct slice bytes, struct plim_error *err)
{
	struct opening *o = outer->opening;
	struct archive inner = { .opening = o, .bytes = bytes, .path = member->name, .depth = outer->depth + 1 };
	struct plim_error why = { 0 };
	size_t n = o->inside.n;
	if (java_archive_kind(member->name) == 1 && !slice_starts(bytes, SLICE("PK")))
		return 0;
	if (++o->archives > LIMIT_JAR_ARCHIVE_COUNT)
		return end_all(outer, member->name, "limit JAR_ARCHIVE_COUNT: neither this nor what follows is read", err);
	int r = zip_walk_begin(bytes, &inner.walk, &why);
	if (r < 0)
		return forgive(outer, member->name, r, &why, err);
	strbuf_puts(&o->inside, n ? "!" : "");
	strbuf_put(&o->inside, member->name);
	r = o->inside.failed ? error_nomem(err) : open_archive(&inner, err);
	o->inside.n = n;
	return r;
}

static int
open_packed(struct archive *outer, const struct zip_member *member, struct plim_error *err)
{
	AUTO(free) char *bytes = NULL;
	struct opening *o = outer->opening;
	struct slice text;
	if (member->size > o->held)
		return tell(outer, member->name, "limit JAR_HELD_BYTES: it is not read", err);
	o->held -= member->size;
	int r = read_member(outer, member, SIZE_MAX, &bytes, &text, err);
	if (r == 0 && text.p)
		r = open_inner(outer, member, text, err);
	o->held += member->size;
	return r;
}

static int
take_inner(struct archive *outer, const struct zip_member *member, struct plim_error *err)
{
	struct plim_error why = { 0 };
	struct slice bytes;
	if (java_archive_kind(member->name) == 0)
		return 0;
	if (outer->depth >= LIMIT_JAR_DEPTH_COUNT)
		return tell(outer, member->name, "limit JAR_DEPTH_COUNT: it is not read", err);
	if (outer->opening->inside.n + member->name.n >= LIMIT_PATH_BYTES)
		return tell(outer, member->name, "limit PATH_BYTES: it is not read", err);
	if (member->size == 0)
		return tell(outer, member->name, "it is empty", err);
	if (!zip_member_is_stored(member))
		return open_packed(outer, member, err);
	int r = zip_walk_packed(&outer->walk, member, &bytes, &why);
	if (r < 0)
		return forgive(outer, member->name, r, &why, err);
	return may_read(outer->opening, bytes.n) ? open_inner(outer, member, bytes, err) : end_all(outer, member->name, TOO_MUCH, err);
}

/* `archive->walk` has begun. */
static int
open_archive(struct archive *archive, struct plim_error *err)
{
	struct zip_walk walk = archive->walk;
	struct zip_member member;
	int r = identify(archive, err);
	while (r == 0 && (r = next_member(archive, &walk, &member, false, err)) > 0)
		r = take_inner(archive, &member, err);
	return r;
}

static int
extract(struct slice path, struct slice body, struct rows *rows, struct plim_error *err)
{
	struct opening opening = { .rows = rows, .path = path, .unpacked = LIMIT_JAR_UNPACKED_BYTES, .held = LIMIT_JAR_HELD_BYTES };
	struct archive archive = { .opening = &opening, .bytes = body, .path = path };
	if (java_archive_kind(path) == 1 && !slice_starts(body, SLICE("PK")))
		return 0;
	int r = zip_walk_begin(body, &archive.walk, err);
	if (r == 0)
		r = open_archive(&archive, err);
	strbuf_done(&opening.inside);
	return r;
}

const struct cataloger cataloger_java_archive = {
	.name = "java_archive",
	.paths = (const char *const[]){ "**/*.jar", "**/*.war", "**/*.ear", "**/*.par", "**/*.sar", "**/*.nar", "**/*.kar", "**/*.hpi", "**/*.jpi", "**/*.lpkg",
	                                "**/*.rar", "**/*.aar", "**/*.JAR", "**/*.WAR", "**/*.EAR", "**/*.Jar", "**/*.War", "**/*.Ear", "**/*.RAR", "**/*.AAR", NULL },
	.extract = extract,
};
