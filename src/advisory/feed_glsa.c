/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gentoo's advisories (GLSA), an XML document each: per package ranges of versions that are vulnerable, and those of them that are not.
 * An installed package does not tell its slot here: what is vulnerable in one slot is so in all, what is mended in one is so nowhere else.
 */
#include "advisory/feed.h"
#include "advisory/interval.h"
#include "base/date.h"
#include "base/error.h"
#include "base/map.h"
#include "codec/xml.h"
#include "codec/xml_tree.h"
#include "version/scheme.h"

/* More of one kind in a package are no advisory's. */
#define RANGE_MOST 256

/* Below and above every version that begins with one: nobody stacks three suffixes. */
#define LOWEST_SUFFIX "_alpha_alpha"
/* Above each revision of a version; and the last of them, as far as anybody counts. */
#define HIGHEST_SUFFIX   "_p"
#define HIGHEST_REVISION "-r999999999"

struct glsa {
	struct arena *arena;
	const struct xml_element *root;
	struct slice id;
	int64_t announced, revised;
};

struct range {
	struct interval of;
	struct slice slot;         /* absent: of all */
};

struct ranges {
	struct range at[RANGE_MOST];
	size_t n;
};

static int
bid(const struct feed_file *file)
{
	return slice_find_text(slice_first(file->bytes, 4096), SLICE("<glsa ")) != SIZE_MAX ? 64 : 0;
}

/* elements */

static struct slice
attribute(const struct xml_element *at, const char *name)
{
	return slice_trim(xml_attribute(at, name));
}

/* ranges */

enum kind { KIND_LT, KIND_LE, KIND_EQ, KIND_GE, KIND_GT, KIND_RLT, KIND_RLE, KIND_RGE, KIND_RGT };

static const struct {
	const char *word;
	enum version_relation relation;    /* of the r ones: among the revisions of one version */
	bool revision;
} kinds[] = {
	[KIND_LT] = { "lt", VERSION_LESS, false },         [KIND_LE] = { "le", VERSION_LESS_EQUAL, false },
	[KIND_EQ] = { "eq", VERSION_EQUAL, false },        [KIND_GE] = { "ge", VERSION_GREATER_EQUAL, false },
	[KIND_GT] = { "gt", VERSION_GREATER, false },      [KIND_RLT] = { "rlt", VERSION_LESS, true },
	[KIND_RLE] = { "rle", VERSION_LESS_EQUAL, true },  [KIND_RGE] = { "rge", VERSION_GREATER_EQUAL, true },
	[KIND_RGT] = { "rgt", VERSION_GREATER, true },
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

/* "1.2-r3" is 1.2; a hyphen is before a revision alone. */
static struct slice
without_revision(struct slice version)
{
	struct slice revision;
	slice_cut_last(version, '-', &version, &revision);
	return version;
}

/* From 1.2 itself on, or to its last revision, where the bound leaves that open. */
static int
hold_to_revisions(struct slice version, bool vulnerable, struct arena *arena, struct interval *of, struct plim_error *err)
{
	struct slice bare = without_revision(version);
	if (slice_is(of->low, "0"))
		of->low = bare;
	if (of->high.p)
		return 0;
	of->high = arena_printf(arena, "%.*s%s", SLICE_ARG(bare), vulnerable ? HIGHEST_SUFFIX : HIGHEST_REVISION);
	of->with_high = !vulnerable;
	return of->high.p ? 0 : error_nomem(err);
}

/*
 * "1.2*": 1.2, 1.2.3, 1.2_rc1, and not 1.20.  Where that is no run of versions, or not sure to be one, it is everything of what is
 * vulnerable and nothing of what is not.
 */
static int
take_begun(struct slice text, bool vulnerable, struct arena *arena, struct interval *of, struct plim_error *err)
{
	struct slice before, last;
	uint64_t number;
	bool whole = !slice_cut_last(text, '.', &before, &last);
	if (whole)
		last = text;
	/* Behind a point a zero in front makes a fraction: 1.05 is begun by no 1.0. */
	bool fraction = !whole && last.n && last.p[0] == '0';
	bool run = slice_to_u64(last, 10, &number) && number < UINT64_MAX && (vulnerable || !fraction);
	*of = vulnerable ? (struct interval){ .low = SLICE("0") } : (struct interval){ .low = text, .high = text };
	if (!run)
		return 0;
	of->low = arena_printf(arena, "%.*s%s", SLICE_ARG(text), LOWEST_SUFFIX);
	of->high = arena_printf(arena, "%.*s%s%llu%s", whole ? 0 : (int)before.n, before.p, whole ? "" : ".", (unsigned long long)number + 1, LOWEST_SUFFIX);
	return of->low.p && of->high.p ? 0 : error_nomem(err);
}

static int
take_version(size_t kind, struct slice version, bool vulnerable, struct arena *arena, struct interval *of, struct plim_error *err)
{
	struct slice begun = version;
	bool begins = kind == KIND_EQ && slice_skip_end(&begun, SLICE("*"));
	if (version.n > 200 || (begun.n || !begins ? version_gentoo.check(begun, NULL) : 0) < 0)
		return error_set(err, PLIM_EFORMAT, "\"%.*s\" is no version", SLICE_ARG(slice_first(version, 60)));
	if (begins)
		return take_begun(begun, vulnerable, arena, of, err);
	interval_of_bound(kinds[kind].relation, version, of);
	of->mends = !vulnerable && (kind == KIND_GE || kind == KIND_EQ || kind == KIND_RGE);
	return kinds[kind].revision ? hold_to_revisions(version, vulnerable, arena, of, err) : 0;
}

static int
take_range(const struct xml_element *from, bool vulnerable, struct arena *arena, struct ranges *into, struct plim_error *err)
{
	struct slice word = attribute(from, "range"), slot = attribute(from, "slot");
	size_t kind = 0;
	while (kind < KIND_COUNT && !slice_is(word, kinds[kind].word))
		kind++;
	if (kind == KIND_COUNT)
		return error_set(err, PLIM_EFORMAT, "line %zu: a range of kind \"%.*s\"", from->line, SLICE_ARG(slice_first(word, 40)));
	if (into->n == RANGE_MOST)
		return error_set(err, PLIM_EFORMAT, "line %zu: more than %d ranges of a package", from->line, RANGE_MOST);
	struct range *range = &into->at[into->n++];
	*range = (struct range){ .slot = slice_is(slot, "*") ? SLICE_NONE : slot };
	int r = take_version(kind, from->text, vulnerable, arena, &range->of, err);
	return r < 0 ? error_wrap(err, r, "line %zu", from->line) : 0;
}

/* What of one vulnerable range is left by those that speak of its slot; a version that it leaves out is mended where any is. */
static int
put_left(const struct range *range, const struct ranges *unaffected, struct arena *arena, struct affected *out, struct plim_error *err)
{
	struct interval one = range->of, others[RANGE_MOST];
	struct intervals vulnerable = { &one, 1, version_gentoo.compare }, rest = { others, 0, version_gentoo.compare };
	one.mends = one.high.p && !one.with_high && unaffected->n > 0 && !slice_ends(one.high, SLICE(LOWEST_SUFFIX)) &&
	            !slice_ends(one.high, SLICE(HIGHEST_SUFFIX));
	for (size_t i = 0; i < unaffected->n; i++)
		if (unaffected->at[i].slot.n == 0 || slice_eq(unaffected->at[i].slot, range->slot))
			others[rest.n++] = unaffected->at[i].of;
	return intervals_left(&vulnerable, &rest, arena, out, err);
}

/* What is left of each, one behind the other. */
static int
join_left(const struct affected *left, size_t n, struct arena *arena, struct affected *into, struct plim_error *err)
{
	size_t room = 1;
	for (size_t i = 0; i < n; i++)
		room += left[i].event_count;
	struct version_event *events = arena_make_array(arena, room, struct version_event);
	if (events == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		if (left[i].event_count)
			memcpy(events + into->event_count, left[i].events, left[i].event_count * sizeof *events);
		into->event_count += left[i].event_count;
	}
	into->events = events;
	return 0;
}

/* Each with room for all that could be left, of which little is: in an arena of their own. */
static int
leave_ranges(const struct ranges *vulnerable, const struct ranges *unaffected, struct arena *arena, struct affected *out, struct plim_error *err)
{
	AUTO(arena) struct arena *own = arena_new(0);
	struct affected *left = own ? arena_make_array(own, vulnerable->n + 1, struct affected) : NULL;
	int r = left ? 0 : error_nomem(err);
	for (size_t i = 0; r == 0 && i < vulnerable->n; i++)
		r = put_left(&vulnerable->at[i], unaffected, own, &left[i], err);
	return r < 0 ? r : join_left(left, vulnerable->n, arena, out, err);
}

static int
take_ranges(const struct xml_element *from, struct arena *arena, struct ranges *vulnerable, struct ranges *unaffected, struct plim_error *err)
{
	int r = 0;
	vulnerable->n = unaffected->n = 0;
	for (const struct xml_element *at = from->first; r == 0 && at; at = at->next) {
		bool is_vulnerable = slice_is(at->name, "vulnerable");
		if (is_vulnerable || slice_is(at->name, "unaffected"))
			r = take_range(at, is_vulnerable, arena, is_vulnerable ? vulnerable : unaffected, err);
		else
			r = error_set(err, PLIM_EFORMAT, "line %zu: <%.*s> is no range", at->line, SLICE_ARG(slice_first(at->name, 40)));
	}
	return r;
}

static int
take_package(const struct glsa *glsa, const struct xml_element *from, struct affected *out, struct plim_error *err)
{
	struct ranges vulnerable, unaffected;
	*out = (struct affected){ .ecosystem = SLICE("gentoo:"), .package = attribute(from, "name"), .fix_known = glsa->announced };
	int r = take_ranges(from, glsa->arena, &vulnerable, &unaffected, err);
	if (r == 0 && slice_find(out->package, '/') == SIZE_MAX)
		r = error_set(err, PLIM_EFORMAT, "line %zu: a package without its category", from->line);
	return r < 0 ? r : leave_ranges(&vulnerable, &unaffected, glsa->arena, out, err);
}

/* What is installed does not tell an architecture: what is vulnerable on one is so on all. */
static int
take_packages(const struct glsa *glsa, struct advisory *out, struct plim_error *err)
{
	const struct xml_element *affected = xml_child(glsa->root, "affected");
	size_t room = 1;
	int r = affected ? 0 : error_set(err, PLIM_EFORMAT, "it does not tell what is affected");
	for (const struct xml_element *at = affected ? affected->first : NULL; at; at = at->next)
		room++;
	struct affected *list = r == 0 ? arena_make_array(glsa->arena, room, struct affected) : NULL;
	if (r == 0 && list == NULL)
		r = error_nomem(err);
	for (const struct xml_element *at = affected ? affected->first : NULL; r == 0 && at; at = at->next) {
		struct affected *place = &list[out->affected_count];
		/* Gentoo's own machines are services. */
		if (!slice_is(at->name, "package") && !slice_is(at->name, "service"))
			r = error_set(err, PLIM_EFORMAT, "line %zu: <%.*s> is no package", at->line, SLICE_ARG(slice_first(at->name, 40)));
		else if (slice_is(at->name, "package") && (r = take_package(glsa, at, place, err)) == 0)
			out->affected_count += place->event_count > 0;
	}
	out->affected = list;
	return r;
}

/* what it is about */

/* "CVE-2022-0529"; CAN was what a number was called while it waited. */
static struct slice
cve_of(struct slice text, struct arena *arena)
{
	size_t at = slice_find_text(text, SLICE("CVE-")), n = 0;
	if (at == SIZE_MAX)
		at = slice_find_text(text, SLICE("CAN-"));
	text = at == SIZE_MAX ? SLICE_NONE : slice_from(text, at + 4);
	while (n < text.n && (n == 4 ? text.p[n] == '-' : text.p[n] >= '0' && text.p[n] <= '9'))
		n++;
	return n < 9 ? SLICE("") : arena_printf(arena, "CVE-%.*s", (int)(n > 40 ? 40 : n), text.p);
}

static int
put_alias(const struct glsa *glsa, const struct xml_element *uri, struct map *seen, struct slice *aliases, size_t *n, struct plim_error *err)
{
	struct slice cve = cve_of(uri->text, glsa->arena);
	if (cve.n == 0)
		cve = cve_of(attribute(uri, "link"), glsa->arena);
	void **place = cve.n ? map_place(seen, cve) : NULL;
	if (cve.p == NULL || (cve.n && place == NULL))
		return error_nomem(err);
	if (cve.n == 0 || *place)
		return 0;
	*place = aliases;
	aliases[(*n)++] = cve;
	return 0;
}

static int
take_aliases(const struct glsa *glsa, struct advisory *out, struct plim_error *err)
{
	AUTO(map) struct map seen = { 0 };
	const struct xml_element *references = xml_child(glsa->root, "references"), *first = references ? references->first : NULL;
	size_t room = 1;
	for (const struct xml_element *at = first; at; at = at->next)
		room++;
	struct slice *aliases = arena_make_array(glsa->arena, room, struct slice);
	int r = aliases ? 0 : error_nomem(err);
	for (const struct xml_element *at = first; r == 0 && at; at = at->next)
		if (slice_is(at->name, "uri"))
			r = put_alias(glsa, at, &seen, aliases, &out->alias_count, err);
	out->aliases = aliases;
	return r;
}

static enum severity
severity_of(struct slice impact)
{
	static const struct {
		const char *word;
		enum severity severity;
	} words[] = { { "minimal", SEVERITY_LOW }, { "low", SEVERITY_LOW }, { "normal", SEVERITY_MEDIUM }, { "medium", SEVERITY_MEDIUM },
		          { "high", SEVERITY_HIGH } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_eq_nocase(impact, slice_of(words[i].word)))
			return words[i].severity;
	return SEVERITY_UNKNOWN;
}

static int64_t
date_of(struct slice text)
{
	int64_t day;
	return date_parse_day(text, &day) ? day * DAY_S : feed_date(text);
}

/* "202301-01" */
static bool
is_id(struct slice id)
{
	struct slice month, number;
	uint64_t value;
	return slice_cut(id, '-', &month, &number) && month.n == 6 && number.n <= 6 && slice_to_u64(month, 10, &value) &&
	       slice_to_u64(number, 10, &value);
}

static int
take_head(struct glsa *glsa, struct plim_error *err)
{
	struct slice announced = xml_child_text(glsa->root, "announced"), revised = xml_child_text(glsa->root, "revised"), day, count;
	glsa->id = attribute(glsa->root, "id");
	/* "May 26, 2007: 01" of the older ones. */
	slice_cut(revised, ':', &day, &count);
	glsa->announced = date_of(announced);
	glsa->revised = date_of(slice_trim(day));
	if (!slice_is(glsa->root->name, "glsa") || !is_id(glsa->id))
		return error_set(err, PLIM_EFORMAT, "line %zu: no GLSA, or one without its id", glsa->root->line);
	return glsa->announced == DATE_NONE ? error_set(err, PLIM_EFORMAT, "\"%.*s\" is no date", SLICE_ARG(slice_first(announced, 40))) : 0;
}

/* What is before the root, a document type too, as blanks, so that lines stay what they are. */
static int
parse(struct slice whole, struct arena *arena, const struct xml_element **out, struct plim_error *err)
{
	AUTO(xml) struct xml xml = { .in = { .in = whole } };
	enum xml_kind kind;
	int r = xml_next(&xml, &kind, err);
	if (r == 0 && kind != XML_OPEN)
		r = error_set(err, PLIM_EFORMAT, "it has no element");
	if (r < 0)
		return r;
	size_t from = slice_find_last(slice_first(whole, xml.in.at), '<');
	char *text = (char *)arena_dup(arena, whole).p;
	for (size_t i = 0; text && i < from; i++)
		text[i] = text[i] == '\n' ? '\n' : ' ';
	return text ? xml_tree_parse((struct slice){ text, whole.n }, arena, out, err) : error_nomem(err);
}

static int
read_glsa(const struct feed_file *file, struct builder *builder, struct arena *arena, struct data_feed *out, struct plim_error *err)
{
	struct glsa glsa = { .arena = arena };
	int r = parse(file->bytes, arena, &glsa.root, err);
	if (r < 0 || (r = take_head(&glsa, err)) < 0)
		return r;
	struct advisory advisory = {
		.id = arena_printf(arena, "GLSA-%.*s", SLICE_ARG(glsa.id)), .title = slice_first_text(xml_child_text(glsa.root, "title"), 160),
		.url = arena_printf(arena, "https://security.gentoo.org/glsa/%.*s", SLICE_ARG(glsa.id)),
		.severity = severity_of(attribute(xml_child(glsa.root, "impact"), "type")), .published = glsa.announced, .modified = glsa.revised,
	};
	if (advisory.id.p == NULL || advisory.url.p == NULL)
		return error_nomem(err);
	if ((r = take_aliases(&glsa, &advisory, err)) < 0 || (r = take_packages(&glsa, &advisory, err)) < 0)
		return r;
	out->name = SLICE("glsa");
	out->records = 1;
	out->snapshot = glsa.revised > glsa.announced ? glsa.revised : glsa.announced;
	return builder_advisory(builder, &advisory, err);
}

static bool
is_glsa(struct slice name)
{
	return slice_starts(name, SLICE("glsa-")) && slice_ends(name, SLICE(".xml"));
}

const struct feed feed_glsa = {
	.format = "glsa", .bid = bid, .read = read_glsa, .joins = true, .is_document = is_glsa, .own = true, .counted = true,
};
