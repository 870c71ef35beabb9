/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's CVE records as its API 2.0 and its yearly files have them (https://nvd.nist.gov/developers/vulnerabilities), read record by
 * record; and overrides: files of the same shape, one a CVE, whose configurations take the place of NVD's.
 */
#include "advisory/cpe.h"
#include "advisory/cvss.h"
#include "advisory/feed.h"
#include "base/date.h"
#include "base/error.h"
#include "codec/json_items.h"

/* Fewer are a part of it: by the end of 2024 there were 270,000 records. */
#define WHOLE_RECORDS 250000

/* What one element of a configuration says: of a package a range, or a version. */
struct said {
	struct cpe cpe;
	const struct json *match;
	size_t at;
};

struct record {
	struct arena *arena;
	const struct json *cve;
	struct advisory advisory;
	struct said *said;
	size_t said_count;
};

static size_t
length(const struct json *list)
{
	return json_is(list, JSON_ARRAY) ? list->n : 0;
}

/* configurations */

static size_t
match_count(const struct json *configurations)
{
	size_t n = 0;
	for (size_t i = 0; i < length(configurations); i++) {
		const struct json *nodes = json_get(&configurations->items[i], "nodes");
		for (size_t k = 0; k < length(nodes); k++)
			n += length(json_get(&nodes->items[k], "cpeMatch"));
	}
	return n;
}

/* What it must run on is named beside it, as not vulnerable.  Of which versions something negated speaks is not told. */
static int
take_match(struct record *record, const struct json *match, bool negated, struct plim_error *err)
{
	const struct json *vulnerable = json_get(match, "vulnerable");
	struct said *said = &record->said[record->said_count];
	if (!json_is(vulnerable, JSON_BOOL))
		return error_set(err, PLIM_EFORMAT, "an element of a configuration that does not say whether it is vulnerable");
	if (!vulnerable->truth)
		return 0;
	*said = (struct said){ .match = match, .at = record->said_count };
	int r = cpe_parse(json_get_string(match, "criteria"), record->arena, &said->cpe, err);
	said->cpe.open = said->cpe.open || negated;
	record->said_count += r == 0 && (said->cpe.part == 'a' || said->cpe.part == '*');
	return r;
}

static bool
is_negated(const struct json *node)
{
	const struct json *negate = json_get(node, "negate");
	return json_is(negate, JSON_BOOL) && negate->truth;
}

static int
take_nodes(struct record *record, const struct json *configuration, struct plim_error *err)
{
	const struct json *nodes = json_get(configuration, "nodes");
	int r = 0;
	for (size_t i = 0; r == 0 && i < length(nodes); i++) {
		const struct json *matches = json_get(&nodes->items[i], "cpeMatch");
		bool negated = is_negated(configuration) || is_negated(&nodes->items[i]);
		for (size_t k = 0; r == 0 && k < length(matches); k++)
			r = take_match(record, &matches->items[k], negated, err);
	}
	return r;
}

static int
by_package(const void *left, const void *right)
{
	const struct said *a = left, *b = right;
	int order = slice_cmp(a->cpe.package, b->cpe.package);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* statements */

static const struct bound {
	const char *key;
	enum event_kind kind;
} starts[] = { { "versionStartIncluding", EVENT_INTRODUCED }, { "versionStartExcluding", EVENT_INTRODUCED_AFTER } },
  ends[] = { { "versionEndExcluding", EVENT_FIXED }, { "versionEndIncluding", EVENT_LAST_AFFECTED } };

static bool
take_bound(const struct said *said, const struct bound bounds[static 2], struct arena *arena, struct version_event *out)
{
	for (size_t i = 0; i < 2; i++) {
		struct slice version = json_get_string(said->match, bounds[i].key);
		if (version.n == 0 || slice_is(version, "*") || slice_is(version, "-"))
			continue;
		*out = (struct version_event){ bounds[i].kind, cpe_version(said->cpe.package, version, arena) };
		return true;
	}
	return false;
}

/* Every version, where there is neither a bound nor a version; none beside a version alone. */
static size_t
take_range(const struct said *said, struct arena *arena, struct version_event *out)
{
	bool begins = take_bound(said, starts, arena, out);
	if (!begins)
		*out = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
	bool ends_too = take_bound(said, ends, arena, out + 1);
	return said->cpe.version.p && !begins && !ends_too ? 0 : 1 + ends_too;
}

/* Nobody told which versions are meant. */
static struct affected
open_statement(const struct said *said)
{
	return (struct affected){ .ecosystem = SLICE("cpe"), .package = said->cpe.package, .state = MATCH_UNDER_INVESTIGATION, .fix_known = DATE_NONE };
}

/* The first `n` are of one package; those that are open make a statement of their own. */
static int
make_statement(struct record *record, const struct said *said, size_t n, struct affected *out, struct plim_error *err)
{
	struct version_event *events = arena_make_array(record->arena, 2 * n, struct version_event);
	struct slice *versions = arena_make_array(record->arena, n, struct slice);
	if (events == NULL || versions == NULL)
		return error_nomem(err);
	*out = (struct affected){
		.ecosystem = SLICE("cpe"), .package = said->cpe.package, .state = MATCH_FIXED, .fix_known = DATE_NONE, .events = events,
		.versions = versions,
	};
	for (size_t i = 0; i < n; i++) {
		if (said[i].cpe.open)
			continue;
		if (said[i].cpe.version.p)
			versions[out->version_count++] = said[i].cpe.version;
		out->event_count += take_range(&said[i], record->arena, events + out->event_count);
	}
	return 0;
}

static bool
any_open(const struct said *said, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (said[i].cpe.open)
			return true;
	return false;
}

static int
make_statements(struct record *record, struct plim_error *err)
{
	struct affected *affected = arena_make_array(record->arena, 2 * record->said_count + 1, struct affected);
	size_t n;
	if (affected == NULL)
		return error_nomem(err);
	record->advisory.affected = affected;
	for (size_t i = 0; i < record->said_count; i += n) {
		for (n = 1; i + n < record->said_count && slice_eq(record->said[i + n].cpe.package, record->said[i].cpe.package); n++)
			;
		struct affected *out = &affected[record->advisory.affected_count];
		int r = make_statement(record, &record->said[i], n, out, err);
		if (r < 0)
			return r;
		record->advisory.affected_count += out->event_count + out->version_count > 0;
		if (any_open(&record->said[i], n))
			affected[record->advisory.affected_count++] = open_statement(&record->said[i]);
	}
	return 0;
}

static int
take_configurations(struct record *record, struct plim_error *err)
{
	const struct json *configurations = json_get(record->cve, "configurations");
	int r = 0;
	record->said = arena_make_array(record->arena, match_count(configurations) + 1, struct said);
	if (record->said == NULL)
		return error_nomem(err);
	for (size_t i = 0; r == 0 && i < length(configurations); i++)
		r = take_nodes(record, &configurations->items[i], err);
	if (r == 0 && record->said_count > 1)
		qsort(record->said, record->said_count, sizeof *record->said, by_package);
	return r < 0 ? r : make_statements(record, err);
}

/* the rest of a record */

/* NVD's own assessments come before those of others that it repeats, the retired version after all. */
static const struct stage {
	const char *type, *keys[3];
} stages[] = {
	{ "Primary", { "cvssMetricV40", "cvssMetricV31", "cvssMetricV30" } },
	{ "Secondary", { "cvssMetricV40", "cvssMetricV31", "cvssMetricV30" } },
	{ "Primary", { "cvssMetricV2" } },
	{ "Secondary", { "cvssMetricV2" } },
};

/* Version 2 has its word beside the vector, the others in it. */
static void
take_metric(struct record *record, const struct json *metric)
{
	struct advisory *advisory = &record->advisory;
	const struct json *data = json_get(metric, "cvssData");
	struct slice vector = json_get_string(data, "vectorString"), before = advisory->vector;
	advisory->vector = cvss_prefer(before, vector);
	if (advisory->vector.p == before.p && before.p)
		return;
	advisory->severity = SEVERITY_UNKNOWN;
	if (!severity_parse(json_get_string(data, "baseSeverity"), &advisory->severity))
		severity_parse(json_get_string(metric, "baseSeverity"), &advisory->severity);
}

static void
take_metrics(struct record *record, const struct json *list, const char *type)
{
	for (size_t i = 0; i < length(list); i++)
		if (slice_is(json_get_string(&list->items[i], "type"), type))
			take_metric(record, &list->items[i]);
}

static void
take_severity(struct record *record)
{
	const struct json *all = json_get(record->cve, "metrics");
	struct cvss cvss;
	bool scored = false;
	for (size_t i = 0; !scored && i < sizeof stages / sizeof *stages; i++) {
		for (size_t k = 0; k < sizeof stages[i].keys / sizeof *stages[i].keys && stages[i].keys[k]; k++)
			take_metrics(record, json_get(all, stages[i].keys[k]), stages[i].type);
		scored = cvss_score(record->advisory.vector, &cvss, NULL) == 0;
	}
}

static void
take_description(struct record *record)
{
	const struct json *list = json_get(record->cve, "descriptions");
	for (size_t i = 0; record->advisory.title.p == NULL && i < length(list); i++)
		if (slice_is(json_get_string(&list->items[i], "lang"), "en"))
			record->advisory.title = json_get_string(&list->items[i], "value");
}

static bool
has_tag(const struct json *reference, const char *tag)
{
	const struct json *tags = json_get(reference, "tags");
	for (size_t i = 0; i < length(tags); i++)
		if (slice_is(json_string(&tags->items[i]), tag))
			return true;
	return false;
}

static void
take_reference(struct record *record)
{
	const struct json *list = json_get(record->cve, "references");
	for (size_t i = 0; record->advisory.url.p == NULL && i < length(list); i++)
		if (has_tag(&list->items[i], "Vendor Advisory"))
			record->advisory.url = json_get_string(&list->items[i], "url");
}

static int
take_record(const struct json *item, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct record record = { .arena = arena, .cve = json_get(item, "cve"), .advisory = { .published = DATE_NONE } };
	struct advisory *advisory = &record.advisory;
	advisory->id = json_get_string(record.cve, "id");
	date_parse(json_get_string(record.cve, "published"), &advisory->published);
	if (advisory->id.n == 0 || !date_parse(json_get_string(record.cve, "lastModified"), &advisory->modified))
		return error_set(err, PLIM_EFORMAT, "id or lastModified are missing");
	out->records++;
	if (advisory->modified > out->snapshot)
		out->snapshot = advisory->modified;
	/* Taken back: known, and true of nothing. */
	if (slice_is(json_get_string(record.cve, "vulnStatus"), "Rejected"))
		return 0;
	take_severity(&record);
	take_description(&record);
	take_reference(&record);
	int r = take_configurations(&record, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(advisory->id)) : builder_advisory(builder, advisory, err);
}

/* NVD's files */

static int
bid_nvd(const struct feed_file *file)
{
	struct slice head = slice_first(file->bytes, 4096);
	bool shaped = slice_find_text(head, SLICE("\"NVD_CVE\"")) != SIZE_MAX && slice_find_text(head, SLICE("\"vulnerabilities\"")) != SIZE_MAX;
	return shaped ? 60 : 0;
}

/* An arena of its own for each, for there are many. */
static int
read_next(struct json_items *items, struct builder *builder, struct data_feed *out, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	const struct json *item;
	int r = arena ? json_items_next(items, arena, &item, err) : error_nomem(err);
	if (r <= 0)
		return r;
	r = take_record(item, builder, arena, out, err);
	return r < 0 ? r : 1;
}

static int
read_nvd(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *outer;
	struct json_items items;
	uint64_t before = builder_records(builder);
	int r = json_items_open(file->bytes, "vulnerabilities", arena, &outer, &items, err);
	if (r < 0)
		return r;
	if (!slice_is(json_get_string(outer, "version"), "2.0"))
		return error_set(err, PLIM_EFORMAT, "not version 2.0 of the format");
	out->name = SLICE("nvd");
	date_parse(json_get_string(outer, "timestamp"), &out->snapshot);
	while ((r = read_next(&items, builder, out, err)) > 0)
		;
	bool completes = before < WHOLE_RECORDS && before + out->records >= WHOLE_RECORDS;
	return r == 0 && completes ? builder_covers(builder, SLICE("cpe"), NULL, 0, err) : r;
}

static bool
is_year(struct slice name)
{
	return slice_starts(name, SLICE("nvdcve-2.0-"));
}

const struct feed feed_nvd = { .format = "nvd", .bid = bid_nvd, .read = read_nvd, .joins = true, .is_document = is_year };

/* overrides */

static int
bid_overrides(const struct feed_file *file)
{
	struct slice text = slice_trim(file->bytes);
	bool shaped = slice_starts(text, SLICE("{")) && slice_find_text(text, SLICE("\"_annotation\"")) != SIZE_MAX &&
	              slice_find_text(text, SLICE("\"cve_id\"")) != SIZE_MAX && slice_find_text(text, SLICE("\"cve\"")) != SIZE_MAX;
	return shaped ? 60 : 0;
}

static int
read_overrides(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r < 0)
		return r;
	const struct json *annotation = json_get(root, "_annotation");
	struct record record = { .arena = arena, .cve = json_get(root, "cve"), .advisory = { .published = DATE_NONE, .modified = DATE_NONE } };
	record.advisory.id = json_get_string(annotation, "cve_id");
	record.advisory.title = json_get_string(annotation, "description");
	date_parse(json_get_string(annotation, "published"), &record.advisory.published);
	date_parse(json_get_string(annotation, "modified"), &record.advisory.modified);
	if (record.advisory.id.n == 0 || !json_is(record.cve, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "cve_id or cve are missing");
	out->name = SLICE("nvd-overrides");
	out->records = 1;
	out->snapshot = record.advisory.modified;
	/* One that was emptied leaves NVD's own in force. */
	if (!json_is(json_get(record.cve, "configurations"), JSON_ARRAY))
		return 0;
	r = take_configurations(&record, err);
	return r < 0 ? error_wrap(err, r, "%.*s", SLICE_ARG(record.advisory.id)) : builder_advisory(builder, &record.advisory, err);
}

static bool
is_override(struct slice name)
{
	return slice_starts(name, SLICE("CVE-")) && slice_ends(name, SLICE(".json"));
}

const struct feed feed_nvd_overrides = {
	.format = "nvd-overrides", .bid = bid_overrides, .read = read_overrides, .joins = true, .is_document = is_override, .depth = 1,
};
