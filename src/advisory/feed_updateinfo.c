/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.xml of repositories of rpms: an update names what it mends and the packages that do, with their versions.  An update at
 * a time; which release they are for is in ids (ALAS2023-2024-001) or in the names of products.
 */
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/xml_tree.h"

struct updates {
	struct builder *builder;
	struct arena *arena;       /* of what the file keeps */
	struct slice release;      /* "amzn:2023": of all of them */
	struct slice topic;        /* of the first; "LIVEPATCH" */
	bool core;                 /* at least one is of no topic */
	bool x86_64, aarch64;
	uint64_t seen, taken;
	int64_t newest;
};

/* One of them. */
struct update {
	struct updates *all;
	struct arena *arena;
	const struct xml_element *from;
	struct slice id, topic;
	int64_t issued;
	struct map seen, named;
	VEC(struct slice) aliases;
	VEC(struct affected) affected;
};

/* "2018-01-11 21:05" and "2021-07-22 18:25:24" beside RFC 3339; all in UTC. */
static int64_t
date_of(struct slice text, struct arena *arena)
{
	struct slice day, time;
	int64_t seconds = DATE_NONE;
	if (date_parse(text, &seconds) || !slice_cut(text, ' ', &day, &time))
		return seconds;
	struct slice spelled = arena_printf(arena, "%.*sT%.*s%sZ", SLICE_ARG(day), SLICE_ARG(time), time.n == 5 ? ":00" : "");
	date_parse(spelled, &seconds);
	return seconds;
}

/* which release */

/* "Rocky Linux 8" is rocky:8. */
static const struct product {
	const char *begins, *id;
	bool parts;                /* its updates are parted among repositories: BaseOS, AppStream */
} products[] = {
	{ "Amazon Linux ", "amzn", false }, { "AlmaLinux ", "almalinux", true }, { "Rocky Linux ", "rocky", true }, { "Fedora ", "fedora", false },
};

static size_t
digits(struct slice text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	return n;
}

static struct slice
release_named(struct slice text, struct arena *arena)
{
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		struct slice number = text;
		if (slice_skip(&number, slice_of(products[i].begins)) && digits(number) > 0)
			return arena_printf(arena, "%s:%.*s", products[i].id, SLICE_ARG(slice_first(number, digits(number))));
	}
	return SLICE_NONE;
}

static struct slice
release_of_names(const struct update *u)
{
	struct slice release = release_named(xml_child_text(u->from, "release"), u->arena);
	const struct xml_element *list = xml_child(u->from, "pkglist");
	for (const struct xml_element *at = xml_child(list, "collection"); at && release.n == 0; at = xml_next_named(at, "collection"))
		release = release_named(xml_child_text(at, "name"), u->arena);
	return release;
}

/* The number and the topic of "2KERNEL-5.10-2022-001"; topics are repositories beside the release's own. */
static bool
split_id(struct slice rest, struct slice *number, struct slice *topic)
{
	struct slice serial, year;
	*number = slice_first(rest, digits(rest));
	rest = slice_from(rest, number->n);
	if (!slice_cut_last(rest, '-', &rest, &serial) || !slice_cut_last(rest, '-', topic, &year))
		return false;
	return year.n == 4 && digits(year) == 4 && serial.n > 0;
}

/* Of ids without a number those of a topic are of release 2, the others of the first; its last name is what images of it have. */
static struct slice
release_of_amazon(struct update *u, struct slice rest)
{
	struct slice number;
	if (!split_id(rest, &number, &u->topic))
		return SLICE_NONE;
	if (number.n)
		return arena_printf(u->arena, "amzn:%.*s", SLICE_ARG(number));
	if (u->topic.n)
		return SLICE("amzn:2");
	struct slice named_so = release_of_names(u);
	return slice_is(named_so, "amzn:2") ? named_so : SLICE("amzn:2018");
}

static struct slice
release_of(struct update *u)
{
	struct slice rest = u->id;
	if (slice_skip(&rest, SLICE("ALAS")))
		return release_of_amazon(u, rest);
	return slice_starts(u->id, SLICE("BRSA-")) ? SLICE("bottlerocket:") : release_of_names(u);
}

static int
take_release(struct update *u, struct plim_error *err)
{
	struct updates *all = u->all;
	struct slice release = release_of(u);
	if (release.n == 0)
		return error_set(err, PLIM_EFORMAT, "neither its id nor its collections tell which release it is for");
	if (all->seen == 0) {
		all->release = arena_dup(all->arena, release);
		all->topic = arena_dup(all->arena, u->topic);
	}
	all->core = all->core || u->topic.n == 0;
	if (all->release.p == NULL || (u->topic.n && all->topic.p == NULL))
		return error_nomem(err);
	if (!slice_eq(release, all->release))
		return error_set(err, PLIM_EFORMAT, "it is for %.*s, others of the file for %.*s", SLICE_ARG(release), SLICE_ARG(all->release));
	return 0;
}

/* packages */

/* Nothing of a line that a topic does not have is said by it: kernel 4.14 is not one of the topic KERNEL-5.10. */
static struct slice
introduction(const struct update *u, struct slice epoch, struct slice version)
{
	static const char numeric[] = "0123456789.";
	size_t at = u->topic.n;
	while (at > 0 && memchr(numeric, u->topic.p[at - 1], sizeof numeric - 1))
		at--;
	struct slice line = slice_from(u->topic, at), rest = version;
	if (line.n == 0 || !slice_skip(&rest, line) || (rest.n && rest.p[0] != '.'))
		return SLICE("0");
	return arena_printf(u->arena, "%.*s%s%.*s", SLICE_ARG(epoch), epoch.n ? ":" : "", SLICE_ARG(line));
}

/* "nodejs:18"; absent for what is of no module. */
static struct slice
module_of(const struct update *u, const struct xml_element *collection)
{
	const struct xml_element *module = xml_child(collection, "module");
	struct slice name = xml_attribute(module, "name"), stream = xml_attribute(module, "stream");
	return name.n && stream.n ? arena_printf(u->arena, "%.*s:%.*s", SLICE_ARG(name), SLICE_ARG(stream)) : SLICE_NONE;
}

static int
put(struct update *u, const struct affected *like, struct slice epoch, struct slice version, struct slice evr, struct plim_error *err)
{
	struct version_event *events = arena_make_array(u->arena, 2, struct version_event);
	struct slice key = arena_printf(u->arena, "%.*s %.*s %.*s", SLICE_ARG(like->package), SLICE_ARG(evr), SLICE_ARG(like->module));
	void **place = key.p && evr.p && events ? map_place(&u->seen, key) : NULL;
	if (place == NULL)
		return error_nomem(err);
	if (*place)
		return 0;
	*place = u;
	struct affected *out = vec_push(&u->affected);
	if (out == NULL)
		return error_nomem(err);
	events[0] = (struct version_event){ EVENT_INTRODUCED, introduction(u, epoch, version) };
	events[1] = (struct version_event){ EVENT_FIXED, evr };
	*out = *like;
	out->events = events;
	out->event_count = 2;
	return events[0].version.p ? 0 : error_nomem(err);
}

static void
see_architecture(struct updates *all, struct slice arch)
{
	all->x86_64 = all->x86_64 || slice_is(arch, "x86_64");
	all->aarch64 = all->aarch64 || slice_is(arch, "aarch64");
}

static int
take_package(struct update *u, const struct xml_element *from, struct slice module, struct plim_error *err)
{
	struct slice version = xml_attribute(from, "version"), release = xml_attribute(from, "release"), epoch = xml_attribute(from, "epoch");
	const struct affected like = { .ecosystem = u->all->release, .package = xml_attribute(from, "name"), .state = MATCH_FIXED,
		                       .fix_known = u->issued, .module = module };
	if (like.package.n == 0 || version.n == 0 || release.n == 0 || digits(epoch) != epoch.n)
		return error_set(err, PLIM_EFORMAT, "a package without name, version or release, or an epoch that is no number");
	/* Of which stream it is must be known: what one has mended says nothing of another. */
	if (module.n == 0 && slice_find_text(release, SLICE(".module")) != SIZE_MAX)
		return error_set(err, PLIM_EUNSUPPORTED, "package %.*s is of a module, and its stream is not named", SLICE_ARG(like.package));
	if (slice_is(epoch, "0"))
		epoch = SLICE_NONE;
	see_architecture(u->all, xml_attribute(from, "arch"));
	struct slice evr = arena_printf(u->arena, "%.*s%s%.*s-%.*s", SLICE_ARG(epoch), epoch.n ? ":" : "", SLICE_ARG(version), SLICE_ARG(release));
	return put(u, &like, epoch, version, evr, err);
}

static int
take_packages(struct update *u, struct plim_error *err)
{
	int r = 0;
	const struct xml_element *list = xml_child(u->from, "pkglist");
	for (; list; list = xml_next_named(list, "pkglist"))
		for (const struct xml_element *c = xml_child(list, "collection"); c; c = xml_next_named(c, "collection"))
			for (const struct xml_element *at = xml_child(c, "package"); r == 0 && at; at = xml_next_named(at, "package"))
				r = take_package(u, at, module_of(u, c), err);
	return r == 0 && u->affected.n == 0 ? error_set(err, PLIM_EFORMAT, "it names no package") : r;
}

/* what it is about */

/* A bug of a flaw begins with the flaw's id. */
static struct slice
cve_of(const struct xml_element *reference)
{
	const char *where = slice_is(xml_attribute(reference, "type"), "cve") ? "id" : "title";
	struct slice rest = slice_trim(xml_attribute(reference, where)), word = SLICE_NONE;
	return slice_starts(rest, SLICE("CVE-")) && slice_word(&rest, &word) ? word : SLICE_NONE;
}

static int
put_alias(struct update *u, struct slice alias, struct plim_error *err)
{
	void **named = map_place(&u->named, alias);
	if (named && *named)
		return 0;
	struct slice *place = named ? vec_push(&u->aliases) : NULL;
	if (place == NULL)
		return error_nomem(err);
	*named = u;
	*place = alias;
	return 0;
}

static int
take_references(struct update *u, struct slice *url, struct plim_error *err)
{
	int r = 0;
	const struct xml_element *at = xml_child(xml_child(u->from, "references"), "reference");
	for (; r == 0 && at; at = xml_next_named(at, "reference")) {
		struct slice type = xml_attribute(at, "type"), cve = cve_of(at);
		if (slice_is(type, "cve") && cve.n == 0)
			return error_set(err, PLIM_EFORMAT, "a reference of type cve is none: \"%.*s\"", SLICE_ARG(slice_first(xml_attribute(at, "id"), 60)));
		if (cve.n)
			r = put_alias(u, cve, err);
		else if (url->n == 0 && !slice_is(type, "bugzilla"))
			*url = xml_attribute(at, "href");
	}
	return r;
}

static int
take_update(struct update *u, struct plim_error *err)
{
	struct slice url = SLICE_NONE;
	enum severity severity = SEVERITY_UNKNOWN;
	int r = u->id.n ? take_release(u, err) : error_set(err, PLIM_EFORMAT, "no id");
	u->issued = date_of(xml_attribute(xml_child(u->from, "issued"), "date"), u->arena);
	int64_t updated = date_of(xml_attribute(xml_child(u->from, "updated"), "date"), u->arena), newest = updated > u->issued ? updated : u->issued;
	if (newest > u->all->newest)
		u->all->newest = newest;
	u->all->seen++;
	if (r < 0 || (r = take_references(u, &url, err)) < 0)
		return r;
	/* Of bugs and of new features. */
	if (!slice_is(xml_attribute(u->from, "type"), "security") && u->aliases.n == 0)
		return 0;
	/* Their "None" is no word for how bad a flaw is. */
	struct slice word = xml_child_text(u->from, "severity");
	if (!slice_eq_nocase(word, SLICE("none")))
		severity_parse(word, &severity);
	if ((r = take_packages(u, err)) < 0)
		return r;
	u->all->taken++;
	const struct advisory advisory = {
		.id = u->id, .aliases = u->aliases.at, .alias_count = u->aliases.n, .title = slice_first_text(xml_child_text(u->from, "title"), 160),
		.url = url, .severity = severity, .published = u->issued, .modified = updated,
		.affected = u->affected.at, .affected_count = u->affected.n,
	};
	return builder_advisory(u->all->builder, &advisory, err);
}

/* the file */

static bool
is_update(void *context, struct slice path)
{
	(void)context;
	return slice_is(path, "/updates/update");
}

static int
take_element(void *context, struct slice path, struct slice text, struct plim_error *err)
{
	(void)path;
	AUTO(arena) struct arena *arena = arena_new(0);
	struct update u = { .all = context, .arena = arena };
	int r = arena ? xml_tree_parse(text, arena, &u.from, err) : error_nomem(err);
	if (r < 0)
		return r;
	u.id = xml_child_text(u.from, "id");
	if ((r = take_update(&u, err)) < 0 && u.id.n)
		error_wrap(err, r, "%.*s", SLICE_ARG(slice_first(u.id, 120)));
	map_done(&u.seen);
	map_done(&u.named);
	vec_done(&u.aliases);
	vec_done(&u.affected);
	return r;
}

static int
walk_file(struct updates *all, struct slice whole, struct plim_error *err)
{
	int r = xml_walk(whole, &(struct xml_walk){ all, 2, is_update, take_element }, err);
	return r == 0 && all->seen == 0 ? error_set(err, PLIM_EFORMAT, "no updates") : r;
}

static bool
is_part(struct slice release)
{
	struct slice id, number;
	slice_cut(release, ':', &id, &number);
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		if (slice_is(id, products[i].id))
			return products[i].parts;
	return false;
}

/* Repositories of several topics, of parts, and of one architecture each are feeds beside each other: none is an older one of another. */
static struct slice
name_of(const struct updates *all, struct slice file)
{
	struct slice release = all->release;
	const char *arch = all->x86_64 == all->aarch64 ? "" : all->x86_64 ? " x86_64" : " aarch64";
	slice_skip_end(&release, SLICE(":"));
	if (is_part(release))
		return arena_printf(all->arena, "updateinfo %.*s %.*s", SLICE_ARG(release), SLICE_ARG(file));
	if (all->core)
		return arena_printf(all->arena, "updateinfo %.*s%s", SLICE_ARG(release), arch);
	return arena_printf(all->arena, "updateinfo %.*s %.*s%s", SLICE_ARG(release), SLICE_ARG(all->topic), arch);
}

static int
bid(const struct feed_file *file)
{
	return slice_find_text(slice_first(file->bytes, 4096), SLICE("<updates")) != SIZE_MAX ? 48 : 0;
}

/* A file of few updates, of a topic or of a part does not speak of a release. */
#define COVER_LEAST 100

static int
read_updateinfo(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct updates all = { .builder = builder, .arena = arena, .newest = DATE_NONE };
	int r = walk_file(&all, file->bytes, err);
	if (r < 0)
		return r;
	out->name = name_of(&all, file->name);
	out->snapshot = all.newest;
	out->records = all.taken;
	if (out->name.p == NULL)
		return error_nomem(err);
	bool covers = all.core && all.taken >= COVER_LEAST && !is_part(all.release);
	return covers ? builder_covers(builder, all.release, NULL, 0, err) : 0;
}

const struct feed feed_updateinfo = { .format = "updateinfo", .bid = bid, .read = read_updateinfo, .own = true };
