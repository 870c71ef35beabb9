/* SPDX-License-Identifier: Apache-2.0 */
/* From what the builder has to the file: drop, sort, lay out. */
#include "advisory/compile.h"

#include "base/date.h"
#include "base/error.h"
#include "base/varint.h"

/* pieces */

void
compile_u32(struct strbuf *into, uint32_t number)
{
	const char bytes[] = { (char)number, (char)(number >> 8), (char)(number >> 16), (char)(number >> 24) };
	strbuf_put(into, (struct slice){ bytes, sizeof bytes });
}

void
compile_text(struct strbuf *into, struct slice text)
{
	varint_put(into, text.n);
	strbuf_put(into, text);
}

void
compile_time(struct strbuf *into, int64_t seconds)
{
	if (seconds == DATE_NONE)
		varint_put(into, 0);
	else if (seconds % DAY_S == 0)
		varint_put(into, (zigzag(seconds / DAY_S) << 1) + 1);
	else
		varint_put(into, (zigzag(seconds) << 1) + 2);
}

void
compile_plain_record(struct compiler *c, enum section stream)
{
	compile_text(&c->sections[stream], strbuf_slice(&c->record));
	c->failed = c->failed || c->record.failed;
	c->counts[stream]++;
	strbuf_clear(&c->record);
}

void
compile_keys(struct compiler *c, enum section table, enum section keys)
{
	const struct strbuf *from = &c->sections[table];
	size_t n = from->failed ? 0 : (size_t)c->counts[table], width = n ? from->n / n : 0;
	for (size_t i = 0; i < n; i += FORMAT_KEY_STEP, c->counts[keys]++)
		strbuf_put(&c->sections[keys], (struct slice){ from->p + i * width, 4 });
}

void
compile_entry(struct compiler *c, enum section index, uint64_t at, struct slice id)
{
	compile_u32(&c->sections[index], (uint32_t)at);
	compile_u32(&c->sections[index], cve_key(id));
	c->counts[index]++;
}

void
compile_record(struct compiler *c, enum section stream, enum section index, struct slice id)
{
	if (c->counts[stream] % FORMAT_STEP == 0)
		compile_entry(c, index, c->sections[stream].n, id);
	compile_plain_record(c, stream);
}

static bool
is_dropped(const struct compiler *c, uint32_t feed)
{
	return c->feed_index[feed] == DROPPED;
}

/* feeds */

static void
put_feed(struct compiler *c, const struct data_feed *feed)
{
	compile_text(&c->record, feed->name);
	compile_text(&c->record, feed->format);
	compile_text(&c->record, feed->url);
	strbuf_put(&c->record, (struct slice){ (const char *)feed->digest.bytes, FORMAT_HASH });
	compile_time(&c->record, feed->snapshot);
	compile_time(&c->record, feed->fetched);
	varint_put(&c->record, feed->records);
	varint_put(&c->record, feed->sample);
	compile_plain_record(c, SECTION_FEEDS);
}

static void
put_feeds(struct compiler *c)
{
	for (size_t i = 0; i < c->from->feeds.n; i++) {
		c->feed_index[i] = DROPPED;
		if (c->from->feeds.at[i].dropped)
			continue;
		c->feed_index[i] = c->feed_count;
		c->feed_from[c->feed_count++] = (uint32_t)i;
		put_feed(c, &c->from->feeds.at[i].feed);
	}
}

static void
put_covers(struct compiler *c)
{
	for (size_t i = 0; i < c->from->covers.n; i++) {
		const struct kept_cover *cover = &c->from->covers.at[i];
		if (is_dropped(c, cover->feed))
			continue;
		compile_text(&c->record, interned(&c->from->texts, cover->ecosystem));
		varint_put(&c->record, c->feed_index[cover->feed]);
		varint_put(&c->record, COVER_DECLARED);
		varint_put(&c->record, cover->n);
		for (uint32_t k = 0; k < cover->n; k++)
			compile_text(&c->record, interned(&c->from->texts, c->from->names.at[cover->first + k]));
		compile_plain_record(c, SECTION_COVERS);
	}
}

/* what concerns no package */

static int
by_key(const void *left, const void *right)
{
	const struct kept_score *a = left, *b = right;
	return (a->key > b->key) - (a->key < b->key);
}

static void
put_scores(struct compiler *c)
{
	struct strbuf *into = &c->sections[SECTION_SCORES];
	if (c->from->scores.n > 1)
		qsort(c->from->scores.at, c->from->scores.n, sizeof *c->from->scores.at, by_key);
	vec_each(&c->from->scores, score) {
		if (is_dropped(c, score->feed))
			continue;
		compile_u32(into, score->key);
		compile_u32(into, score->score);
		c->counts[SECTION_SCORES]++;
	}
	compile_keys(c, SECTION_SCORES, SECTION_SCORE_KEYS);
}

static int
by_exploited(const void *left, const void *right)
{
	const struct kept_exploited *a = left, *b = right;
	int order = (a->key > b->key) - (a->key < b->key);
	return order ? order : (a->added > b->added) - (a->added < b->added);
}

static void
put_exploited(struct compiler *c)
{
	struct strbuf *into = &c->sections[SECTION_EXPLOITED];
	if (c->from->exploited.n > 1)
		qsort(c->from->exploited.at, c->from->exploited.n, sizeof *c->from->exploited.at, by_exploited);
	vec_each(&c->from->exploited, exploited) {
		if (is_dropped(c, exploited->feed))
			continue;
		compile_u32(into, exploited->key);
		compile_u32(into, (uint32_t)(uint64_t)exploited->added);
		compile_u32(into, (uint32_t)((uint64_t)exploited->added >> 32));
		c->counts[SECTION_EXPLOITED]++;
	}
}

static int
by_lifetime(const void *left, const void *right, void *texts)
{
	const struct kept_lifetime *a = left, *b = right;
	int order = slice_cmp(interned(texts, a->key), interned(texts, b->key));
	return order ? order : (a->feed > b->feed) - (a->feed < b->feed);
}

static void
put_lifetimes(struct compiler *c)
{
	struct builder *from = c->from;
	if (from->lifetimes.n > 1)
		qsort_r(from->lifetimes.at, from->lifetimes.n, sizeof *from->lifetimes.at, by_lifetime, &from->texts);
	vec_each(&from->lifetimes, lifetime) {
		if (is_dropped(c, lifetime->feed))
			continue;
		compile_text(&c->record, interned(&from->texts, lifetime->key));
		compile_time(&c->record, lifetime->ends);
		compile_time(&c->record, lifetime->extended_ends);
		compile_plain_record(c, SECTION_LIFETIMES);
	}
}

/* advisories in their order */

static int
by_id(const void *left, const void *right, void *texts)
{
	const struct sorted_advisory *a = left, *b = right;
	int order = a->id == b->id ? 0 : id_cmp(interned(texts, a->id), interned(texts, b->id));
	order = order ? order : (a->feed > b->feed) - (a->feed < b->feed);
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

static void
list_advisories(struct compiler *c)
{
	for (uint32_t number = 1; number <= c->from->advisories.texts.n; number++) {
		struct kept_advisory kept = kept_advisory(c->from, number);
		if (!is_dropped(c, kept.feed))
			c->advisories[c->advisory_count++] = (struct sorted_advisory){ number, kept.id, c->feed_index[kept.feed], 0 };
	}
}

static bool
is_namesake(const struct sorted_advisory *a, const struct sorted_advisory *b)
{
	return a->id == b->id && a->feed == b->feed;
}

/* Ranks by feed, then id: those of one feed are counted first, then dealt out in the order of ids. */
static bool
rank_advisories(struct compiler *c)
{
	AUTO(free) uint32_t *next = calloc(c->feed_count + 1, sizeof *next);
	if (next == NULL)
		return false;
	for (size_t i = 0; i < c->advisory_count; i++)
		next[c->advisories[i].feed + 1]++;
	for (size_t i = 0; i < c->feed_count; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < c->advisory_count; i++) {
		struct sorted_advisory *at = &c->advisories[i];
		at->ordinal = i > 0 && is_namesake(at, at - 1) ? at[-1].ordinal + 1 : 0;
		c->ordinal[at->number] = at->ordinal;
		c->rank[at->number] = next[at->feed]++;
	}
	return true;
}

static bool
sort_advisories(struct compiler *c)
{
	size_t n = c->from->advisories.texts.n + 1;
	c->advisories = calloc(n, sizeof *c->advisories);
	c->rank = calloc(n, sizeof *c->rank);
	c->ordinal = calloc(n, sizeof *c->ordinal);
	if (c->advisories == NULL || c->rank == NULL || c->ordinal == NULL)
		return false;
	list_advisories(c);
	if (c->advisory_count > 1)
		qsort_r(c->advisories, c->advisory_count, sizeof *c->advisories, by_id, &c->from->texts);
	return rank_advisories(c);
}

/* the file */

static void
write_sections(struct compiler *c)
{
	for (enum section section = 0; section < SECTION_COUNT; section++) {
		/* Written while they were made. */
		if (section == SECTION_STATEMENTS || section == SECTION_ADVISORIES)
			continue;
		c->failed = c->failed || c->sections[section].failed;
		writer_open(&c->writer, section);
		writer_put(&c->writer, strbuf_slice(&c->sections[section]));
		writer_close(&c->writer, section, c->counts[section]);
		strbuf_done(&c->sections[section]);
	}
}

static int
compile(struct compiler *c, struct digest *root, struct plim_error *err)
{
	c->feed_index = calloc(c->from->feeds.n + 1, sizeof *c->feed_index);
	c->feed_from = calloc(c->from->feeds.n + 1, sizeof *c->feed_from);
	if (c->feed_index == NULL || c->feed_from == NULL)
		return error_nomem(err);
	put_feeds(c);
	if (!sort_advisories(c))
		return error_nomem(err);
	compile_statements(c);
	put_covers(c);
	compile_advisories(c);
	put_exploited(c);
	put_scores(c);
	put_lifetimes(c);
	write_sections(c);
	return c->failed ? error_nomem(err) : writer_end(&c->writer, root, err);
}

int
builder_compile(struct builder *builder, int fd, struct digest *root, struct plim_error *err)
{
	struct compiler c = { .from = builder };
	writer_start(&c.writer, fd);
	int r = compile(&c, root, err);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		strbuf_done(&c.sections[i]);
	strbuf_done(&c.record);
	writer_done(&c.writer);
	free(c.feed_index);
	free(c.feed_from);
	free(c.advisories);
	free(c.rank);
	free(c.ordinal);
	return r;
}
