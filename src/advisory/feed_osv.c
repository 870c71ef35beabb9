/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSV (https://ossf.github.io/osv-schema/): an ecosystem's all.zip with a
 * record a member, or loose documents.  A loose document may declare, in
 * database_specific.plimsoll, which releases and packages it covers and that
 * it is a sample; in a zip nobody can.  GitHub's own database is such documents, which join.
 */
#include "advisory/cvss.h"
#include "advisory/ecosystem.h"
#include "advisory/events.h"
#include "advisory/feed.h"
#include "advisory/fips.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json.h"
#include "codec/zip.h"

struct osv {
	struct builder *builder;
	struct arena *arena;       /* of this record */
	const struct json *root;
	struct advisory advisory;
	bool of_distribution;      /* the first thing it affects is a release */
};

/* A growing list in the record's arena. */
struct texts {
	struct slice *at;
	size_t n, room;
};

static bool
texts_add(struct texts *texts, struct arena *arena, const struct json *list)
{
	size_t n = json_is(list, JSON_ARRAY) ? list->n : 0;
	if (texts->n + n > texts->room) {
		struct slice *grown = arena_make_array(arena, (texts->n + n) * 2, struct slice);
		if (grown == NULL)
			return false;
		if (texts->n)
			memcpy(grown, texts->at, texts->n * sizeof *grown);
		texts->at = grown;
		texts->room = (texts->n + n) * 2;
	}
	for (size_t i = 0; i < n; i++)
		if (json_string(&list->items[i]).n)
			texts->at[texts->n++] = json_string(&list->items[i]);
	return true;
}

/* affected */

static struct slice
ecosystem_key(struct slice name, struct arena *arena)
{
	AUTO(strbuf) struct strbuf key = { 0 };
	ecosystem_of_osv(name, &key);
	return arena_dup(arena, strbuf_slice(&key));
}

static bool
take_event(const struct json *event, struct version_event *out)
{
	static const struct {
		const char *key;
		enum event_kind kind;
	} kinds[] = {
		{ "introduced", EVENT_INTRODUCED }, { "fixed", EVENT_FIXED }, { "last_affected", EVENT_LAST_AFFECTED }, { "limit", EVENT_LIMIT },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct slice version = json_get_string(event, kinds[i].key);
		if (version.p == NULL)
			continue;
		*out = (struct version_event){ kinds[i].kind, version };
		return true;
	}
	return false;
}

static size_t
event_room(const struct json *ranges)
{
	size_t n = 0;
	for (size_t i = 0; json_is(ranges, JSON_ARRAY) && i < ranges->n; i++) {
		const struct json *events = json_get(&ranges->items[i], "events");
		n += json_is(events, JSON_ARRAY) ? events->n : 0;
	}
	return n;
}

static int
take_range(struct osv *osv, const struct json *range, const struct version_scheme *scheme, struct version_event *spans, size_t *n,
           struct plim_error *err)
{
	const struct json *list = json_get(range, "events");
	size_t given = json_is(list, JSON_ARRAY) ? list->n : 0, taken = 0;
	struct version_event *events = arena_make_array(osv->arena, given + 1, struct version_event);
	if (events == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < given; i++)
		taken += take_event(&list->items[i], &events[taken]);
	*n = 0;
	return taken ? events_span(events, taken, scheme, osv->arena, spans, n, err) : 0;
}

/* Commits are not versions: ranges of type GIT say nothing here. */
static int
take_ranges(struct osv *osv, const struct json *ranges, struct affected *out, struct plim_error *err)
{
	const struct version_scheme *scheme = ecosystem_scheme(out->ecosystem);
	struct version_event *events = arena_make_array(osv->arena, EVENTS_ROOM(event_room(ranges)) + 1, struct version_event);
	if (events == NULL)
		return error_nomem(err);
	out->events = events;
	for (size_t i = 0; json_is(ranges, JSON_ARRAY) && i < ranges->n; i++) {
		size_t n;
		if (slice_is(json_get_string(&ranges->items[i], "type"), "GIT"))
			continue;
		int r = take_range(osv, &ranges->items[i], scheme, events + out->event_count, &n, err);
		if (r < 0)
			return r;
		out->event_count += n;
	}
	return 0;
}

static enum severity
severity_word(const struct json *object)
{
	enum severity severity = SEVERITY_UNKNOWN;
	if (!severity_parse(json_get_string(object, "severity"), &severity))
		severity_parse(json_get_string(object, "urgency"), &severity);
	return severity;
}

static bool
has_fix(const struct affected *affected)
{
	for (size_t i = 0; i < affected->event_count; i++)
		if (affected->events[i].kind == EVENT_FIXED)
			return true;
	return false;
}

static bool
is_array(const struct json *list)
{
	return json_is(list, JSON_ARRAY);
}

/* What is null is not there. */
static const struct json *
present(const struct json *object, const char *key)
{
	const struct json *value = json_get(object, key);
	return json_is(value, JSON_NULL) ? NULL : value;
}

static struct slice
repository_of(const struct json *range)
{
	return slice_is(json_get_string(range, "type"), "GIT") ? json_get_string(range, "repo") : SLICE_NONE;
}

/* Who has it: "esm", "fips"; a kernel for real time is a package of its own. */
static struct slice
channel_of(struct slice ecosystem)
{
	struct slice channel = ecosystem_osv_channel(ecosystem);
	if (fips_grade(channel) != FIPS_NONE)
		return SLICE("fips");
	return channel.n && slice_find_text(ecosystem, SLICE(":Realtime")) == SIZE_MAX ? SLICE("esm") : SLICE_NONE;
}

/* Neither range nor version: every version is meant. Ranges of commits alone, or empty ones: which are is not told. */
static enum match_state
state_without_versions(const struct json *ranges)
{
	return is_array(ranges) && ranges->n > 0 ? MATCH_UNDER_INVESTIGATION : MATCH_AFFECTED;
}

static int
take_named(struct osv *osv, const struct json *from, struct slice ecosystem, struct slice name, struct affected *out, struct plim_error *err)
{
	const struct json *ranges = json_get(from, "ranges");
	struct texts versions = { 0 };
	*out = (struct affected){ .state = MATCH_FIXED, .fix_known = DATE_NONE };
	out->ecosystem = ecosystem_key(ecosystem, osv->arena);
	if (out->ecosystem.p == NULL || !texts_add(&versions, osv->arena, json_get(from, "versions")))
		return error_nomem(err);
	out->package = ecosystem_package_name(out->ecosystem, name, osv->arena);
	if (out->package.p == NULL)
		return error_nomem(err);
	int r = take_ranges(osv, ranges, out, err);
	if (r < 0)
		return r;
	out->versions = versions.at;
	out->version_count = versions.n;
	out->severity = severity_word(json_get(from, "ecosystem_specific"));
	if (out->severity == SEVERITY_UNKNOWN)
		out->severity = severity_word(json_get(from, "database_specific"));
	if (has_fix(out))
		out->fix_known = osv->advisory.published;
	if (out->event_count + out->version_count == 0)
		out->state = state_without_versions(ranges);
	out->channel = channel_of(ecosystem);
	return 0;
}

#define PACK_MOST 5

/* A list that had room made for it by affected_room. */
struct all_affected {
	struct affected *at;
	enum fips_grade *grades;
	size_t n;
};

/* Under the artifact alone too, for jars that tell no group. */
static void
add_artifact(struct all_affected *all)
{
	const struct affected *whole = &all->at[all->n - 1];
	struct slice group, artifact;
	if (!slice_is(whole->ecosystem, "Maven") || !slice_cut(whole->package, ':', &group, &artifact) || artifact.n == 0)
		return;
	all->grades[all->n] = FIPS_NONE;
	all->at[all->n] = *whole;
	all->at[all->n].ecosystem = SLICE(ECOSYSTEM_MAVEN_ARTIFACT);
	all->at[all->n++].package = artifact;
}

/* Modules of SLES 12 are for each of its service packs, the last of which is the fifth. */
static int
add_packs(struct osv *osv, struct slice ecosystem, struct all_affected *all, struct plim_error *err)
{
	const struct affected *whole = &all->at[all->n - 1];
	bool packs = slice_starts(ecosystem, SLICE("SUSE:Linux Enterprise Module ")) && slice_is(whole->ecosystem, "sles:12");
	for (unsigned i = 1; packs && i <= PACK_MOST; i++) {
		struct slice key = arena_printf(osv->arena, "sles:12.%u", i);
		if (key.p == NULL)
			return error_nomem(err);
		all->grades[all->n] = FIPS_NONE;
		all->at[all->n] = *whole;
		all->at[all->n++].ecosystem = key;
	}
	return 0;
}

static int
add_affected(struct osv *osv, const struct json *from, struct slice ecosystem, struct slice name, struct all_affected *all, struct plim_error *err)
{
	if (ecosystem.n == 0 || name.n == 0)
		return 0;
	int r = take_named(osv, from, ecosystem, name, &all->at[all->n], err);
	/* Of a repository tags are versions; where there are none nobody has software of which anything could be said. */
	bool silent = slice_is(ecosystem, "git") && all->at[all->n].version_count == 0;
	if (r < 0 || silent)
		return r;
	all->grades[all->n++] = fips_grade(ecosystem_osv_channel(ecosystem));
	add_artifact(all);
	return add_packs(osv, ecosystem, all, err);
}

static bool
has_package(const struct affected *list, size_t n, struct slice package)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i].package, package))
			return true;
	return false;
}

/* Each once, however its address is spelled. */
static int
take_repositories(struct osv *osv, const struct json *from, const struct json *ranges, struct all_affected *all, struct plim_error *err)
{
	size_t first = all->n;
	int r = 0;
	for (size_t i = 0; r == 0 && is_array(ranges) && i < ranges->n; i++) {
		struct slice repository = repository_of(&ranges->items[i]);
		if (repository.n == 0)
			continue;
		struct slice name = ecosystem_package_name(SLICE("git"), repository, osv->arena);
		if (name.p == NULL)
			return error_nomem(err);
		if (!has_package(all->at + first, all->n - first, name))
			r = add_affected(osv, from, SLICE("git"), name, all, err);
	}
	return r;
}

/*
 * Where no package is named the whole record is of one, as curl writes: software that no registry keeps.  Where the record names none
 * either, a repository is what it is of, whose tags are versions.
 */
static int
take_affected(struct osv *osv, const struct json *from, struct all_affected *all, struct plim_error *err)
{
	const struct json *package = present(from, "package"), *ranges = json_get(from, "ranges");
	struct slice own = json_get_string(json_get(osv->root, "database_specific"), "package");
	if (package)
		return add_affected(osv, from, json_get_string(package, "ecosystem"), json_get_string(package, "name"), all, err);
	if (own.n)
		return add_affected(osv, from, SLICE("generic"), own, all, err);
	return take_repositories(osv, from, ranges, all, err);
}

static size_t
affected_room(const struct json *list)
{
	size_t n = 0;
	for (size_t i = 0; is_array(list) && i < list->n; i++) {
		const struct json *ranges = json_get(&list->items[i], "ranges");
		n += 2 + PACK_MOST + (is_array(ranges) ? ranges->n : 0);
	}
	return n;
}

static int
take_all_affected(struct osv *osv, struct plim_error *err)
{
	const struct json *list = json_get(osv->root, "affected");
	size_t room = affected_room(list) + 1;
	struct all_affected all = { .at = arena_make_array(osv->arena, room, struct affected), .grades = arena_make_array(osv->arena, room, enum fips_grade) };
	int r = all.at && all.grades ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && is_array(list) && i < list->n; i++)
		r = take_affected(osv, &list->items[i], &all, err);
	if (r == 0 && !fips_reduce(all.at, all.grades, &all.n, osv->arena))
		r = error_nomem(err);
	osv->advisory.affected = all.at;
	osv->advisory.affected_count = all.n;
	osv->of_distribution = all.n > 0 && ecosystem_is_release(all.at[0].ecosystem);
	return r;
}

/* the rest of the record */

/* Vectors of any version, and words. */
static void
take_score(struct osv *osv, const struct json *item)
{
	struct slice said = json_get_string(item, "score");
	if (slice_starts(json_get_string(item, "type"), SLICE("CVSS_V")))
		osv->advisory.vector = cvss_prefer(osv->advisory.vector, said);
	else if (osv->advisory.severity == SEVERITY_UNKNOWN)
		severity_parse(said, &osv->advisory.severity);
}

static void
take_scores(struct osv *osv, const struct json *list)
{
	for (size_t i = 0; is_array(list) && i < list->n; i++)
		take_score(osv, &list->items[i]);
}

/* What a package does on purpose has no score as a rule. */
static bool
is_malicious(const struct osv *osv)
{
	const struct json *weaknesses = json_get(json_get(osv->root, "database_specific"), "cwe_ids");
	if (slice_starts(osv->advisory.id, SLICE("MAL-")))
		return true;
	for (size_t i = 0; is_array(weaknesses) && i < weaknesses->n; i++)
		if (slice_is(json_string(&weaknesses->items[i]), "CWE-506"))
			return true;
	return false;
}

/* Of the record; where it has none the worst of what it affects, for an advisory has one severity. */
static void
take_severity(struct osv *osv)
{
	const struct json *affected = json_get(osv->root, "affected");
	struct advisory *advisory = &osv->advisory;
	take_scores(osv, json_get(osv->root, "severity"));
	struct cvss cvss;
	bool of_record = advisory->vector.n && cvss_score(advisory->vector, &cvss, NULL) == 0;
	for (size_t i = 0; !of_record && is_array(affected) && i < affected->n; i++)
		take_scores(osv, json_get(&affected->items[i], "severity"));
	if (advisory->severity == SEVERITY_UNKNOWN)
		advisory->severity = severity_word(json_get(osv->root, "database_specific"));
	if (advisory->severity == SEVERITY_UNKNOWN && advisory->vector.n == 0 && is_malicious(osv))
		advisory->severity = SEVERITY_CRITICAL;
}

/* Whatever its author called it. */
static bool
title_malicious(struct osv *osv)
{
	struct slice title = osv->advisory.title;
	if (!is_malicious(osv) || slice_find_text(title, SLICE("alicious")) != SIZE_MAX || slice_find_text(title, SLICE("alware")) != SIZE_MAX)
		return true;
	osv->advisory.title = title.n ? arena_printf(osv->arena, "malicious package: %.*s", SLICE_ARG(title)) : SLICE("malicious package");
	return osv->advisory.title.p != NULL;
}

static void
take_words(struct osv *osv)
{
	const struct json *references = json_get(osv->root, "references");
	struct slice summary = json_get_string(osv->root, "summary");
	osv->advisory.title = summary.n ? summary : json_get_string(osv->root, "details");
	for (size_t i = 0; osv->advisory.url.p == NULL && json_is(references, JSON_ARRAY) && i < references->n; i++)
		if (slice_is(json_get_string(&references->items[i], "type"), "ADVISORY"))
			osv->advisory.url = json_get_string(&references->items[i], "url");
}

/* An erratum names what it mends as `upstream`, or, before there was such a key, as `related`. */
static int
take_aliases(struct osv *osv, struct plim_error *err)
{
	const struct json *upstream = present(osv->root, "upstream");
	bool mends = osv->of_distribution && upstream == NULL;
	struct texts aliases = { 0 }, related = { 0 };
	if (!texts_add(&aliases, osv->arena, json_get(osv->root, "aliases")) || !texts_add(&aliases, osv->arena, upstream) ||
	    !texts_add(mends ? &aliases : &related, osv->arena, json_get(osv->root, "related")))
		return error_nomem(err);
	osv->advisory.aliases = aliases.at;
	osv->advisory.alias_count = aliases.n;
	osv->advisory.related = related.at;
	osv->advisory.related_count = related.n;
	return 0;
}

/* The year 1 is how some makers write that they do not know. */
static bool
take_date(const struct json *root, const char *key, int64_t *out)
{
	int64_t date;
	if (!date_parse(json_get_string(root, key), &date))
		return false;
	*out = date < 0 ? DATE_NONE : date;
	return true;
}

static int
take_record(const struct json *root, struct builder *builder, struct arena *arena, struct osv *out, struct plim_error *err)
{
	struct osv osv = { .builder = builder, .arena = arena, .root = root, .advisory = { .published = DATE_NONE, .modified = DATE_NONE } };
	int r;
	osv.advisory.id = json_get_string(osv.root, "id");
	if (osv.advisory.id.n == 0 || !take_date(osv.root, "modified", &osv.advisory.modified))
		return error_set(err, PLIM_EFORMAT, "id or modified are missing");
	take_date(osv.root, "published", &osv.advisory.published);
	if (osv.advisory.published == DATE_NONE)
		osv.advisory.published = osv.advisory.modified;
	if ((r = take_all_affected(&osv, err)) < 0 || (r = take_aliases(&osv, err)) < 0)
		return r;
	take_severity(&osv);
	take_words(&osv);
	if (!title_malicious(&osv))
		return error_nomem(err);
	*out = osv;
	/* Taken back by its author: known, and true of nothing. */
	if (present(osv.root, "withdrawn"))
		return 0;
	return builder_advisory(builder, &osv.advisory, err);
}

static int
read_record(struct slice bytes, struct builder *builder, struct arena *arena, struct osv *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(bytes, arena, &root, err);
	return r < 0 ? r : take_record(root, builder, arena, out, err);
}

#define SNAPSHOT_LIMIT 4102444800    /* 2100-01-01 */

/* Some records are dated to the end of time by their makers: that says nothing of the snapshot. */
static void
count_record(const struct osv *osv, struct data_feed *out)
{
	out->records++;
	if (osv->advisory.modified > out->snapshot && osv->advisory.modified < SNAPSHOT_LIMIT)
		out->snapshot = osv->advisory.modified;
}

/* all.zip */

static int
bid_zip(const struct feed_file *file)
{
	return slice_starts(file->bytes, SLICE("PK\3\4")) && slice_ends(file->name, SLICE("all.zip")) ? 40 : 0;
}

static int
read_member(const struct zip *zip, const struct zip_member *member, struct builder *builder, struct data_feed *out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(free) char *bytes = NULL;
	size_t size;
	struct osv osv;
	if (arena == NULL)
		return error_nomem(err);
	int r = zip_read(zip, member, &bytes, &size, err);
	if (r < 0 || (r = read_record((struct slice){ bytes, size }, builder, arena, &osv, err)) < 0)
		return r;
	count_record(&osv, out);
	return 0;
}

static int
read_zip(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct zip *zip;
	int r = zip_open(file->bytes, arena, &zip, err);
	if (r < 0)
		return r;
	/* "osv/AlmaLinux/all.zip": the directory is the ecosystem. */
	out->name = arena_printf(arena, "osv %.*s", SLICE_ARG(path_base(path_dir(file->name))));
	if (out->name.p == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < zip->n; i++) {
		if (slice_ends(zip->members[i].name, SLICE("/")))
			continue;
		if ((r = read_member(zip, &zip->members[i], builder, out, err)) < 0)
			return error_wrap(err, r, "%.*s", SLICE_ARG(zip->members[i].name));
	}
	return 0;
}

const struct feed feed_osv = { .format = "osv", .bid = bid_zip, .read = read_zip, .counted = true };

/* loose documents */

static int
bid_shape(const struct feed_file *file, struct slice start)
{
	struct slice text = slice_trim(file->bytes);
	bool shaped = slice_starts(text, start) && slice_find_text(text, SLICE("\"affected\"")) != SIZE_MAX &&
	              slice_find_text(text, SLICE("\"modified\"")) != SIZE_MAX && slice_find_text(text, SLICE("\"id\"")) != SIZE_MAX;
	return shaped ? 24 : 0;
}

static int
bid_loose(const struct feed_file *file)
{
	return bid_shape(file, SLICE("{"));
}

/* As the ecosystem's names are compared; NULL without memory. */
static const struct slice *
spell_packages(struct slice ecosystem, const struct texts *packages, struct arena *arena)
{
	struct slice *spelled = arena_make_array(arena, packages->n + 1, struct slice);
	for (size_t i = 0; spelled && i < packages->n; i++) {
		spelled[i] = ecosystem_package_name(ecosystem, packages->at[i], arena);
		if (spelled[i].p == NULL)
			return NULL;
	}
	return spelled;
}

/* {"covers": ["Debian:12"], "packages": ["*"], "sample": true} */
static int
take_declaration(struct osv *osv, struct data_feed *out, struct plim_error *err)
{
	const struct json *own = json_get(json_get(osv->root, "database_specific"), "plimsoll");
	const struct json *releases = json_get(own, "covers"), *sample = json_get(own, "sample");
	struct texts packages = { 0 };
	if (!texts_add(&packages, osv->arena, json_get(own, "packages")))
		return error_nomem(err);
	bool all = packages.n == 1 && slice_is(packages.at[0], "*");
	out->sample = json_is(sample, JSON_BOOL) && sample->truth;
	if (json_is(releases, JSON_ARRAY) && releases->n > 0 && packages.n == 0)
		return error_set(err, PLIM_EFORMAT, "database_specific.plimsoll: covers without packages: [\"*\"] are all");
	for (size_t i = 0; json_is(releases, JSON_ARRAY) && i < releases->n; i++) {
		struct slice key = ecosystem_key(json_string(&releases->items[i]), osv->arena);
		const struct slice *spelled = spell_packages(key, &packages, osv->arena);
		if (spelled == NULL)
			return error_nomem(err);
		int r = key.n ? builder_covers(osv->builder, key, spelled, all ? 0 : packages.n, err)
		              : error_set(err, PLIM_EFORMAT, "database_specific.plimsoll: a release that is no text");
		if (r < 0)
			return r;
	}
	return 0;
}

static int
read_loose(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct osv osv;
	struct slice directory = path_dir(file->name);
	int r = read_record(file->bytes, builder, arena, &osv, err);
	if (r < 0 || (r = take_declaration(&osv, out, err)) < 0)
		return r;
	out->name = directory.n ? arena_printf(arena, "osv documents in %.*s", SLICE_ARG(directory)) : SLICE("osv documents");
	out->snapshot = osv.advisory.modified;
	out->records = 1;
	return out->name.p ? 0 : error_nomem(err);
}

static bool
is_json(struct slice name)
{
	return slice_ends(name, SLICE(".json"));
}

const struct feed feed_osv_loose = { .format = "osv-documents", .bid = bid_loose, .read = read_loose, .joins = true, .is_document = is_json };

/* GitHub's database: advisories/github-reviewed/YEAR/MONTH/ID/ID.json, and unreviewed ones, which name no package, beside. */

static int
bid_github(const struct feed_file *file)
{
	bool named = slice_find_text(file->name, SLICE("advisories/github-reviewed/")) != SIZE_MAX ||
	             slice_find_text(file->name, SLICE("advisories/unreviewed/")) != SIZE_MAX;
	return named && slice_starts(path_base(file->name), SLICE("GHSA-")) && bid_loose(file) ? 40 : 0;
}

static int
read_github(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct osv osv;
	int r = read_record(file->bytes, builder, arena, &osv, err);
	out->name = SLICE("github-advisories");
	if (r == 0)
		count_record(&osv, out);
	return r;
}

static bool
is_ghsa(struct slice name)
{
	return slice_starts(name, SLICE("GHSA-")) && is_json(name);
}

const struct feed feed_github = {
	.format = "github-advisories", .bid = bid_github, .read = read_github, .joins = true, .is_document = is_ghsa,
	.depth = 5, .counted = true,
};

/* lists */

static int
bid_list(const struct feed_file *file)
{
	return bid_shape(file, SLICE("["));
}

/* An arena of its own, for there may be many. */
static int
read_item(const struct json *item, struct builder *builder, struct data_feed *out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	struct osv osv;
	int r = arena ? take_record(item, builder, arena, &osv, err) : error_nomem(err);
	if (r == 0)
		count_record(&osv, out);
	return r;
}

/* Authors who publish their records as one list, as curl does, publish all of them: the list covers the packages that it is of. */
static int
cover_packages(const struct json *list, struct slice file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct slice *names = arena_make_array(arena, list->n + 1, struct slice);
	size_t n = 0;
	if (names == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		struct slice name = json_get_string(json_get(&list->items[i], "database_specific"), "package");
		if (name.n > 0 && (n == 0 || !slice_eq(names[n - 1], name)))
			names[n++] = name;
	}
	out->name = arena_printf(arena, "osv list of %.*s", SLICE_ARG(n ? names[0] : file));
	if (out->name.p == NULL)
		return error_nomem(err);
	return n ? builder_covers(builder, SLICE("generic"), names, n, err) : 0;
}

static int
read_list(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	if (!json_is(root, JSON_ARRAY))
		return error_set(err, PLIM_EFORMAT, "not a list of records");
	for (size_t i = 0; i < root->n; i++)
		if ((r = read_item(&root->items[i], builder, out, err)) < 0)
			return error_wrap(err, r, "record %zu", i);
	return cover_packages(root, path_base(file->name), builder, arena, out, err);
}

const struct feed feed_osv_list = { .format = "osv-list", .bid = bid_list, .read = read_list };
