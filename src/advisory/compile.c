/* SPDX-License-Identifier: Apache-2.0 */
/* From the builder's lists to the bytes of the file: drop, sort, lay out, hash. */
#include "advisory/builder.h"
#include "advisory/ecosystem.h"
#include "advisory/feed.h"
#include "advisory/format.h"
#include "base/error.h"

#include <stdio.h>

static const size_t widths[SECTION_COUNT] = {
#define SECTION_WIDTH(name, width) [SECTION_##name] = width,
	FORMAT_SECTIONS(SECTION_WIDTH)
#undef SECTION_WIDTH
};

struct compiler {
	const struct builder *from;
	struct strbuf sections[SECTION_COUNT];
	struct map texts;              /* to the kept offset, one more than it */
	uint32_t *feed_index;          /* in the file, UINT32_MAX for one that was dropped */
	uint32_t *advisory_index;
	bool failed;
};

static void
put_u32(struct strbuf *into, uint32_t number)
{
	const char bytes[] = { (char)number, (char)(number >> 8), (char)(number >> 16), (char)(number >> 24) };
	strbuf_put(into, (struct slice){ bytes, sizeof bytes });
}

static void
put_u64(struct strbuf *into, uint64_t number)
{
	put_u32(into, (uint32_t)number);
	put_u32(into, (uint32_t)(number >> 32));
}

static void
put_text(struct compiler *c, struct strbuf *into, struct slice text)
{
	void **place = text.n ? map_place(&c->texts, text) : NULL;
	if (text.n && place == NULL) {
		c->failed = true;
		return;
	}
	if (place && *place == NULL) {
		*place = (void *)(uintptr_t)(c->sections[SECTION_TEXT].n + 1);
		strbuf_put(&c->sections[SECTION_TEXT], text);
	}
	put_u32(into, place ? (uint32_t)((uintptr_t)*place - 1) : 0);
	put_u32(into, (uint32_t)text.n);
}

static size_t
record_count(const struct compiler *c, enum section section)
{
	return c->sections[section].n / widths[section];
}

static void
put_run(struct compiler *c, struct strbuf *into, const struct span *texts)
{
	put_u32(into, (uint32_t)record_count(c, SECTION_TEXTS));
	put_u32(into, texts->n);
	for (uint32_t i = 0; i < texts->n; i++)
		put_text(c, &c->sections[SECTION_TEXTS], c->from->texts.at[texts->first + i]);
}

static void
put_feeds(struct compiler *c)
{
	struct strbuf *into = &c->sections[SECTION_FEEDS];
	for (size_t i = 0; i < c->from->feeds.n; i++) {
		const struct data_feed *feed = &c->from->feeds.at[i].feed;
		c->feed_index[i] = c->from->feeds.at[i].dropped ? UINT32_MAX : (uint32_t)record_count(c, SECTION_FEEDS);
		if (c->from->feeds.at[i].dropped)
			continue;
		put_text(c, into, feed->name);
		put_text(c, into, feed->format);
		strbuf_put(into, (struct slice){ (const char *)feed->digest.bytes, 32 });
		put_u64(into, (uint64_t)feed->snapshot);
		put_u64(into, feed->records);
		put_u32(into, feed->sample);
		put_u32(into, 0);
	}
}

/* advisories and their ids */

struct named {
	struct slice id;
	uint32_t advisory;
};

static int
by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order = slice_cmp(a->id, b->id);
	return order ? order : (a->advisory > b->advisory) - (a->advisory < b->advisory);
}

static void
put_advisory(struct compiler *c, const struct kept_advisory *a)
{
	struct strbuf *into = &c->sections[SECTION_ADVISORIES];
	put_text(c, into, a->id);
	put_text(c, into, a->title);
	put_text(c, into, a->url);
	put_text(c, into, a->vector);
	put_u32(into, c->feed_index[a->feed]);
	put_u32(into, a->severity);
	put_u64(into, (uint64_t)a->published);
	put_u64(into, (uint64_t)a->modified);
	put_run(c, into, &a->aliases);
	put_run(c, into, &a->related);
}

static void
put_ids(struct compiler *c, struct named *names, size_t n)
{
	if (n > 1)
		qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		put_text(c, &c->sections[SECTION_IDS], names[i].id);
		put_u32(&c->sections[SECTION_IDS], names[i].advisory);
	}
}

static bool
put_advisories(struct compiler *c)
{
	VEC(struct named) names = { 0 };
	bool whole = true;
	for (size_t i = 0; i < c->from->advisories.n; i++) {
		const struct kept_advisory *a = &c->from->advisories.at[i];
		uint32_t index = (uint32_t)record_count(c, SECTION_ADVISORIES);
		c->advisory_index[i] = index;
		if (c->feed_index[a->feed] == UINT32_MAX)
			continue;
		put_advisory(c, a);
		for (uint32_t k = 0; whole && k <= a->aliases.n; k++) {
			struct named *name = vec_push(&names);
			whole = name != NULL;
			if (whole)
				*name = (struct named){ k ? c->from->texts.at[a->aliases.first + k - 1] : a->id, index };
		}
	}
	put_ids(c, names.at, names.n);
	vec_done(&names);
	return whole;
}

/* statements */

struct sorted_statement {
	const struct kept_statement *kept;
	struct slice id;
};

static int
by_package(const void *left, const void *right)
{
	const struct sorted_statement *a = left, *b = right;
	int order = slice_cmp(a->kept->ecosystem, b->kept->ecosystem);
	order = order ? order : slice_cmp(a->kept->package, b->kept->package);
	order = order ? order : slice_cmp(a->id, b->id);
	/* Those of one list keep their order. */
	return order ? order : (a->kept > b->kept) - (a->kept < b->kept);
}

static void
put_statement(struct compiler *c, const struct kept_statement *s)
{
	struct strbuf *into = &c->sections[SECTION_STATEMENTS];
	put_text(c, into, s->ecosystem);
	put_text(c, into, s->package);
	put_u32(into, c->advisory_index[s->advisory]);
	put_u32(into, (uint32_t)s->state | (uint32_t)s->severity << 16);
	put_u64(into, (uint64_t)s->fix_known);
	put_u32(into, (uint32_t)record_count(c, SECTION_EVENTS));
	put_u32(into, s->events.n);
	for (uint32_t i = 0; i < s->events.n; i++) {
		const struct version_event *event = &c->from->events.at[s->events.first + i];
		put_u32(&c->sections[SECTION_EVENTS], event->kind);
		put_text(c, &c->sections[SECTION_EVENTS], event->version);
	}
	put_run(c, into, &s->versions);
	put_text(c, into, s->module);
	put_text(c, into, s->channel);
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

/* How many packages of each release or registry one feed names. */
struct named_count {
	struct slice ecosystem, package;
	uint32_t feed;
};

static int
by_feed(const void *left, const void *right)
{
	const struct named_count *a = left, *b = right;
	int order = slice_cmp(a->ecosystem, b->ecosystem);
	order = order ? order : (a->feed > b->feed) - (a->feed < b->feed);
	return order ? order : slice_cmp(a->package, b->package);
}

static void
put_cover(struct compiler *c, struct slice ecosystem, uint32_t feed, uint32_t named, const struct span *packages)
{
	struct strbuf *into = &c->sections[SECTION_COVERS];
	put_text(c, into, ecosystem);
	put_u32(into, c->feed_index[feed]);
	put_u32(into, named);
	put_run(c, into, packages);
}

/* One record for each of them and each feed, with the number of different packages. */
static void
put_counted(struct compiler *c, struct named_count *counts, size_t n)
{
	const struct span none = { 0, 0 };
	uint32_t named = 0;
	if (n > 1)
		qsort(counts, n, sizeof *counts, by_feed);
	for (size_t i = 0; i < n; i++) {
		bool ends = i + 1 == n || counts[i + 1].feed != counts[i].feed || !slice_eq(counts[i + 1].ecosystem, counts[i].ecosystem);
		named += ends || !slice_eq(counts[i + 1].package, counts[i].package);
		if (!ends)
			continue;
		put_cover(c, counts[i].ecosystem, counts[i].feed, named, &none);
		named = 0;
	}
}

static bool
put_statements(struct compiler *c)
{
	size_t n = 0, counted = 0;
	AUTO(free) struct sorted_statement *sorted = calloc(c->from->statements.n + 1, sizeof *sorted);
	AUTO(free) struct named_count *counts = calloc(c->from->statements.n + 1, sizeof *counts);
	if (sorted == NULL || counts == NULL)
		return false;
	for (size_t i = 0; i < c->from->statements.n; i++) {
		const struct kept_statement *s = &c->from->statements.at[i];
		if (c->feed_index[s->feed] == UINT32_MAX)
			continue;
		sorted[n++] = (struct sorted_statement){ s, c->from->advisories.at[s->advisory].id };
		if (is_counted(&c->from->feeds.at[s->feed].feed, s->ecosystem))
			counts[counted++] = (struct named_count){ s->ecosystem, s->package, s->feed };
	}
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_package);
	for (size_t i = 0; i < n; i++)
		put_statement(c, sorted[i].kept);
	for (size_t i = 0; i < c->from->covers.n; i++) {
		const struct kept_cover *cover = &c->from->covers.at[i];
		if (c->feed_index[cover->feed] != UINT32_MAX)
			put_cover(c, cover->ecosystem, cover->feed, COVER_DECLARED, &cover->packages);
	}
	put_counted(c, counts, counted);
	return true;
}

/* exploited and scores */

static int
by_id(const void *left, const void *right)
{
	const struct kept_exploited *a = left, *b = right;
	int order = slice_cmp(a->id, b->id);
	return order ? order : (a->added > b->added) - (a->added < b->added);
}

static int
by_key(const void *left, const void *right)
{
	const struct kept_score *a = left, *b = right;
	return (a->key > b->key) - (a->key < b->key);
}

static bool
put_exploited(struct compiler *c)
{
	size_t n = 0;
	AUTO(free) struct kept_exploited *sorted = calloc(c->from->exploited.n + 1, sizeof *sorted);
	if (sorted == NULL)
		return false;
	for (size_t i = 0; i < c->from->exploited.n; i++)
		if (c->feed_index[c->from->exploited.at[i].feed] != UINT32_MAX)
			sorted[n++] = c->from->exploited.at[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_id);
	for (size_t i = 0; i < n; i++) {
		put_text(c, &c->sections[SECTION_EXPLOITED], sorted[i].id);
		put_u64(&c->sections[SECTION_EXPLOITED], (uint64_t)sorted[i].added);
	}
	return true;
}

static int
by_lifetime(const void *left, const void *right)
{
	const struct kept_lifetime *a = left, *b = right;
	int order = slice_cmp(a->lifetime.key, b->lifetime.key);
	return order ? order : (a->feed > b->feed) - (a->feed < b->feed);
}

static bool
put_lifetimes(struct compiler *c)
{
	struct strbuf *into = &c->sections[SECTION_LIFETIMES];
	size_t n = 0;
	AUTO(free) struct kept_lifetime *sorted = calloc(c->from->lifetimes.n + 1, sizeof *sorted);
	if (sorted == NULL)
		return false;
	for (size_t i = 0; i < c->from->lifetimes.n; i++)
		if (c->feed_index[c->from->lifetimes.at[i].feed] != UINT32_MAX)
			sorted[n++] = c->from->lifetimes.at[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_lifetime);
	for (size_t i = 0; i < n; i++) {
		put_text(c, into, sorted[i].lifetime.key);
		put_u64(into, (uint64_t)sorted[i].lifetime.ends);
		put_u64(into, (uint64_t)sorted[i].lifetime.extended_ends);
	}
	return true;
}

static bool
put_scores(struct compiler *c)
{
	size_t n = 0;
	AUTO(free) struct kept_score *sorted = calloc(c->from->scores.n + 1, sizeof *sorted);
	if (sorted == NULL)
		return false;
	for (size_t i = 0; i < c->from->scores.n; i++)
		if (c->feed_index[c->from->scores.at[i].feed] != UINT32_MAX)
			sorted[n++] = c->from->scores.at[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_key);
	for (size_t i = 0; i < n; i++) {
		put_u32(&c->sections[SECTION_SCORES], sorted[i].key);
		put_u32(&c->sections[SECTION_SCORES], sorted[i].score);
	}
	return true;
}

/* the file */

static uint64_t
align(uint64_t at, uint64_t to)
{
	return (at + to - 1) / to * to;
}

struct plan {
	uint64_t at[SECTION_COUNT];
	uint64_t data_at, size;
	size_t leaves;
};

/* Where the data begins depends on the number of leaves, and that on the data's size only. */
static void
plan_make(const struct compiler *c, struct plan *out)
{
	uint64_t size = 0;
	for (size_t i = 0; i < SECTION_COUNT; i++)
		size = align(size, 8) + c->sections[i].n;
	out->leaves = (size_t)((size + FORMAT_BLOCK - 1) / FORMAT_BLOCK);
	out->data_at = align(FORMAT_HEADER_SIZE + out->leaves * FORMAT_ROOT_SIZE, FORMAT_ALIGNMENT);
	out->size = out->data_at;
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		out->at[i] = align(out->size, 8);
		out->size = out->at[i] + c->sections[i].n;
	}
}

static void
put_header(const struct compiler *c, const struct plan *plan, struct strbuf *out)
{
	strbuf_puts(out, FORMAT_MAGIC);
	put_u32(out, DATABASE_VERSION);
	put_u32(out, SECTION_COUNT);
	put_u64(out, plan->size);
	strbuf_fill(out, '\0', FORMAT_ROOT_SIZE);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		put_u64(out, plan->at[i]);
		put_u64(out, record_count(c, (enum section)i));
	}
	strbuf_fill(out, '\0', plan->data_at - out->n);
}

static bool
hash_blocks(const struct plan *plan, struct strbuf *out, struct digest *root)
{
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return false;
	for (size_t i = 0; i < plan->leaves; i++) {
		struct slice block = slice_first(slice_from(strbuf_slice(out), plan->data_at + i * FORMAT_BLOCK), FORMAT_BLOCK);
		hasher_add(hasher, block);
		struct digest leaf = hasher_end(hasher);
		memcpy(out->p + FORMAT_HEADER_SIZE + i * FORMAT_ROOT_SIZE, leaf.bytes, FORMAT_ROOT_SIZE);
	}
	hasher_add(hasher, slice_first(strbuf_slice(out), FORMAT_HEADER_SIZE + plan->leaves * FORMAT_ROOT_SIZE));
	*root = hasher_end(hasher);
	memcpy(out->p + FORMAT_ROOT_AT, root->bytes, FORMAT_ROOT_SIZE);
	return true;
}

static int
put_file(const struct compiler *c, struct strbuf *out, struct digest *root, struct plim_error *err)
{
	struct plan plan;
	if (c->sections[SECTION_TEXT].n > UINT32_MAX)
		return error_set(err, PLIM_ELIMIT, "more than 4 GiB of texts");
	plan_make(c, &plan);
	put_header(c, &plan, out);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		strbuf_fill(out, '\0', plan.at[i] - out->n);
		strbuf_put(out, strbuf_slice(&c->sections[i]));
	}
	return out->failed || !hash_blocks(&plan, out, root) ? error_nomem(err) : 0;
}

static bool
sections_fill(struct compiler *c)
{
	c->feed_index = calloc(c->from->feeds.n + 1, sizeof *c->feed_index);
	c->advisory_index = calloc(c->from->advisories.n + 1, sizeof *c->advisory_index);
	if (c->feed_index == NULL || c->advisory_index == NULL)
		return false;
	put_feeds(c);
	if (!put_advisories(c) || !put_statements(c) || !put_exploited(c) || !put_scores(c) || !put_lifetimes(c))
		return false;
	for (size_t i = 0; i < SECTION_COUNT; i++)
		c->failed = c->failed || c->sections[i].failed;
	return !c->failed;
}

int
builder_compile(const struct builder *builder, struct strbuf *out, struct digest *root, struct plim_error *err)
{
	struct compiler c = { .from = builder };
	int r = sections_fill(&c) ? put_file(&c, out, root, err) : error_nomem(err);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		strbuf_done(&c.sections[i]);
	map_done(&c.texts);
	free(c.feed_index);
	free(c.advisory_index);
	return r;
}
