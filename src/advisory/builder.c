/* SPDX-License-Identifier: Apache-2.0 */
/* Copies what feeds say, in as few bytes as can be: there are millions of statements, and most say what others say too. */
#include "advisory/builder.h"

#include "advisory/format.h"
#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/varint.h"

int
builder_new(struct builder **out, struct plim_error *err)
{
	AUTO(builder) struct builder *builder = calloc(1, sizeof *builder);
	if (builder == NULL || (builder->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	*out = ptr_take(&builder);
	return 0;
}

void
builder_free(struct builder *builder)
{
	if (builder == NULL)
		return;
	interner_done(&builder->texts);
	interner_done(&builder->advisories);
	interner_done(&builder->bodies);
	interner_done(&builder->pairs);
	strbuf_done(&builder->scratch);
	carrier_done(&builder->carrier);
	vec_done(&builder->feeds);
	vec_done(&builder->statements);
	vec_done(&builder->covers);
	vec_done(&builder->names);
	vec_done(&builder->exploited);
	vec_done(&builder->scores);
	vec_done(&builder->lifetimes);
	arena_free(builder->arena);
	free(builder);
}

/* feeds */

static struct builder_mark
mark(const struct builder *b)
{
	return (struct builder_mark){
		.texts = b->texts.texts.n, .advisories = b->advisories.texts.n, .statements = b->statements.n, .bodies = b->bodies.texts.n,
		.pairs = b->pairs.texts.n, .covers = b->covers.n, .names = b->names.n, .exploited = b->exploited.n, .scores = b->scores.n,
		.lifetimes = b->lifetimes.n,
	};
}

static void
cut(struct builder *b, const struct builder_mark *to)
{
	interner_cut(&b->texts, to->texts);
	interner_cut(&b->advisories, to->advisories);
	interner_cut(&b->bodies, to->bodies);
	interner_cut(&b->pairs, to->pairs);
	b->statements.n = to->statements;
	b->covers.n = to->covers;
	b->names.n = to->names;
	b->exploited.n = to->exploited;
	b->scores.n = to->scores;
	b->lifetimes.n = to->lifetimes;
}

int
builder_feed(struct builder *builder, struct plim_error *err)
{
	struct kept_feed *feed = vec_push(&builder->feeds);
	if (feed == NULL)
		return error_nomem(err);
	feed->mark = mark(builder);
	builder->current = builder->feeds.n - 1;
	return 0;
}

void
builder_feed_resume(struct builder *builder, size_t index)
{
	if (index + 1 < builder->feeds.n)
		builder->feeds.at[builder->feeds.n - 1].mixed = true;
	builder->current = index;
}

uint64_t
builder_records(const struct builder *builder)
{
	return builder->feeds.at[builder->current].feed.records;
}

static bool
keep_words(struct builder *builder, struct slice words, struct slice *out)
{
	*out = words.n ? arena_dup(builder->arena, words) : SLICE_NONE;
	return words.n == 0 || out->p;
}

int
builder_feed_done(struct builder *builder, const struct data_feed *feed, struct plim_error *err)
{
	struct data_feed *kept = &builder->feeds.at[builder->feeds.n - 1].feed;
	*kept = *feed;
	bool whole = keep_words(builder, feed->name, &kept->name) && keep_words(builder, feed->format, &kept->format) &&
	             keep_words(builder, feed->url, &kept->url);
	return whole ? 0 : error_nomem(err);
}

void
builder_feed_drop(struct builder *builder, size_t index)
{
	struct kept_feed *feed = &builder->feeds.at[index];
	feed->dropped = true;
	if (index + 1 == builder->feeds.n && !feed->mixed)
		cut(builder, &feed->mark);
}

static uint32_t
current_feed(const struct builder *builder)
{
	return (uint32_t)builder->current;
}

/* encoding: a failure of the interner stays in the buffer, and is seen once at the end */

static void
put_text(struct builder *builder, struct slice text)
{
	uint32_t number = intern(&builder->texts, text);
	if (number == INTERN_FAILED)
		builder->scratch.failed = true;
	varint_put(&builder->scratch, number);
}

static void
put_texts(struct builder *builder, const struct slice *texts, size_t n)
{
	varint_put(&builder->scratch, n);
	for (size_t i = 0; i < n; i++)
		put_text(builder, texts[i]);
}

static void
put_number(struct builder *builder, int64_t number)
{
	varint_put(&builder->scratch, zigzag(number));
}

/* What was put, as a number of its own; 0 for a failure. */
static uint32_t
put_done(struct builder *builder, struct interner *into)
{
	uint32_t number = builder->scratch.failed ? INTERN_FAILED : intern(into, strbuf_slice(&builder->scratch));
	return number == INTERN_FAILED ? 0 : number;
}

static uint32_t
keep_body(struct builder *builder, const struct affected *affected)
{
	strbuf_clear(&builder->scratch);
	varint_put(&builder->scratch, affected->state);
	varint_put(&builder->scratch, affected->severity);
	put_number(builder, affected->fix_known);
	put_text(builder, affected->module);
	put_text(builder, affected->channel);
	varint_put(&builder->scratch, affected->event_count);
	for (size_t i = 0; i < affected->event_count; i++) {
		varint_put(&builder->scratch, affected->events[i].kind);
		put_text(builder, affected->events[i].version);
	}
	put_texts(builder, affected->versions, affected->version_count);
	return put_done(builder, &builder->bodies);
}

static uint32_t
keep_pair(struct builder *builder, struct slice ecosystem, struct slice package)
{
	strbuf_clear(&builder->scratch);
	put_text(builder, ecosystem);
	put_text(builder, package);
	return put_done(builder, &builder->pairs);
}

#define TITLE_BYTES 100    /* as much as a report has room for */

/* The first line, or as many whole words of it as a report has room for. */
static struct slice
title_of(struct slice text)
{
	struct slice line, rest;
	slice_cut(slice_trim(text), '\n', &line, &rest);
	if (line.n <= TITLE_BYTES)
		return line;
	line = slice_first(line, TITLE_BYTES);
	size_t blank = slice_find_last(line, ' ');
	return slice_first(line, blank == SIZE_MAX ? 0 : blank);
}

static uint32_t
keep_advisory(struct builder *builder, const struct advisory *advisory)
{
	strbuf_clear(&builder->scratch);
	varint_put(&builder->scratch, current_feed(builder));
	put_text(builder, advisory->id);
	put_text(builder, title_of(advisory->title));
	put_text(builder, advisory->url);
	put_text(builder, advisory->vector);
	varint_put(&builder->scratch, advisory->severity);
	put_number(builder, advisory->published);
	put_number(builder, advisory->modified);
	put_texts(builder, advisory->aliases, advisory->alias_count);
	put_texts(builder, advisory->related, advisory->related_count);
	return put_done(builder, &builder->advisories);
}

static bool
keep_affected(struct builder *builder, uint32_t advisory, const struct affected *affected)
{
	uint32_t pair = keep_pair(builder, affected->ecosystem, affected->package), body = pair ? keep_body(builder, affected) : 0;
	struct kept_statement *place = body ? vec_push(&builder->statements) : NULL;
	if (place)
		*place = (struct kept_statement){ pair, advisory, body };
	return place != NULL;
}

int
builder_advisory(struct builder *builder, const struct advisory *advisory, struct plim_error *err)
{
	uint32_t number = keep_advisory(builder, advisory);
	bool whole = number != 0;
	for (size_t i = 0; whole && i < advisory->affected_count; i++)
		whole = keep_affected(builder, number, &advisory->affected[i]);
	return whole ? 0 : error_nomem(err);
}

/* decoding: nothing but what was encoded above */

static struct kept_texts
take_list(struct cursor *c, size_t each)
{
	struct kept_texts list = { .n = varint_take_u32(c) };
	list.at = *c;
	for (size_t i = 0; i < list.n * each; i++)
		varint_take(c);
	return list;
}

struct kept_advisory
kept_advisory(const struct builder *builder, uint32_t number)
{
	struct cursor c = cursor_of(interned(&builder->advisories, number));
	struct kept_advisory kept = { .feed = varint_take_u32(&c) };
	kept.id = varint_take_u32(&c);
	kept.title = varint_take_u32(&c);
	kept.url = varint_take_u32(&c);
	kept.vector = varint_take_u32(&c);
	kept.severity = (enum severity)varint_take(&c);
	kept.published = unzigzag(varint_take(&c));
	kept.modified = unzigzag(varint_take(&c));
	kept.aliases = take_list(&c, 1);
	kept.related = take_list(&c, 1);
	return kept;
}

struct kept_body
kept_body(const struct builder *builder, uint32_t number)
{
	struct cursor c = cursor_of(interned(&builder->bodies, number));
	struct kept_body kept = { .state = (enum match_state)varint_take(&c) };
	kept.severity = (enum severity)varint_take(&c);
	kept.fix_known = unzigzag(varint_take(&c));
	kept.module = varint_take_u32(&c);
	kept.channel = varint_take_u32(&c);
	kept.events = take_list(&c, 2);
	kept.versions = take_list(&c, 1);
	return kept;
}

void
kept_pair(const struct builder *builder, uint32_t number, uint32_t *ecosystem, uint32_t *package)
{
	struct cursor c = cursor_of(interned(&builder->pairs, number));
	*ecosystem = varint_take_u32(&c);
	*package = varint_take_u32(&c);
}

/* what concerns no package */

static int
no_cve(struct slice id, struct plim_error *err)
{
	return error_set(err, PLIM_EFORMAT, "'%.*s' is no CVE id", SLICE_ARG(id));
}

int
builder_exploited(struct builder *builder, const struct exploited *exploited, struct plim_error *err)
{
	uint32_t key = cve_key(exploited->id);
	struct kept_exploited *place = key ? vec_push(&builder->exploited) : NULL;
	if (place == NULL)
		return key ? error_nomem(err) : no_cve(exploited->id, err);
	*place = (struct kept_exploited){ current_feed(builder), key, exploited->added };
	return 0;
}

int
builder_scored(struct builder *builder, const struct scored *scored, struct plim_error *err)
{
	uint32_t key = cve_key(scored->id);
	struct kept_score *place = key ? vec_push(&builder->scores) : NULL;
	if (place == NULL)
		return key ? error_nomem(err) : no_cve(scored->id, err);
	*place = (struct kept_score){ current_feed(builder), key, (uint32_t)(scored->score * 1000000 + 0.5) };
	return 0;
}

int
builder_lifetime(struct builder *builder, const struct lifetime *lifetime, struct plim_error *err)
{
	uint32_t key = intern(&builder->texts, lifetime->key);
	struct kept_lifetime *place = key == INTERN_FAILED ? NULL : vec_push(&builder->lifetimes);
	if (place == NULL)
		return error_nomem(err);
	*place = (struct kept_lifetime){ current_feed(builder), key, lifetime->ends, lifetime->extended_ends };
	return 0;
}

int
builder_covers(struct builder *builder, struct slice ecosystem, const struct slice *packages, size_t n, struct plim_error *err)
{
	uint32_t key = intern(&builder->texts, ecosystem), first = (uint32_t)builder->names.n;
	struct kept_cover *place = key == INTERN_FAILED ? NULL : vec_push(&builder->covers);
	if (place == NULL)
		return error_nomem(err);
	*place = (struct kept_cover){ current_feed(builder), key, first, (uint32_t)n };
	for (size_t i = 0; i < n; i++) {
		uint32_t name = intern(&builder->texts, packages[i]), *at = name == INTERN_FAILED ? NULL : vec_push(&builder->names);
		if (at == NULL)
			return error_nomem(err);
		*at = name;
	}
	return 0;
}
