/* SPDX-License-Identifier: Apache-2.0 */
/* What a document means, whoever made it: packages, their sources, the operating system, and what it does not tell. */
#include "sbom/document.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "catalog/inventory.h"
#include "catalog/rows.h"
#include "codec/purl.h"

/* What no part says where it was found has this path. */
#define DOCUMENT_PATH "sbom"

struct meaning {
	const struct sbom_document *document;
	struct block_builder *into;
	struct arena *arena;
	struct map entries;        /* path without its first slash: its entry + 1 */
	struct map directories;    /* that have an entry below them */
	uint32_t own_entry;
	struct map of_ref;         /* ref: struct part * */
	struct map needs;          /* ref: struct strbuf * of names, a line each; see needs_of */
	VEC(struct strbuf *) texts;
	struct slice distro;       /* of the first package that tells one, "debian-12" */
	bool distros_differ;
	size_t without_purl, sources_told, sources_untold;
	bool has_system;
};

static int
problem(struct meaning *m, struct slice text, struct plim_error *err)
{
	return text.p ? block_add_problem(m->into, m->own_entry, SLICE("sbom"), text, err) : error_nomem(err);
}

/* places */

static bool
has_entry(const struct map *map, struct slice path)
{
	return map_find(map, path) != NULL;
}

/* A file cannot be a directory as well: of two that contradict each other the first stands. */
static bool
fits_tree(const struct meaning *m, struct slice path)
{
	if (has_entry(&m->directories, path))
		return false;
	for (path = path_dir(path); path.n; path = path_dir(path))
		if (has_entry(&m->entries, path))
			return false;
	return true;
}

static bool
is_clean(struct slice path)
{
	struct slice component;
	if (path.n == 0 || path.n > LIMIT_PATH_BYTES || slice_find(path, 0) != SIZE_MAX)
		return false;
	while (slice_next(&path, '/', &component))
		if (component.n == 0 || slice_is(component, ".") || slice_is(component, ".."))
			return false;
	return true;
}

static int
note_directories(struct meaning *m, struct slice path, struct plim_error *err)
{
	for (path = path_dir(path); path.n && !has_entry(&m->directories, path); path = path_dir(path)) {
		void **place = map_place(&m->directories, path);
		if (place == NULL)
			return error_nomem(err);
		*place = m;
	}
	return 0;
}

static int
add_entry(struct meaning *m, struct slice path, uint32_t mode, uint32_t *out, struct plim_error *err)
{
	const struct entry entry = { .path = path, .type = ENTRY_FILE, .mode = mode, .size = 1, .flags = ENTRY_EXTRACTED };
	void **place = map_place(&m->entries, path);
	if (place == NULL)
		return error_nomem(err);
	int r = block_add_entry(m->into, &entry, out, err);
	if (r < 0)
		return r;
	*place = (void *)(uintptr_t)(*out + 1);
	return note_directories(m, path, err);
}

/* The entry of a told location, the document's own where it can have none. */
static int
entry_of(struct meaning *m, struct slice location, uint32_t mode, uint32_t *out, struct plim_error *err)
{
	while (slice_skip(&location, SLICE("/")))
		continue;
	void *known = is_clean(location) ? map_find(&m->entries, location) : NULL;
	*out = known ? (uint32_t)(uintptr_t)known - 1 : m->own_entry;
	if (known || !is_clean(location) || !fits_tree(m, location))
		return 0;
	return add_entry(m, location, mode, out, err);
}

/* Where makers say that they found a package. */
static struct slice
location_of(const struct part *part)
{
	static const char *const names[] = { "plimsoll:path", "syft:location:0:path", "aquasecurity:trivy:FilePath", "SrcFile" };
	struct slice found = SLICE_NONE, info = part->source_info, head, rest;
	for (size_t i = 0; found.n == 0 && i < sizeof names / sizeof *names; i++)
		found = sbom_property(part, names[i]);
	if (found.n == 0)
		found = part->location;
	if (found.n == 0 && slice_skip(&info, SLICE("acquired package info from "))) {
		size_t at = slice_find_text(info, SLICE(": "));
		slice_cut(at == SIZE_MAX ? SLICE_NONE : slice_from(info, at + 2), ',', &head, &rest);
		found = head;
	}
	return found;
}

/* packages */

struct package_told {
	struct slice fields[PACKAGE_FIELD_COUNT];
	struct purl purl;
	bool has_purl;
};

/* How an ecosystem's own listing spells what a purl has in two parts. */
static struct slice
name_of_purl(const struct purl *purl, struct arena *arena)
{
	if (purl->namespace.n == 0 || package_type_is_system(purl->type))
		return purl->name;
	const char *between = slice_is(purl->type, "maven") ? ":" : "/";
	return arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(purl->namespace), between, SLICE_ARG(purl->name));
}

/* A purl may have lost its capitals, the component's own name not. */
static struct slice
name_of(const struct part *part, const struct purl *purl, struct arena *arena)
{
	struct slice told = name_of_purl(purl, arena), own = part->name;
	if (told.p && slice_eq_nocase(own, told))
		return own;
	if (slice_is(purl->type, "pypi") && own.n == told.n) {
		for (size_t i = 0; i < own.n; i++)
			if (strchr("-_.", own.p[i]) == NULL && !slice_eq_nocase((struct slice){ own.p + i, 1 }, (struct slice){ told.p + i, 1 }))
				return told;
		return own;
	}
	return told;
}

static struct slice
version_of(const struct part *part, const struct purl *purl, struct arena *arena)
{
	struct slice epoch = purl_qualifier(purl, "epoch"), version = purl->version.n ? purl->version : part->version;
	bool has = slice_find(version, ':') != SIZE_MAX;
	if (epoch.n == 0 || has || slice_is(epoch, "0"))
		return version;
	return arena_printf(arena, "%.*s:%.*s", SLICE_ARG(epoch), SLICE_ARG(version));
}

static void
take_source_rpm(struct slice text, struct slice *fields)
{
	struct slice head, version, release, name;
	slice_skip_end(&text, SLICE(".src.rpm"));
	if (!slice_cut_last(text, '-', &head, &release) || !slice_cut_last(head, '-', &name, &version))
		return;
	fields[PACKAGE_SOURCE] = name;
	fields[PACKAGE_SOURCE_VERSION] = slice_range(version.p, release.p + release.n);
}

/* "glibc", "glibc@2.36-9", "bash-4.4.20-4.el8.src.rpm" */
static void
take_upstream(struct slice text, struct slice *fields)
{
	if (slice_ends(text, SLICE(".src.rpm"))) {
		take_source_rpm(text, fields);
		return;
	}
	slice_cut(text, '@', &fields[PACKAGE_SOURCE], &fields[PACKAGE_SOURCE_VERSION]);
}

static int
take_trivy_source(const struct part *part, struct slice *fields, struct arena *arena, struct plim_error *err)
{
	struct slice epoch = sbom_property(part, "aquasecurity:trivy:SrcEpoch"), version = sbom_property(part, "aquasecurity:trivy:SrcVersion");
	struct slice release = sbom_property(part, "aquasecurity:trivy:SrcRelease");
	fields[PACKAGE_SOURCE] = sbom_property(part, "aquasecurity:trivy:SrcName");
	if (fields[PACKAGE_SOURCE].n == 0 || version.n == 0)
		return 0;
	fields[PACKAGE_SOURCE_VERSION] = arena_printf(arena, "%.*s%s%.*s%s%.*s", SLICE_ARG(epoch), epoch.n ? ":" : "", SLICE_ARG(version),
	                                              release.n ? "-" : "", SLICE_ARG(release));
	return fields[PACKAGE_SOURCE_VERSION].p ? 0 : error_nomem(err);
}

static int
take_source(struct meaning *m, const struct part *part, struct package_told *told, struct plim_error *err)
{
	struct slice *fields = told->fields, info = part->source_info, upstream = purl_qualifier(&told->purl, "upstream");
	fields[PACKAGE_SOURCE] = sbom_property(part, "plimsoll:source");
	fields[PACKAGE_SOURCE_VERSION] = sbom_property(part, "plimsoll:source_version");
	if (fields[PACKAGE_SOURCE].n == 0) {
		int r = take_trivy_source(part, fields, m->arena, err);
		if (r < 0)
			return r;
	}
	if (fields[PACKAGE_SOURCE].n == 0 && upstream.n)
		take_upstream(upstream, fields);
	if (fields[PACKAGE_SOURCE].n == 0 && slice_skip(&info, SLICE("built package from: "))) {
		slice_word(&info, &fields[PACKAGE_SOURCE]);
		slice_word(&info, &fields[PACKAGE_SOURCE_VERSION]);
	}
	if (!package_type_is_system(fields[PACKAGE_TYPE]))
		return 0;
	/* The file of a source rpm has no epoch in its name. */
	struct slice epoch, rest;
	if (slice_is(fields[PACKAGE_TYPE], "rpm") && slice_cut(fields[PACKAGE_SOURCE_VERSION], ':', &epoch, &rest))
		fields[PACKAGE_SOURCE_VERSION] = rest;
	bool named = fields[PACKAGE_SOURCE].n > 0;
	m->sources_told += named;
	m->sources_untold += !named;
	if (!named)
		fields[PACKAGE_SOURCE] = fields[PACKAGE_NAME];
	if (fields[PACKAGE_SOURCE_VERSION].n == 0)
		fields[PACKAGE_SOURCE_VERSION] = fields[PACKAGE_VERSION];
	return 0;
}

static void
take_own_properties(const struct part *part, struct slice *fields)
{
	static const struct {
		const char *name;
		int field;
	} places[] = {
		{ "plimsoll:type", PACKAGE_TYPE }, { "plimsoll:name", PACKAGE_NAME }, { "plimsoll:version", PACKAGE_VERSION },
		{ "plimsoll:epoch", PACKAGE_EPOCH }, { "plimsoll:arch", PACKAGE_ARCH }, { "plimsoll:module", PACKAGE_MODULE },
		{ "plimsoll:license", PACKAGE_LICENSE }, { "plimsoll:license:expression", PACKAGE_EXPRESSION },
		{ "plimsoll:evidence", PACKAGE_EVIDENCE }, { "plimsoll:checksum", PACKAGE_CHECKSUM }, { "plimsoll:cpe", PACKAGE_CPE },
		{ "plimsoll:root", PACKAGE_ROOT }, { "plimsoll:scope", PACKAGE_SCOPE },
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct slice value = sbom_property(part, places[i].name);
		if (value.n)
			fields[places[i].field] = value;
	}
}

/* Types that some make up for packages of a distribution. */
static struct slice
type_of(struct slice type)
{
	static const char *const of_rpm[] = { "cbl-mariner", "azurelinux", "photon", "amazon", "oracle", "suse" };
	for (size_t i = 0; i < sizeof of_rpm / sizeof *of_rpm; i++)
		if (slice_is(type, of_rpm[i]))
			return SLICE("rpm");
	return type;
}

static void
note_distro(struct meaning *m, const struct purl *purl)
{
	struct slice distro = purl_qualifier(purl, "distro");
	if (distro.n == 0 || !package_type_is_system(type_of(purl->type)))
		return;
	if (m->distro.n == 0)
		m->distro = distro;
	m->distros_differ |= !slice_eq(m->distro, distro);
}

static int
tell_package(struct meaning *m, const struct part *part, struct package_told *told, struct plim_error *err)
{
	struct slice *fields = told->fields;
	if (told->has_purl) {
		fields[PACKAGE_TYPE] = type_of(told->purl.type);
		fields[PACKAGE_NAME] = name_of(part, &told->purl, m->arena);
		fields[PACKAGE_VERSION] = version_of(part, &told->purl, m->arena);
		fields[PACKAGE_ARCH] = purl_qualifier(&told->purl, "arch");
		fields[PACKAGE_EPOCH] = purl_qualifier(&told->purl, "epoch");
		fields[PACKAGE_MODULE] = purl_qualifier(&told->purl, "rpmmod");
		if (fields[PACKAGE_NAME].p == NULL || (told->purl.version.n && fields[PACKAGE_VERSION].p == NULL))
			return error_nomem(err);
		note_distro(m, &told->purl);
		fields[PACKAGE_PURL] = part->purl;
	}
	fields[PACKAGE_LICENSE] = part->license;
	fields[PACKAGE_VENDOR] = part->vendor;
	fields[PACKAGE_CHECKSUM] = part->checksum;
	take_own_properties(part, fields);
	return take_source(m, part, told, err);
}

/* What the ref needs, by names of the same type: as a package's own metadata would say it. */
static int
take_needs(struct meaning *m, const struct part *part, struct package_told *told)
{
	struct strbuf *names = part->ref.n ? map_find(&m->needs, part->ref) : NULL;
	if (names && names->n && names->n < LIMIT_ROW_TEXT_BYTES)
		told->fields[PACKAGE_DEPENDENCIES] = strbuf_slice(names);
	return 0;
}

static int
add_owner(struct meaning *m, const struct part *part, struct slice location, uint32_t entry, struct plim_error *err)
{
	struct slice fields[FILE_LIST_FIELD_COUNT] = { [FILE_LIST_TYPE] = sbom_property(part, "plimsoll:owner:type"),
		                                       [FILE_LIST_PACKAGE] = sbom_property(part, "plimsoll:owner") };
	if (fields[FILE_LIST_PACKAGE].n == 0 || fields[FILE_LIST_TYPE].n == 0 || entry == m->own_entry)
		return 0;
	while (slice_skip(&location, SLICE("/")))
		continue;
	fields[FILE_LIST_FILES] = location;
	return block_add_row(m->into, ROW_FILE_LIST, entry, 0, fields, FILE_LIST_FIELD_COUNT, err);
}

/* A text beyond the limit of rows costs its package, and says so. */
static int
add_row(struct meaning *m, const struct part *part, size_t at, uint32_t entry, const struct package_told *told, struct plim_error *err)
{
	for (size_t i = 0; i < PACKAGE_FIELD_COUNT; i++)
		if (told->fields[i].n > LIMIT_ROW_TEXT_BYTES)
			return problem(m, arena_printf(m->arena, "component %zu: a text is longer than limit ROW_TEXT_BYTES", at), err);
	(void)part;
	return block_add_row(m->into, ROW_PACKAGE, entry, 0, told->fields, PACKAGE_FIELD_COUNT, err);
}

static int
add_package(struct meaning *m, const struct part *part, size_t at, struct package_told *told, struct plim_error *err)
{
	struct slice location = location_of(part), file, inside = SLICE_NONE;
	uint32_t entry;
	int r = tell_package(m, part, told, err);
	if (r < 0 || (r = take_needs(m, part, told)) < 0)
		return r;
	if (told->fields[PACKAGE_VERSION].n == 0 || told->fields[PACKAGE_NAME].n == 0)
		return problem(m, arena_printf(m->arena, "component %zu: a package without name or version", at), err);
	slice_cut(location, '!', &file, &inside);
	if ((r = entry_of(m, file, 0644, &entry, err)) < 0)
		return r;
	if (entry != m->own_entry)
		told->fields[PACKAGE_INSIDE] = inside;
	r = add_owner(m, part, file, entry, err);
	return r < 0 ? r : add_row(m, part, at, entry, told, err);
}

/* Images and the like have one too, and are no packages. */
static bool
is_no_package(struct slice type)
{
	return slice_is(type, "oci") || slice_is(type, "docker");
}

/* Trivy's own mark of a lock file that others were found in; its SPDX has no place for it. */
static bool
is_list(const struct meaning *m, const struct part *part)
{
	return sbom_property(part, "aquasecurity:trivy:Class").n || (part->may_be_list && slice_starts(m->document->tool, SLICE("trivy")));
}

static int
take_package(struct meaning *m, const struct part *part, size_t at, struct plim_error *err)
{
	struct package_told told = { 0 };
	struct plim_error why = { 0 };
	bool ours = sbom_property(part, "plimsoll:type").n > 0;
	if (part->purl.n) {
		int r = purl_parse(part->purl, m->arena, &told.purl, &why);
		if (r == PLIM_ENOMEM)
			return error_nomem(err);
		told.has_purl = r == 0;
		if (r < 0 && !ours)
			return problem(m, arena_printf(m->arena, "component %zu: its package URL: %s", at, why.text), err);
		if (r == 0 && is_no_package(told.purl.type))
			return 0;
	}
	if (told.has_purl || ours)
		return add_package(m, part, at, &told, err);
	if (part->needs_purl && !is_list(m, part))
		m->without_purl++;
	return 0;
}

/* the operating system */

/* What makers call distributions, and how much of a version os-release has. */
static const struct {
	const char *theirs, *id;
	int parts;    /* 0: all */
} distributions[] = {
	{ "debian", "debian", 1 },   { "centos", "centos", 1 },        { "redhat", "rhel", 2 },       { "amazon", "amzn", 1 },
	{ "amazonlinux", "amzn", 1 }, { "oracle", "ol", 2 },           { "oraclelinux", "ol", 2 },    { "alma", "almalinux", 2 },
	{ "rockylinux", "rocky", 2 }, { "suse linux enterprise server", "sles", 2 }, { "suse", "sles", 2 },
	{ "opensuse.leap", "opensuse-leap", 2 }, { "opensuse.tumbleweed", "opensuse-tumbleweed", 0 }, { "cbl-mariner", "mariner", 2 },
	{ "mariner", "mariner", 2 },  { "photon", "photon", 2 },       { "azurelinux", "azurelinux", 2 },
};

static struct slice
first_parts(struct slice version, int parts)
{
	size_t n = 0;
	for (; n < version.n; n++)
		if (version.p[n] == ' ' || (version.p[n] == '.' && --parts == 0))
			break;
	return slice_first(version, n);
}

static void
tell_system(struct slice name, struct slice version, struct slice *fields)
{
	fields[OS_RELEASE_ID] = name;
	fields[OS_RELEASE_VERSION_ID] = version;
	for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++)
		if (slice_eq_nocase(name, slice_of(distributions[i].theirs))) {
			fields[OS_RELEASE_ID] = slice_of(distributions[i].id);
			if (distributions[i].parts)
				fields[OS_RELEASE_VERSION_ID] = first_parts(version, distributions[i].parts);
		}
}

static int
add_system(struct meaning *m, const struct slice *fields, struct plim_error *err)
{
	uint32_t entry;
	int r = entry_of(m, SLICE("etc/os-release"), 0644, &entry, err);
	if (r < 0 || entry == m->own_entry)
		return r < 0 ? r : problem(m, SLICE("the operating system could not be noted: a file lies where /etc is"), err);
	m->has_system = true;
	for (size_t i = 0; i < OS_RELEASE_FIELD_COUNT; i++)
		if (fields[i].n > LIMIT_ROW_TEXT_BYTES)
			return problem(m, SLICE("the operating system has a text longer than limit ROW_TEXT_BYTES"), err);
	return block_add_row(m->into, ROW_OS_RELEASE, entry, 0, fields, OS_RELEASE_FIELD_COUNT, err);
}

static int
take_system(struct meaning *m, const struct part *part, struct plim_error *err)
{
	static const struct {
		const char *name;
		int field;
	} places[] = {
		{ "plimsoll:os:id", OS_RELEASE_ID }, { "plimsoll:os:version_id", OS_RELEASE_VERSION_ID }, { "plimsoll:os:name", OS_RELEASE_NAME },
		{ "plimsoll:os:version", OS_RELEASE_VERSION }, { "plimsoll:os:codename", OS_RELEASE_CODENAME },
		{ "plimsoll:os:pretty_name", OS_RELEASE_PRETTY_NAME }, { "plimsoll:os:id_like", OS_RELEASE_ID_LIKE },
		{ "syft:distro:id", OS_RELEASE_ID }, { "syft:distro:versionID", OS_RELEASE_VERSION_ID },
		{ "syft:distro:prettyName", OS_RELEASE_PRETTY_NAME }, { "syft:distro:versionCodename", OS_RELEASE_CODENAME },
	};
	struct slice fields[OS_RELEASE_FIELD_COUNT] = { 0 };
	if (m->has_system)
		return problem(m, SLICE("more than one operating system in one document"), err);
	tell_system(part->name, part->version, fields);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct slice value = sbom_property(part, places[i].name);
		if (value.n)
			fields[places[i].field] = value;
	}
	return add_system(m, fields, err);
}

/* "debian-12", "opensuse-leap-15.3" */
static int
system_of_packages(struct meaning *m, struct plim_error *err)
{
	struct slice fields[OS_RELEASE_FIELD_COUNT] = { 0 }, id, version;
	if (m->has_system || m->distro.n == 0)
		return 0;
	if (m->distros_differ)
		return problem(m, SLICE("its packages are of more than one distribution, and it names none"), err);
	if (!slice_cut_last(m->distro, '-', &id, &version) || version.n == 0 || version.p[0] < '0' || version.p[0] > '9') {
		id = m->distro;
		version = SLICE_NONE;
	}
	tell_system(id, version, fields);
	return add_system(m, fields, err);
}

/* files */

/* What nobody accounted for in the image is nobody's here. */
static int
take_file(struct meaning *m, const struct part *part, struct plim_error *err)
{
	struct slice kind = sbom_property(part, "plimsoll:unaccounted");
	struct slice fields[INTERPRETER_FIELD_COUNT] = { 0 };
	uint32_t entry;
	if (kind.n == 0)
		return 0;
	int r = entry_of(m, part->name, 0755, &entry, err);
	if (r < 0 || entry == m->own_entry || (!slice_is(kind, "elf") && !slice_is(kind, "script")))
		return r;
	fields[INTERPRETER_FORMAT] = kind;
	return block_add_row(m->into, ROW_INTERPRETER, entry, 0, fields, INTERPRETER_FIELD_COUNT, err);
}

/* needs */

static struct strbuf *
needs_of(struct meaning *m, struct slice ref)
{
	void **place = map_place(&m->needs, ref);
	if (place && *place == NULL) {
		struct strbuf **kept = vec_push(&m->texts);
		if (kept == NULL || (*kept = calloc(1, sizeof **kept)) == NULL)
			return NULL;
		*place = *kept;
	}
	return place ? *place : NULL;
}

static int
gather_needs(struct meaning *m, struct plim_error *err)
{
	struct sbom_document *document = (struct sbom_document *)(uintptr_t)m->document;
	vec_each (&document->parts, part) {
		void **place = part->ref.n ? map_place(&m->of_ref, part->ref) : NULL;
		if (part->ref.n && place == NULL)
			return error_nomem(err);
		if (place)
			*place = part;
	}
	vec_each (&document->needs, need) {
		const struct part *to = map_find(&m->of_ref, need->to);
		struct strbuf *names = to && map_find(&m->of_ref, need->from) ? needs_of(m, need->from) : NULL;
		struct purl purl;
		if (names == NULL || to->purl.n == 0 || names->n > LIMIT_ROW_TEXT_BYTES || purl_parse(to->purl, m->arena, &purl, NULL) < 0)
			continue;
		struct slice name = name_of(to, &purl, m->arena);
		strbuf_puts(names, names->n ? "\n" : "");
		strbuf_put(names, name);
		if (names->failed)
			return error_nomem(err);
	}
	return 0;
}

/* of itself */

/* As the image had it: by the cataloger that met it, at its file where the document can have one there. */
static int
tell_gap(struct meaning *m, struct slice text, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf path = { 0 };
	struct sbom_gap gap;
	uint32_t entry = ENTRY_NONE;
	int r = sbom_gap_read(text, &path, &gap, err);
	/* Found out anew. */
	if (r < 0 || slice_is(gap.kind, "os"))
		return r;
	/* What has an entry keeps its path. */
	struct slice place = arena_dup(m->arena, gap.path);
	if (place.p == NULL && gap.path.n)
		return error_nomem(err);
	if (place.n && (r = entry_of(m, place, 0644, &entry, err)) < 0)
		return r;
	struct slice cataloger = slice_is(gap.subject, "layer") ? SLICE_NONE : slice_is(gap.subject, "packages") ? SLICE("sbom") : gap.subject;
	if (slice_is(gap.kind, "hidden_database"))
		cataloger = gap.kind;
	return block_add_problem(m->into, entry, cataloger, entry == m->own_entry ? text : gap.reason, err);
}

static int
tell_subject(struct meaning *m, const struct part_property *at, size_t n, bool *none, bool *ours, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		*ours |= slice_is(at[i].name, "plimsoll:target");
		*none |= slice_is(at[i].name, "plimsoll:os") && slice_is(at[i].value, "none");
		if (slice_is(at[i].name, "plimsoll:gap"))
			r = tell_gap(m, at[i].value, err);
	}
	return r;
}

static int
tell_document(struct meaning *m, bool none, struct plim_error *err)
{
	const struct sbom_document *d = m->document;
	struct slice fields[SBOM_FIELD_COUNT] = {
		[SBOM_FORMAT] = d->format, [SBOM_VERSION] = d->version, [SBOM_TOOL] = slice_first_text(d->tool, 4096),
		[SBOM_NAME] = slice_first_text(d->name, 4096), [SBOM_SERIAL] = slice_first_text(d->serial, 4096),
		[SBOM_OS] = none ? SLICE("none") : SLICE_NONE,
	};
	return block_add_row(m->into, ROW_SBOM, m->own_entry, 0, fields, SBOM_FIELD_COUNT, err);
}

/* Advisories of distributions speak of source packages: who never names one may not know that there are any. */
static bool
sources_are_doubtful(const struct meaning *m)
{
	bool syft = slice_starts(m->document->tool, SLICE("syft"));
	return m->sources_untold > 0 && m->sources_told == 0 && !syft;
}

static int
tell_missing(struct meaning *m, bool ours, struct plim_error *err)
{
	int r = 0;
	if (m->document->incomplete && !ours)
		r = problem(m, SLICE("the document says of itself that it is incomplete"), err);
	if (r == 0 && m->without_purl)
		r = problem(m, arena_printf(m->arena, "%zu components have no package URL: what they are is not known", m->without_purl), err);
	if (r == 0 && sources_are_doubtful(m))
		r = problem(m, SLICE("no package of the system names its source package, by which advisories know it"), err);
	return r;
}

static int
take_part(struct meaning *m, const struct part *part, size_t at, struct plim_error *err)
{
	/* Whatever it is called, a package URL makes it one that can be judged. */
	switch (part->purl.n && part->kind != PART_SYSTEM ? PART_PACKAGE : part->kind) {
	case PART_SYSTEM:
		return take_system(m, part, err);
	case PART_FILE:
		return take_file(m, part, err);
	case PART_PACKAGE:
		return take_package(m, part, at, err);
	default:
		return 0;
	}
}

static int
mean(struct meaning *m, struct plim_error *err)
{
	const struct sbom_document *d = m->document;
	bool none = false, ours = false;
	int r = add_entry(m, SLICE(DOCUMENT_PATH), 0644, &m->own_entry, err);
	if (r < 0 || (r = gather_needs(m, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < d->parts.n; i++)
		r = take_part(m, &d->parts.at[i], i, err);
	/* Behind the files that it names: of what could not be read it does not know what it is. */
	if (r == 0)
		r = tell_subject(m, d->properties.at, d->properties.n, &none, &ours, err);
	for (size_t i = 0; r == 0 && i < d->parts.n; i++)
		if (sbom_property(&d->parts.at[i], "plimsoll:target").n)
			r = tell_subject(m, d->parts.at[i].properties.at, d->parts.at[i].properties.n, &none, &ours, err);
	if (r < 0 || (r = system_of_packages(m, err)) < 0 || (r = tell_missing(m, ours, err)) < 0)
		return r;
	return tell_document(m, none, err);
}

int
sbom_document_block(const struct sbom_document *document, struct block_builder *into, struct plim_error *err)
{
	struct meaning m = { .document = document, .into = into, .arena = arena_new(LIMIT_SBOM_MEMORY_BYTES) };
	int r = m.arena ? mean(&m, err) : error_nomem(err);
	if (r == PLIM_ENOMEM && m.arena && arena_full(m.arena))
		r = error_set(err, PLIM_ELIMIT, "it needs more memory than limit SBOM_MEMORY_BYTES");
	vec_each (&m.texts, text) {
		strbuf_done(*text);
		free(*text);
	}
	vec_done(&m.texts);
	map_done(&m.entries);
	map_done(&m.directories);
	map_done(&m.of_ref);
	map_done(&m.needs);
	arena_free(m.arena);
	return r;
}
