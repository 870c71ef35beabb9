/* SPDX-License-Identifier: Apache-2.0 */
/* CSAF 2.0 of distributions that ship rpms: VEX documents (one of each vulnerability) and advisories (one of each erratum). */
#include "advisory/cvss.h"
#include "advisory/feed.h"
#include "advisory/feed_csaf.h"
#include "base/date.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/json.h"
#include "codec/purl.h"
#include "version/scheme.h"

/* A product, or one as a component of another. */
struct product {
	struct slice package, version, module, release;
	bool source;
};

/* What a vulnerability tells of a product beside its status. */
struct told {
	enum match_state state;    /* MATCH_STATE_COUNT: nothing */
	enum severity severity;
	int64_t fix_known;
};

struct status {
	struct slice release, package, module, version;
	enum match_state state;
	enum severity severity;
	int64_t fix_known;
	bool source;
};

struct reading {
	const struct feed_file *file;
	struct builder *builder;
	struct arena *arena;
	struct map products;       /* by id; keys and values in the arena */
	VEC(struct status) rows;
};

static const struct publisher {
	const char *namespace, *vex, *advisories;
} publishers[] = {
	{ "https://www.redhat.com", "redhat-vex", "redhat-advisories" },
	{ "https://www.suse.com", "suse-vex", "suse-advisories" },
};

static const struct publisher *
publisher_of(struct slice namespace)
{
	slice_skip_end(&namespace, SLICE("/"));
	for (size_t i = 0; i < sizeof publishers / sizeof *publishers; i++)
		if (slice_is(namespace, publishers[i].namespace))
			return &publishers[i];
	return NULL;
}

/* Notes of any length come before the publisher. */
static int
bid(const struct feed_file *file)
{
	if (slice_find_text(slice_first(file->bytes, 8192), SLICE("\"csaf_version\"")) == SIZE_MAX)
		return 0;
	for (size_t i = 0; i < sizeof publishers / sizeof *publishers; i++)
		if (slice_find_text(file->bytes, slice_of(publishers[i].namespace)) != SIZE_MAX)
			return 64;
	return 0;
}

/* products */

/* "nodejs:18:8090020240101:abc" is of nodejs:18. */
static struct slice
stream_of(struct slice module)
{
	struct slice name, rest, stream, tail;
	if (!slice_cut(module, ':', &name, &rest))
		return module;
	slice_cut(rest, ':', &stream, &tail);
	return slice_range(module.p, stream.p + stream.n);
}

static int
take_purl(struct reading *in, struct slice text, struct product *out, struct plim_error *err)
{
	struct purl purl;
	int r = purl_parse(text, in->arena, &purl, err);
	if (r < 0)
		return r;
	if (slice_is(purl.type, "rpmmod")) {
		out->module = stream_of(arena_printf(in->arena, "%.*s:%.*s", SLICE_ARG(purl.name), SLICE_ARG(purl.version)));
		return out->module.p ? 0 : error_nomem(err);
	}
	struct slice epoch = purl_qualifier(&purl, "epoch");
	out->package = purl.name;
	out->source = slice_is(purl_qualifier(&purl, "arch"), "src");
	out->module = stream_of(purl_qualifier(&purl, "rpmmod"));
	out->version = purl.version;
	if (purl.version.n && epoch.n && !(out->version = arena_printf(in->arena, "%.*s:%.*s", SLICE_ARG(epoch), SLICE_ARG(purl.version))).p)
		return error_nomem(err);
	return 0;
}

static void take_name(struct slice text, struct product *out);

/* "ruby-0:3.1.4-142.el8.x86_64" below an architecture: a name in the form of rpm's own, the epoch perhaps before the version. */
static void
take_nevra(struct slice text, struct slice arch, struct product *out)
{
	struct slice name, version, release;
	slice_skip_end(&text, SLICE(".rpm"));
	bool built = slice_skip_end(&text, arch) && slice_skip_end(&text, SLICE("."));
	if (!built || !slice_cut_last(text, '-', &name, &release) || !slice_cut_last(name, '-', &name, &version)) {
		/* Of a name alone every version is meant. */
		take_name(text, out);
		return;
	}
	out->package = name;
	out->version = slice_range(version.p, release.p + release.n);
	out->source = slice_is(arch, "src");
}

/* "openssl", "nodejs:18/npm", "openssl.src" of a product without a version; images and other things have slashes and digests in theirs. */
static void
take_name(struct slice text, struct product *out)
{
	struct slice module, name;
	if (slice_cut_last(text, '/', &module, &name)) {
		if (slice_find(module, ':') == SIZE_MAX || slice_find(module, '/') != SIZE_MAX)
			return;
		out->module = stream_of(module);
		text = name;
	}
	if (slice_find(text, '@') != SIZE_MAX || slice_find(text, ' ') != SIZE_MAX || slice_find(text, ':') != SIZE_MAX)
		return;
	out->source = slice_skip_end(&text, SLICE(".src"));
	out->package = text;
}

static bool
product_keep(struct reading *in, struct slice id, struct product product)
{
	void **place = map_place(&in->products, id);
	struct product *kept = place ? arena_make(in->arena, struct product) : NULL;
	if (kept == NULL)
		return false;
	*kept = product;
	*place = kept;
	return true;
}

static int
take_product(struct reading *in, const struct json *product, struct slice category, struct slice arch, struct plim_error *err)
{
	const struct json *helper = json_get(product, "product_identification_helper");
	struct slice id = json_get_string(product, "product_id"), cpe = json_get_string(helper, "cpe"), purl = json_get_string(helper, "purl");
	struct product made = { 0 };
	int r = 0;
	if (id.n == 0)
		return error_set(err, PLIM_EFORMAT, "product_tree: a product without product_id");
	if (slice_starts(purl, SLICE("pkg:rpm/")) || slice_starts(purl, SLICE("pkg:rpmmod/")))
		r = take_purl(in, purl, &made, err);
	else if (purl.n == 0 && cpe.n == 0 && slice_is(category, "product_version") && arch.n)
		take_nevra(json_get_string(product, "name"), arch, &made);
	else if (purl.n == 0 && cpe.n == 0 && slice_is(category, "product_version"))
		take_name(json_get_string(product, "name"), &made);
	else if (cpe.n)
		r = csaf_release(cpe, in->arena, &made.release, err);
	else if (slice_is(category, "product_name") && !(made.release = arena_printf(in->arena, "product:%.*s", SLICE_ARG(id))).p)
		r = error_nomem(err);    /* kept, and no image is judged by it */
	if (r < 0)
		return error_wrap(err, r, "product %.*s", SLICE_ARG(id));
	return product_keep(in, id, made) ? 0 : error_nomem(err);
}

/* As deep as the parser of JSON lets it be. */
static int
take_branches(struct reading *in, const struct json *branches, struct slice arch, struct plim_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && branches && i < branches->n; i++) {
		const struct json *branch = &branches->items[i], *product = json_get(branch, "product");
		struct slice category = json_get_string(branch, "category");
		if (product)
			r = take_product(in, product, category, arch, err);
		if (r == 0)
			r = take_branches(in, json_get(branch, "branches"),
			                  slice_is(category, "architecture") ? json_get_string(branch, "name") : arch, err);
	}
	return r;
}

static bool
resolve(struct reading *in, const struct json *relationship, bool *failed)
{
	struct slice id = json_get_string(json_get(relationship, "full_product_name"), "product_id");
	const struct product *component = map_find(&in->products, json_get_string(relationship, "product_reference"));
	const struct product *whole = map_find(&in->products, json_get_string(relationship, "relates_to_product_reference"));
	if (component == NULL || whole == NULL || id.n == 0)
		return false;
	struct product made = *component;
	made.release = whole->release;
	if (made.module.n == 0)
		made.module = whole->module;
	*failed = !product_keep(in, id, made);
	return true;
}

/* A package is a component of a module, and that of a release: the inner ones may come later in the list. */
static int
take_relationships(struct reading *in, const struct json *list, struct plim_error *err)
{
	size_t n = list ? list->n : 0, left = n;
	bool *done = arena_make_array(in->arena, n + 1, bool), failed = done == NULL;
	for (int pass = 0; pass < 4 && left && !failed; pass++)
		for (size_t i = 0; i < n && !failed; i++)
			if (!done[i] && (done[i] = resolve(in, &list->items[i], &failed)))
				left--;
	if (failed)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		if (!done[i])
			return error_set(err, PLIM_EFORMAT, "product_tree: relationship %zu is of products that are not there", i);
	return 0;
}

static int
take_tree(struct reading *in, const struct json *tree, struct plim_error *err)
{
	const struct json *names = json_get(tree, "full_product_names");
	int r = take_branches(in, json_get(tree, "branches"), SLICE_NONE, err);
	for (size_t i = 0; r == 0 && names && i < names->n; i++)
		r = take_product(in, &names->items[i], SLICE_NONE, SLICE_NONE, err);
	return r < 0 ? r : take_relationships(in, json_get(tree, "relationships"), err);
}

/* what is told of products */

static struct told *
told_of(struct reading *in, struct map *told, struct slice id)
{
	void **place = map_place(told, id);
	if (place == NULL)
		return NULL;
	struct told *at = *place;
	if (at)
		return at;
	if ((*place = at = arena_make(in->arena, struct told)))
		*at = (struct told){ MATCH_STATE_COUNT, SEVERITY_UNKNOWN, DATE_NONE };
	return at;
}

/* Red Hat's words for why there is no fix; SUSE's documents have none. */
static enum match_state
state_of_remedy(struct slice category, struct slice details)
{
	static const struct {
		const char *category, *details;    /* NULL: any other */
		enum match_state state;
	} words[] = {
		{ "no_fix_planned", "Out of support scope", MATCH_END_OF_LIFE }, { "no_fix_planned", NULL, MATCH_WONT_FIX },
		{ "none_available", "Fix deferred", MATCH_DEFERRED }, { "none_available", "Under investigation", MATCH_UNDER_INVESTIGATION },
		{ "none_available", "Will not fix", MATCH_WONT_FIX }, { "none_available", "Out of support scope", MATCH_END_OF_LIFE },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(category, words[i].category) && (words[i].details == NULL || slice_is(details, words[i].details)))
			return words[i].state;
	return MATCH_STATE_COUNT;
}

static int
take_remedies(struct reading *in, const struct json *list, struct map *told, struct plim_error *err)
{
	for (size_t i = 0; list && i < list->n; i++) {
		const struct json *remedy = &list->items[i], *ids = json_get(remedy, "product_ids");
		struct slice category = json_get_string(remedy, "category"), dated = json_get_string(remedy, "date");
		enum match_state state = state_of_remedy(category, json_get_string(remedy, "details"));
		int64_t date = DATE_NONE;
		if (dated.n && !date_parse(dated, &date))
			return error_set(err, PLIM_EFORMAT, "remediation %zu: its date is none", i);
		bool fix = slice_is(category, "vendor_fix") && date != DATE_NONE;
		for (size_t k = 0; (fix || state != MATCH_STATE_COUNT) && ids && k < ids->n; k++) {
			struct told *at = told_of(in, told, json_string(&ids->items[k]));
			if (at == NULL)
				return error_nomem(err);
			if (state != MATCH_STATE_COUNT)
				at->state = state;
			if (fix && (at->fix_known == DATE_NONE || date < at->fix_known))
				at->fix_known = date;
		}
	}
	return 0;
}

/* The impact of those products; without any, of all: then it is the vulnerability's. */
static int
take_impacts(struct reading *in, const struct json *list, struct map *told, enum severity *whole, struct plim_error *err)
{
	for (size_t i = 0; list && i < list->n; i++) {
		const struct json *threat = &list->items[i], *ids = json_get(threat, "product_ids");
		enum severity severity = SEVERITY_UNKNOWN;
		if (!slice_is(json_get_string(threat, "category"), "impact"))
			continue;
		severity_parse(json_get_string(threat, "details"), &severity);
		if (ids == NULL && severity > *whole)
			*whole = severity;
		for (size_t k = 0; ids && k < ids->n; k++) {
			struct told *at = told_of(in, told, json_string(&ids->items[k]));
			if (at == NULL)
				return error_nomem(err);
			at->severity = severity;
		}
	}
	return 0;
}

/* rows */

static int
take_status(struct reading *in, struct slice id, enum match_state state, const struct map *told, struct plim_error *err)
{
	const struct product *product = map_find(&in->products, id);
	const struct told *more = map_find(told, id);
	if (product == NULL)
		return error_set(err, PLIM_EFORMAT, "product_status: %.*s is not in the product_tree", SLICE_ARG(id));
	/* Images, files and whole products are no packages. */
	if (product->package.n == 0 || product->release.n == 0)
		return 0;
	if (state == MATCH_FIXED && product->version.n == 0)
		return error_set(err, PLIM_EFORMAT, "product_status: %.*s is fixed in no version", SLICE_ARG(id));
	if (state == MATCH_AFFECTED && more && more->state != MATCH_STATE_COUNT)
		state = more->state;
	struct status *row = vec_push(&in->rows);
	if (row == NULL)
		return error_nomem(err);
	*row = (struct status){
		.release = product->release, .package = product->package, .module = product->module, .state = state,
		.version = state == MATCH_FIXED || state == MATCH_NOT_AFFECTED ? product->version : SLICE_NONE,
		.severity = more ? more->severity : SEVERITY_UNKNOWN,
		.fix_known = state == MATCH_FIXED && more ? more->fix_known : DATE_NONE, .source = product->source,
	};
	return 0;
}

static bool
state_of_status(struct slice status, enum match_state *out)
{
	static const struct {
		const char *status;
		enum match_state state;
	} statuses[] = {
		{ "fixed", MATCH_FIXED }, { "first_fixed", MATCH_FIXED }, { "recommended", MATCH_FIXED },
		{ "known_affected", MATCH_AFFECTED }, { "first_affected", MATCH_AFFECTED }, { "last_affected", MATCH_AFFECTED },
		{ "known_not_affected", MATCH_NOT_AFFECTED }, { "under_investigation", MATCH_UNDER_INVESTIGATION },
	};
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (slice_is(status, statuses[i].status)) {
			*out = statuses[i].state;
			return true;
		}
	return false;
}

static int
take_statuses(struct reading *in, const struct json *statuses, const struct map *told, struct plim_error *err)
{
	int r = 0;
	in->rows.n = 0;
	if (statuses && !json_is(statuses, JSON_OBJECT))
		return error_set(err, PLIM_EFORMAT, "product_status is not an object");
	for (size_t i = 0; r == 0 && statuses && i < statuses->n; i++) {
		const struct json *ids = &statuses->items[i];
		enum match_state state;
		if (!state_of_status(statuses->keys[i], &state))
			return error_set(err, PLIM_EFORMAT, "product_status has an unknown one: %.*s", SLICE_ARG(statuses->keys[i]));
		if (!json_is(ids, JSON_ARRAY))
			return error_set(err, PLIM_EFORMAT, "product_status: %.*s is not a list", SLICE_ARG(statuses->keys[i]));
		for (size_t k = 0; r == 0 && k < ids->n; k++)
			r = take_status(in, json_string(&ids->items[k]), state, told, err);
	}
	return r;
}

/* folding */

static bool
is_same_package(const struct status *a, const struct status *b)
{
	return slice_eq(a->release, b->release) && slice_eq(a->package, b->package) && slice_eq(a->module, b->module);
}

/* Those of one statement together: release, package, module, state; then the versions. */
static int
by_statement(const struct status *a, const struct status *b)
{
	int order = slice_cmp(a->release, b->release);
	order = order ? order : slice_cmp(a->package, b->package);
	order = order ? order : slice_cmp(a->module, b->module);
	return order ? order : (int)a->state - (int)b->state;
}

static int
by_row(const void *left, const void *right)
{
	const struct status *a = left, *b = right;
	int order = by_statement(a, b);
	order = order ? order : slice_cmp(a->version, b->version);
	return order ? order : (a->fix_known > b->fix_known) - (a->fix_known < b->fix_known);
}

/* Sources first, binaries of the same version behind them. */
static int
by_build(const void *left, const void *right)
{
	const struct status *a = left, *b = right;
	int order = slice_cmp(a->release, b->release);
	order = order ? order : slice_cmp(a->module, b->module);
	order = order ? order : (int)a->state - (int)b->state;
	order = order ? order : (int)a->severity - (int)b->severity;
	order = order ? order : slice_cmp(a->version, b->version);
	return order ? order : (int)b->source - (int)a->source;
}

static bool
is_same_build(const struct status *a, const struct status *b)
{
	return a->state == b->state && a->severity == b->severity && slice_eq(a->version, b->version) && slice_eq(a->release, b->release) &&
	       slice_eq(a->module, b->module);
}

/*
 * An installed package is asked for by its source too, with its own version: where the binary has the version of a source
 * fixed in the same build, the source's statement says all.
 */
static void
drop_binaries(struct reading *in)
{
	size_t n = 0, source = SIZE_MAX;
	if (in->rows.n > 1)
		qsort(in->rows.at, in->rows.n, sizeof *in->rows.at, by_build);
	for (size_t i = 0; i < in->rows.n; i++) {
		const struct status row = in->rows.at[i];
		bool told = source != SIZE_MAX && row.state == MATCH_FIXED && is_same_build(&in->rows.at[source], &row);
		if (told && !row.source)
			continue;
		in->rows.at[n] = row;
		if (row.source)
			source = n;
		n++;
	}
	in->rows.n = n;
}

/* From the beginning on until each of the versions: where a later build is named, nobody says that all before it have the fix. */
static bool
add_fixes(struct reading *in, const struct status *rows, size_t n, struct affected *out)
{
	struct version_event *events = arena_make_array(in->arena, 2 * n, struct version_event);
	for (size_t i = 0; events && i < n; i++) {
		out->fix_known = out->fix_known == DATE_NONE || (rows[i].fix_known != DATE_NONE && rows[i].fix_known < out->fix_known)
		                   ? rows[i].fix_known : out->fix_known;
		if (i > 0 && slice_eq(rows[i].version, rows[i - 1].version))
			continue;
		events[out->event_count++] = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
		events[out->event_count++] = (struct version_event){ EVENT_FIXED, rows[i].version };
	}
	out->events = events;
	return events != NULL;
}

/* The lowest of the builds that are named; absent where one is named without its version: then all are meant. */
static struct slice
lowest_build(const struct status *rows, size_t n)
{
	struct slice lowest = rows->version;
	for (size_t i = 0; i < n && lowest.p; i++)
		if (rows[i].version.n == 0)
			lowest = SLICE_NONE;
		else if (version_rpm.compare(rows[i].version, lowest) < 0)
			lowest = rows[i].version;
	return lowest;
}

/* Builds are not affected, and so what comes behind the first of them; of what was before nobody says anything. */
static bool
limit_clearing(struct reading *in, const struct status *rows, size_t n, struct affected *out)
{
	struct slice lowest = lowest_build(rows, n);
	struct version_event *events = lowest.n ? arena_make_array(in->arena, 2, struct version_event) : NULL;
	if (events == NULL)
		return lowest.n == 0;
	events[0] = (struct version_event){ EVENT_INTRODUCED, SLICE("0") };
	events[1] = (struct version_event){ EVENT_LIMIT, lowest };
	out->state = MATCH_UNDER_INVESTIGATION;
	out->events = events;
	out->event_count = 2;
	return true;
}

static int
fold_run(struct reading *in, const struct status *rows, size_t n, struct affected *out, struct plim_error *err)
{
	*out = (struct affected){ .ecosystem = rows->release, .package = rows->package, .module = rows->module, .state = rows->state,
		                  .fix_known = DATE_NONE };
	for (size_t i = 0; i < n; i++)
		if (rows[i].severity > out->severity)
			out->severity = rows[i].severity;
	bool whole = rows->state == MATCH_FIXED ? add_fixes(in, rows, n, out) : rows->state != MATCH_NOT_AFFECTED || limit_clearing(in, rows, n, out);
	return whole ? 0 : error_nomem(err);
}

/* One build is not affected, and of others something else is said: then the package is what the others are. */
static bool
is_gainsaid(const struct reading *in, size_t first, size_t end)
{
	const struct status *row = &in->rows.at[first];
	return row->state == MATCH_NOT_AFFECTED && ((first > 0 && is_same_package(row, row - 1)) ||
	                                            (end < in->rows.n && is_same_package(row, &in->rows.at[end])));
}

static int
fold_rows(struct reading *in, const struct affected **out, size_t *out_count, struct plim_error *err)
{
	struct affected *affected = arena_make_array(in->arena, in->rows.n + 1, struct affected);
	int r = affected ? 0 : error_nomem(err);
	size_t n = 0;
	drop_binaries(in);
	if (in->rows.n > 1)
		qsort(in->rows.at, in->rows.n, sizeof *in->rows.at, by_row);
	for (size_t i = 0, end; r == 0 && i < in->rows.n; i = end) {
		for (end = i + 1; end < in->rows.n && by_statement(&in->rows.at[i], &in->rows.at[end]) == 0;)
			end++;
		if (!is_gainsaid(in, i, end))
			r = fold_run(in, &in->rows.at[i], end - i, &affected[n++], err);
	}
	*out = affected;
	*out_count = n;
	return r;
}

/* coverage */

static bool
is_covered(const struct builder *builder, struct slice release)
{
	for (size_t i = builder->covers.n; i > 0 && builder->covers.at[i - 1].feed == builder->current; i--)
		if (slice_eq(interned(&builder->texts, builder->covers.at[i - 1].ecosystem), release))
			return true;
	return false;
}

/* Red Hat's archive has every document there is; loose ones are a few of them. */
static int
cover(struct reading *in, const struct affected *affected, size_t n, struct plim_error *err)
{
	int r = 0;
	if (!glob_match(SLICE("**csaf_vex_*.tar*/**"), in->file->name))
		return 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (slice_starts(affected[i].ecosystem, SLICE("rhel:")) && !is_covered(in->builder, affected[i].ecosystem))
			r = builder_covers(in->builder, affected[i].ecosystem, NULL, 0, err);
	return r;
}

/* vulnerabilities */

/* An advisory has one, the products may have several. */
static struct slice
vector_of(const struct json *vulnerability)
{
	static const char *const keys[] = { "cvss_v4", "cvss_v3", "cvss_v2" };
	const struct json *scores = json_get(vulnerability, "scores");
	struct slice vector = SLICE_NONE;
	for (size_t i = 0; scores && i < scores->n; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			vector = cvss_prefer(vector, json_get_string(json_get(&scores->items[i], keys[k]), "vectorString"));
	return vector;
}

static struct slice
url_of(const struct json *holder)
{
	const struct json *references = json_get(holder, "references");
	for (size_t i = 0; references && i < references->n; i++)
		if (slice_is(json_get_string(&references->items[i], "category"), "self"))
			return json_get_string(&references->items[i], "url");
	return SLICE_NONE;
}

static int64_t
date_of(struct slice text)
{
	int64_t date;
	return date_parse(text, &date) ? date : DATE_NONE;
}

static int
take_vulnerability(struct reading *in, const struct json *document, const struct json *said, struct plim_error *err)
{
	AUTO(map) struct map told = { 0 };
	const struct json *tracking = json_get(document, "tracking");
	struct slice id = json_get_string(tracking, "id"), cve = json_get_string(said, "cve");
	struct advisory advisory = {
		.id = cve.n ? cve : id, .title = json_get_string(said, "title"), .url = url_of(said), .vector = vector_of(said),
		.published = date_of(json_get_string(said, "release_date")),
		.modified = date_of(json_get_string(tracking, "current_release_date")),
		.related = &id, .related_count = cve.n && !slice_eq(cve, id) ? 1 : 0,
	};
	if (advisory.id.n == 0)
		return error_set(err, PLIM_EFORMAT, "no cve and no tracking id");
	int r = take_remedies(in, json_get(said, "remediations"), &told, err);
	if (r == 0)
		r = take_impacts(in, json_get(said, "threats"), &told, &advisory.severity, err);
	if (r == 0)
		r = take_statuses(in, json_get(said, "product_status"), &told, err);
	if (r == 0)
		r = fold_rows(in, &advisory.affected, &advisory.affected_count, err);
	if (r < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(advisory.id));
	r = builder_advisory(in->builder, &advisory, err);
	return r < 0 ? r : cover(in, advisory.affected, advisory.affected_count, err);
}

static int
read_document(struct reading *in, const struct json *root, struct data_feed *out, struct plim_error *err)
{
	const struct json *document = json_get(root, "document"), *list = json_get(root, "vulnerabilities");
	const struct publisher *publisher = publisher_of(json_get_string(json_get(document, "publisher"), "namespace"));
	struct slice version = json_get_string(document, "csaf_version");
	if (publisher == NULL)
		return error_set(err, PLIM_EUNSUPPORTED, "its publisher is none whose products are known");
	if (!slice_is(version, "2.0"))
		return error_set(err, PLIM_EUNSUPPORTED, "CSAF %.*s, 2.0 is read", SLICE_ARG(version));
	bool vex = slice_is(json_get_string(document, "category"), "csaf_vex");
	out->name = slice_of(vex ? publisher->vex : publisher->advisories);
	out->snapshot = date_of(json_get_string(json_get(document, "tracking"), "current_release_date"));
	int r = take_tree(in, json_get(root, "product_tree"), err);
	for (size_t i = 0; r == 0 && list && i < list->n; i++, out->records++)
		r = take_vulnerability(in, document, &list->items[i], err);
	return r;
}

static int
read_csaf(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct reading in = { .file = file, .builder = builder, .arena = arena };
	const struct json *root;
	int r = json_parse(file->bytes, arena, &root, err);
	if (r == 0)
		r = read_document(&in, root, out, err);
	map_done(&in.products);
	vec_done(&in.rows);
	return r;
}

/* "cve-2022-38752.json": by the CVE alone. */
static bool
is_document(struct slice name)
{
	return slice_starts(name, SLICE("cve-")) && slice_skip_end(&name, SLICE(".json")) && name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9';
}

const struct feed feed_csaf = {
	.format = "csaf", .bid = bid, .read = read_csaf, .joins = true, .is_document = is_document, .depth = 1, .own = true,
};
