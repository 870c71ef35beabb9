/* SPDX-License-Identifier: Apache-2.0 */
/* Copies what feeds say; each text is kept once. */
#include "advisory/builder.h"

#include "base/error.h"
#include "base/limits.h"

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
	map_done(&builder->interned);
	vec_done(&builder->feeds);
	vec_done(&builder->advisories);
	vec_done(&builder->statements);
	vec_done(&builder->events);
	vec_done(&builder->texts);
	vec_done(&builder->covers);
	vec_done(&builder->exploited);
	vec_done(&builder->scores);
	vec_done(&builder->lifetimes);
	arena_free(builder->arena);
	free(builder);
}

/* The kept copy of a text; false without memory. */
static bool
keep(struct builder *builder, struct slice text, struct slice *out)
{
	*out = SLICE_NONE;
	if (text.n == 0)
		return true;
	struct slice *known = map_find(&builder->interned, text);
	if (known == NULL) {
		known = arena_make(builder->arena, struct slice);
		if (known == NULL || (*known = arena_dup(builder->arena, text)).p == NULL)
			return false;
		void **place = map_place(&builder->interned, *known);
		if (place == NULL)
			return false;
		*place = known;
	}
	*out = *known;
	return true;
}

static bool
keep_all(struct builder *builder, const struct slice *texts, size_t n, struct span *out)
{
	*out = (struct span){ (uint32_t)builder->texts.n, (uint32_t)n };
	for (size_t i = 0; i < n; i++) {
		struct slice text;
		struct slice *place = keep(builder, texts[i], &text) ? vec_push(&builder->texts) : NULL;
		if (place == NULL)
			return false;
		*place = text;
	}
	return builder->texts.n <= UINT32_MAX;
}

static uint32_t
current_feed(const struct builder *builder)
{
	return (uint32_t)builder->feeds.n - 1;
}

int
builder_feed(struct builder *builder, struct plim_error *err)
{
	return vec_push(&builder->feeds) ? 0 : error_nomem(err);
}

int
builder_feed_done(struct builder *builder, const struct data_feed *feed, struct plim_error *err)
{
	struct data_feed *kept = &builder->feeds.at[current_feed(builder)].feed;
	*kept = *feed;
	return keep(builder, feed->name, &kept->name) && keep(builder, feed->format, &kept->format) ? 0 : error_nomem(err);
}

void
builder_feed_drop(struct builder *builder, size_t index)
{
	builder->feeds.at[index].dropped = true;
}

static bool
keep_events(struct builder *builder, const struct affected *affected, struct span *out)
{
	*out = (struct span){ (uint32_t)builder->events.n, (uint32_t)affected->event_count };
	for (size_t i = 0; i < affected->event_count; i++) {
		struct version_event event = affected->events[i];
		struct version_event *place = keep(builder, event.version, &event.version) ? vec_push(&builder->events) : NULL;
		if (place == NULL)
			return false;
		*place = event;
	}
	return builder->events.n <= UINT32_MAX;
}

static bool
keep_affected(struct builder *builder, const struct affected *affected)
{
	struct kept_statement kept = {
		.feed = current_feed(builder), .advisory = (uint32_t)builder->advisories.n - 1, .state = affected->state,
		.severity = affected->severity, .fix_known = affected->fix_known,
	};
	if (!keep(builder, affected->ecosystem, &kept.ecosystem) || !keep(builder, affected->package, &kept.package) ||
	    !keep_events(builder, affected, &kept.events) ||
	    !keep_all(builder, affected->versions, affected->version_count, &kept.versions) ||
	    !keep(builder, affected->module, &kept.module) || !keep(builder, affected->channel, &kept.channel))
		return false;
	struct kept_statement *place = vec_push(&builder->statements);
	if (place)
		*place = kept;
	return place != NULL;
}

int
builder_advisory(struct builder *builder, const struct advisory *advisory, struct plim_error *err)
{
	struct kept_advisory kept = {
		.feed = current_feed(builder), .severity = advisory->severity, .published = advisory->published, .modified = advisory->modified,
	};
	struct kept_advisory *place = vec_push(&builder->advisories);
	if (place == NULL || !keep(builder, advisory->id, &kept.id) || !keep(builder, advisory->title, &kept.title) ||
	    !keep(builder, advisory->url, &kept.url) || !keep(builder, advisory->vector, &kept.vector) ||
	    !keep_all(builder, advisory->aliases, advisory->alias_count, &kept.aliases) ||
	    !keep_all(builder, advisory->related, advisory->related_count, &kept.related))
		return error_nomem(err);
	*place = kept;
	for (size_t i = 0; i < advisory->affected_count; i++)
		if (!keep_affected(builder, &advisory->affected[i]))
			return error_nomem(err);
	return 0;
}

int
builder_exploited(struct builder *builder, const struct exploited *exploited, struct plim_error *err)
{
	struct kept_exploited *place = vec_push(&builder->exploited);
	if (place == NULL || !keep(builder, exploited->id, &place->id))
		return error_nomem(err);
	place->feed = current_feed(builder);
	place->added = exploited->added;
	return 0;
}

/* Years from 1990 in six bits, numbers below 2^26 in the others. */
uint32_t
cve_key(struct slice id)
{
	struct slice year_text, number_text;
	uint64_t year, number;
	if (!slice_skip(&id, SLICE("CVE-")) || !slice_cut(id, '-', &year_text, &number_text) || year_text.n != 4)
		return 0;
	if (!slice_to_u64(year_text, 10, &year) || !slice_to_u64(number_text, 10, &number))
		return 0;
	if (year < 1990 || year > 2053 || number >= 1u << 26)
		return 0;
	return (uint32_t)((year - 1990) << 26 | number);
}

int
builder_scored(struct builder *builder, const struct scored *scored, struct plim_error *err)
{
	uint32_t key = cve_key(scored->id);
	if (key == 0)
		return error_set(err, PLIM_EFORMAT, "'%.*s' is no CVE id", SLICE_ARG(scored->id));
	struct kept_score *place = vec_push(&builder->scores);
	if (place == NULL)
		return error_nomem(err);
	*place = (struct kept_score){ current_feed(builder), key, (uint32_t)(scored->score * 1000000 + 0.5) };
	return 0;
}

int
builder_lifetime(struct builder *builder, const struct lifetime *lifetime, struct plim_error *err)
{
	struct kept_lifetime *place = vec_push(&builder->lifetimes);
	if (place == NULL)
		return error_nomem(err);
	*place = (struct kept_lifetime){ current_feed(builder), *lifetime };
	return keep(builder, lifetime->key, &place->lifetime.key) ? 0 : error_nomem(err);
}

int
builder_covers(struct builder *builder, struct slice ecosystem, const struct slice *packages, size_t n, struct plim_error *err)
{
	struct kept_cover *place = vec_push(&builder->covers);
	if (place == NULL || !keep(builder, ecosystem, &place->ecosystem) || !keep_all(builder, packages, n, &place->packages))
		return error_nomem(err);
	place->feed = current_feed(builder);
	return 0;
}
