/* SPDX-License-Identifier: Apache-2.0 */
/* What feeds say of packages: sorted by package, then feed and id; a package's statements are one group (format.h). */
#include "advisory/compile.h"

#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "advisory/store.h"
#include "base/date.h"
#include "base/varint.h"

/* A group's texts: where each was written, so that it need not be written again. */
struct seen {
	uint32_t group;
	uint32_t at;
};

struct grouping {
	struct compiler *c;
	struct strbuf group;
	VEC(struct seen) seen;         /* by number of text */
	struct interner written;       /* groups that packages after theirs may share */
	VEC(uint64_t) written_at;      /* of each */
	uint32_t number;               /* of the group, from 1 on */
	uint32_t ecosystem;            /* of the groups at hand, number of a text; 0 before the first */
	uint32_t *named;               /* how many packages of it each feed names */
};

/* sorting */

static int
by_names(const void *left, const void *right, void *from)
{
	uint32_t a[2], b[2];
	const struct builder *builder = from;
	kept_pair(builder, *(const uint32_t *)left, &a[0], &a[1]);
	kept_pair(builder, *(const uint32_t *)right, &b[0], &b[1]);
	int order = a[0] == b[0] ? 0 : slice_cmp(interned(&builder->texts, a[0]), interned(&builder->texts, b[0]));
	return order ? order : slice_cmp(interned(&builder->texts, a[1]), interned(&builder->texts, b[1]));
}

static int
by_place(const void *left, const void *right)
{
	const struct kept_statement *a = left, *b = right;
	int order = (a->pair > b->pair) - (a->pair < b->pair);
	order = order ? order : (a->advisory > b->advisory) - (a->advisory < b->advisory);
	return order ? order : (a->body > b->body) - (a->body < b->body);
}

/* Drops what is of dropped feeds, puts places among all in the stead of numbers, and sorts by them. */
static void
sort_statements(struct compiler *c, const uint32_t *place_of_pair)
{
	struct builder *from = c->from;
	size_t n = 0;
	vec_each(&from->statements, s)
		if (c->feed_index[kept_advisory(from, s->advisory).feed] != DROPPED)
			from->statements.at[n++] = (struct kept_statement){ place_of_pair[s->pair], c->rank[s->advisory], s->body };
	from->statements.n = n;
	if (n > 1)
		qsort(from->statements.at, n, sizeof *from->statements.at, by_place);
}

/* one statement */

/* A place for every text; false without memory. */
static bool
see_texts(struct grouping *g)
{
	size_t n = g->c->from->texts.texts.n + 1, had = g->seen.n;
	if (n <= had)
		return true;
	if (!vec_reserve(&g->seen, n - had))
		return false;
	memset(g->seen.at + had, 0, (n - had) * sizeof *g->seen.at);
	g->seen.n = n;
	return true;
}

static void
put_version(struct grouping *g, uint32_t number)
{
	struct seen *seen = &g->seen.at[number];
	struct slice text = interned(&g->c->from->texts, number);
	uint32_t at = (uint32_t)g->group.n;
	if (number && seen->group == g->number) {
		varint_put(&g->group, (uint64_t)(at - seen->at) << 1 | 1);
		return;
	}
	*seen = (struct seen){ g->number, at };
	varint_put(&g->group, (uint64_t)text.n << 1);
	strbuf_put(&g->group, text);
}

/* The version in which it is fixed where it is affected from the beginning on, and that is all; 0 otherwise. */
static uint32_t
plain_fix(const struct builder *from, const struct kept_body *body)
{
	struct cursor c = body->events.at;
	uint32_t kinds[2], versions[2];
	if (body->events.n != 2 || body->versions.n || body->module || body->channel)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		kinds[i] = varint_take_u32(&c);
		versions[i] = varint_take_u32(&c);
	}
	bool plain = kinds[0] == EVENT_INTRODUCED && kinds[1] == EVENT_FIXED && slice_is(interned(&from->texts, versions[0]), "0");
	return plain ? versions[1] : 0;
}

static void
put_whole(struct grouping *g, const struct kept_body *body, uint32_t ordinal)
{
	struct cursor events = body->events.at, versions = body->versions.at;
	varint_put(&g->group, (ordinal ? WHAT_ORDINAL : 0u) | (body->fix_known != DATE_NONE ? WHAT_FIX_KNOWN : 0u) | (body->module ? WHAT_MODULE : 0u) |
	                          (body->channel ? WHAT_CHANNEL : 0u) | (body->events.n ? WHAT_EVENTS : 0u) | (body->versions.n ? WHAT_VERSIONS : 0u));
	if (ordinal)
		varint_put(&g->group, ordinal);
	if (body->fix_known != DATE_NONE)
		compile_time(&g->group, body->fix_known);
	if (body->module)
		put_version(g, body->module);
	if (body->channel)
		put_version(g, body->channel);
	if (body->events.n)
		varint_put(&g->group, body->events.n);
	for (uint32_t i = 0; i < body->events.n; i++) {
		varint_put(&g->group, varint_take(&events));
		put_version(g, varint_take_u32(&events));
	}
	if (body->versions.n)
		varint_put(&g->group, body->versions.n);
	for (uint32_t i = 0; i < body->versions.n; i++)
		put_version(g, varint_take_u32(&versions));
}

static enum shape
shape_of(const struct kept_body *body, uint32_t fix, uint32_t ordinal)
{
	bool bare = !body->events.n && !body->versions.n && !body->module && !body->channel && body->fix_known == DATE_NONE;
	if (ordinal || (!fix && !bare))
		return SHAPE_WHOLE;
	return bare ? SHAPE_PLAIN : body->fix_known == DATE_NONE ? SHAPE_FIXED : SHAPE_DATED;
}

static void
put_what(struct grouping *g, const struct kept_body *body, uint32_t ordinal)
{
	uint32_t fix = plain_fix(g->c->from, body);
	enum shape shape = shape_of(body, fix, ordinal);
	strbuf_putc(&g->group, (char)((unsigned)body->state | (unsigned)body->severity << 3 | (unsigned)shape << 6));
	if (shape == SHAPE_WHOLE)
		put_whole(g, body, ordinal);
	else if (shape != SHAPE_PLAIN)
		put_version(g, fix);
	if (shape == SHAPE_DATED)
		compile_time(&g->group, body->fix_known);
}

/* "RHSA-2024:" and 4 digits of 123: neighbours have the beginning in common. */
static void
put_split_id(struct grouping *g, const struct store_id *id)
{
	AUTO(strbuf) struct strbuf copy = { 0 };    /* texts move when one is added */
	strbuf_put(&copy, id->text);
	uint32_t before = copy.failed ? INTERN_FAILED : intern(&g->c->from->texts, strbuf_slice(&copy));
	if (before == INTERN_FAILED || !see_texts(g)) {
		g->c->failed = true;
		return;
	}
	varint_put(&g->group, 1);
	put_version(g, before);
	varint_put(&g->group, id->digits);
	varint_put(&g->group, id->number);
}

static void
put_id(struct grouping *g, struct slice text, uint32_t *last)
{
	struct store_id id = store_id_of(text);
	if (id.cve) {
		varint_put(&g->group, (uint64_t)(id.cve - *last) + 2);
		*last = id.cve;
	} else if (id.digits) {
		put_split_id(g, &id);
	} else {
		varint_put(&g->group, 0);
		compile_text(&g->group, text);
	}
}

/* groups */

/* The advisories as statements are sorted by them: by feed, then id. */
struct ranked {
	uint32_t number, feed;
};

static const struct ranked *
rank_table(const struct compiler *c)
{
	struct ranked *table = calloc(c->advisory_count + 1, sizeof *table);
	for (size_t i = 0; table && i < c->advisory_count; i++)
		table[c->rank[c->advisories[i].number]] = (struct ranked){ c->advisories[i].number, c->advisories[i].feed };
	return table;
}

static bool
is_same(const struct kept_statement *a, const struct kept_statement *b)
{
	return a->pair == b->pair && a->advisory == b->advisory && a->body == b->body;
}

/* Of what one feed says twice once is enough. */
static size_t
drop_doubles(struct kept_statement *at, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !is_same(&at[kept - 1], &at[i]))
			at[kept++] = at[i];
	return kept;
}

/* A fix that its feed does not date has the day that the database before knows. */
static void
date_fix(const struct grouping *g, struct kept_body *body, uint32_t feed, struct slice id)
{
	const struct builder *from = g->c->from;
	struct cursor c = body->events.at;
	if (body->state != MATCH_FIXED || body->fix_known != DATE_NONE)
		return;
	for (uint32_t i = 0; i < body->events.n && body->fix_known == DATE_NONE; i++) {
		uint64_t kind = varint_take(&c);
		struct slice version = interned(&from->texts, varint_take_u32(&c));
		if (kind == EVENT_FIXED)
			body->fix_known = carrier_fix_known(&from->carrier, &from->feeds.at[g->c->feed_from[feed]].feed, id, version);
	}
}

static void
put_run(struct grouping *g, const struct kept_statement *at, size_t n, const struct ranked *ranked)
{
	const struct builder *from = g->c->from;
	uint32_t last = 0, feed = ranked[at->advisory].feed;
	varint_put(&g->group, feed);
	varint_put(&g->group, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t number = ranked[at[i].advisory].number;
		struct kept_body body = kept_body(from, at[i].body);
		struct slice id = interned(&from->texts, kept_advisory(from, number).id);
		date_fix(g, &body, feed, id);
		put_id(g, id, &last);
		put_what(g, &body, g->c->ordinal[number]);
	}
	g->named[feed]++;
}

/* Feeds whose many packages of a release, or of a registry, count as speaking of it as a whole; not of what is sold beside a release. */
static bool
is_counted(const struct data_feed *feed, struct slice ecosystem)
{
	if (!ecosystem_is_release(ecosystem) && slice_find(ecosystem, ':') != SIZE_MAX)
		return false;
	const struct feed *reader = feed_of_format(feed->format);
	return reader && reader->counted;
}

/* Tells of the ecosystem that is done how many packages of it each feed names. */
static void
put_counted(struct grouping *g)
{
	struct compiler *c = g->c;
	struct slice ecosystem = interned(&c->from->texts, g->ecosystem);
	for (size_t i = 0; i < c->from->feeds.n; i++) {
		uint32_t feed = c->feed_index[i];
		if (feed == DROPPED || g->named[feed] == 0 || !is_counted(&c->from->feeds.at[i].feed, ecosystem))
			continue;
		compile_text(&c->record, ecosystem);
		varint_put(&c->record, feed);
		varint_put(&c->record, g->named[feed]);
		varint_put(&c->record, 0);
		compile_plain_record(c, SECTION_COVERS);
	}
	memset(g->named, 0, (c->feed_count + 1) * sizeof *g->named);
}

static void
begin_ecosystem(struct grouping *g, uint32_t ecosystem)
{
	if (g->ecosystem)
		put_counted(g);
	g->ecosystem = ecosystem;
	strbuf_put(&g->c->record, interned(&g->c->from->texts, ecosystem));
	compile_plain_record(g->c, SECTION_KEYS);
}

/* Groups are remembered up to so much; what belongs together lies together. */
#define WRITTEN_BYTES ((size_t)4 << 20)

/* How far back the same group was written, 0 where it was not: parts of one source have the same advisories. */
static uint64_t
group_before(struct grouping *g)
{
	uint64_t at = writer_at(&g->c->writer, SECTION_STATEMENTS);
	if (g->written.bytes.n > WRITTEN_BYTES) {
		interner_done(&g->written);
		g->written_at.n = 0;
	}
	uint32_t number = intern(&g->written, strbuf_slice(&g->group));
	if (number && number <= g->written_at.n)
		return at - g->written_at.at[number - 1];
	uint64_t *place = number == 0 || number == INTERN_FAILED ? NULL : vec_push(&g->written_at);
	if (place)
		*place = at;
	else
		g->c->failed = true;
	return 0;
}

static void
put_package(struct grouping *g, struct slice name)
{
	struct compiler *c = g->c;
	if (c->counts[SECTION_PACKAGES] % FORMAT_STEP == 0) {
		compile_u32(&c->sections[SECTION_PACKAGE_INDEX], (uint32_t)c->sections[SECTION_PACKAGES].n);
		compile_u32(&c->sections[SECTION_PACKAGE_INDEX], (uint32_t)writer_at(&c->writer, SECTION_STATEMENTS));
		c->counts[SECTION_PACKAGE_INDEX]++;
	}
	uint64_t distance = group_before(g);
	varint_put(&c->record, c->counts[SECTION_KEYS] - 1);
	compile_text(&c->record, name);
	varint_put(&c->record, g->group.n);
	varint_put(&c->record, distance);
	compile_plain_record(c, SECTION_PACKAGES);
	if (distance == 0)
		writer_put(&c->writer, strbuf_slice(&g->group));
	c->failed = c->failed || g->group.failed;
}

static void
put_group(struct grouping *g, uint32_t pair, const struct kept_statement *at, size_t n, const struct ranked *ranked)
{
	uint32_t ecosystem, package;
	kept_pair(g->c->from, pair, &ecosystem, &package);
	if (ecosystem != g->ecosystem)
		begin_ecosystem(g, ecosystem);
	struct builder *from = g->c->from;
	if (!carrier_package(&from->carrier, interned(&from->texts, ecosystem), interned(&from->texts, package)))
		g->c->failed = true;
	strbuf_clear(&g->group);
	g->number++;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && ranked[at[end].advisory].feed == ranked[at[i].advisory].feed;)
			end++;
		put_run(g, &at[i], end - i, ranked);
	}
	put_package(g, interned(&g->c->from->texts, package));
}

static void
put_groups(struct grouping *g, const uint32_t *pairs, const struct ranked *ranked)
{
	struct kept_statement *at = g->c->from->statements.at;
	size_t n = g->c->from->statements.n;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && at[end].pair == at[i].pair;)
			end++;
		put_group(g, pairs[at[i].pair], &at[i], drop_doubles(&at[i], end - i), ranked);
	}
	if (g->ecosystem)
		put_counted(g);
}

/* All pairs in order, and in `place` where each is. */
static uint32_t *
sort_pairs(struct builder *from, uint32_t *place)
{
	size_t n = from->pairs.texts.n;
	uint32_t *pairs = calloc(n + 1, sizeof *pairs);
	for (size_t i = 0; pairs && i < n; i++)
		pairs[i] = (uint32_t)i + 1;
	if (pairs && n > 1)
		qsort_r(pairs, n, sizeof *pairs, by_names, from);
	for (size_t i = 0; pairs && i < n; i++)
		place[pairs[i]] = (uint32_t)i;
	return pairs;
}

static bool
write_groups(struct compiler *c)
{
	AUTO(free) uint32_t *place = calloc(c->from->pairs.texts.n + 1, sizeof *place);
	AUTO(free) uint32_t *pairs = place ? sort_pairs(c->from, place) : NULL;
	AUTO(free) uint32_t *named = calloc(c->feed_count + 1, sizeof *named);
	AUTO(free) const struct ranked *ranked = rank_table(c);
	struct grouping g = { .c = c, .named = named };
	if (pairs == NULL || named == NULL || ranked == NULL || !see_texts(&g))
		return false;
	sort_statements(c, place);
	writer_open(&c->writer, SECTION_STATEMENTS);
	put_groups(&g, pairs, ranked);
	writer_close(&c->writer, SECTION_STATEMENTS, writer_at(&c->writer, SECTION_STATEMENTS));
	strbuf_done(&g.group);
	vec_done(&g.seen);
	interner_done(&g.written);
	vec_done(&g.written_at);
	return true;
}

void
compile_statements(struct compiler *c)
{
	if (!write_groups(c))
		c->failed = true;
	/* Nobody asks for them again, and what follows needs the room. */
	vec_done(&c->from->statements);
	interner_done(&c->from->bodies);
	interner_done(&c->from->pairs);
}
