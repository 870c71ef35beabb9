/* SPDX-License-Identifier: Apache-2.0 */
/* plim_verdicts_log: what a check decided, as entries of the log. */
#include "base/date.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/vec.h"
#include "gate/verdicts.h"
#include "store/log.h"

#include <plimsoll/log.h>

struct logging {
	struct arena *arena;
	VEC(struct log_entry) entries;
};

static void
auto_logging(struct logging *logging)
{
	arena_free(logging->arena);
	vec_done(&logging->entries);
}

static struct slice
cut(struct slice text)
{
	return slice_first_text(text, LIMIT_LOG_TEXT_BYTES);
}

static struct slice
of_digest(struct arena *arena, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	return digest->algorithm == DIGEST_NONE ? SLICE_NONE : arena_dup(arena, slice_of(digest_text(digest, text)));
}

static struct slice
of_time(struct arena *arena, int64_t seconds)
{
	char text[DATE_TEXT_SIZE];
	return arena_dup(arena, slice_of(date_text(seconds, text)));
}

static struct slice
of_platform(struct arena *arena, const struct image *image)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (image == NULL)
		return SLICE_NONE;
	platform_text(&image->platform, &text);
	return arena_dup(arena, cut(strbuf_slice(&text)));
}

static int
entry_add(struct logging *logging, struct slice kind, const struct log_field *fields, size_t count, struct plim_error *err)
{
	struct log_entry *entry = vec_push(&logging->entries);
	struct log_field *kept = arena_make_array(logging->arena, count, struct log_field);
	if (entry == NULL || kept == NULL)
		return error_nomem(err);
	memcpy(kept, fields, count * sizeof *kept);
	*entry = (struct log_entry){ kind, kept, count };
	return 0;
}

/* What every entry says of the image and of what it was judged by. */
#define SUBJECT_COUNT 9

static void
subject_fields(struct arena *arena, const struct verdict *v, struct log_field out[static SUBJECT_COUNT])
{
	static const struct digest none;
	const struct image *image = v->image;
	const struct log_field fields[SUBJECT_COUNT] = {
		LOG_FIELD_TEXT("config", of_digest(arena, image ? &image->config_digest : &none)),
		LOG_FIELD_TEXT("data", of_digest(arena, &v->data_digest)),
		LOG_FIELD_TEXT("evaluated_at", of_time(arena, v->evaluated_at)),
		LOG_FIELD_TEXT("index", of_digest(arena, image ? &image->index_digest : &none)),
		LOG_FIELD_TEXT("manifest", of_digest(arena, image ? &image->manifest_digest : &none)),
		LOG_FIELD_TEXT("platform", of_platform(arena, image)),
		LOG_FIELD_TEXT("policy", of_digest(arena, &v->policy_digest)),
		LOG_FIELD_TEXT("repository", cut(v->destination)),
		LOG_FIELD_TEXT("target", cut(v->target)),
	};
	memcpy(out, fields, sizeof fields);
}

static int
add_verdict(struct logging *logging, const struct verdict *v, struct plim_error *err)
{
	struct log_field fields[SUBJECT_COUNT + 7] = {
		LOG_FIELD_NUMBER("findings", v->finding_count),
		LOG_FIELD_NUMBER("unknown", v->unknown_count),
		LOG_FIELD_NUMBER("waived", v->waived_count),
		LOG_FIELD_TEXT("policy_name", cut(v->policy_name)),
		LOG_FIELD_TEXT("result", slice_of(result_name(v->result))),
		LOG_FIELD_TEXT("since", of_digest(logging->arena, &v->since)),
		LOG_FIELD_TEXT("tool", v->tool_version),
	};
	subject_fields(logging->arena, v, fields + 7);
	return entry_add(logging, SLICE("verdict"), fields, sizeof fields / sizeof *fields, err);
}

/* exceptions */

static int
by_exception(const struct waived *a, const struct waived *b)
{
	int order = slice_cmp(a->owner, b->owner);
	if (order == 0)
		order = slice_cmp(a->reason, b->reason);
	if (order == 0)
		order = slice_cmp(a->ticket, b->ticket);
	return order ? order : (a->until > b->until) - (a->until < b->until);
}

static int
by_exception_and_rule(const void *a, const void *b)
{
	const struct waived *const *left = a, *const *right = b;
	int order = by_exception(*left, *right);
	return order ? order : slice_cmp((*left)->finding.rule, (*right)->finding.rule);
}

/* The different rules of findings that are sorted by them, as many as there is room for in a line; the others are counted. */
static size_t
rules_of(const struct waived *const *waived, size_t n, struct slice *out, size_t *left_out)
{
	size_t count = 0, bytes = 0;
	*left_out = 0;
	for (size_t i = 0; i < n; i++) {
		struct slice rule = cut(waived[i]->finding.rule);
		if (i && slice_eq(waived[i]->finding.rule, waived[i - 1]->finding.rule))
			continue;
		/* Spelled in JSON a byte may become six. */
		if (count == LIMIT_LOG_RULE_COUNT || bytes + rule.n > LIMIT_LOG_LINE_BYTES / 12) {
			++*left_out;
			continue;
		}
		bytes += rule.n;
		out[count++] = rule;
	}
	return count;
}

static int
add_exception(struct logging *logging, const struct verdict *v, const struct waived *const *waived, size_t n, struct plim_error *err)
{
	char until[DATE_TEXT_SIZE];
	size_t left_out, most = n < LIMIT_LOG_RULE_COUNT ? n : (size_t)LIMIT_LOG_RULE_COUNT;
	struct slice *rules = arena_make_array(logging->arena, most + 1, struct slice);
	if (rules == NULL)
		return error_nomem(err);
	size_t count = rules_of(waived, n, rules, &left_out);
	struct log_field fields[SUBJECT_COUNT + 7] = {
		LOG_FIELD_NUMBER("findings", n),
		LOG_FIELD_TEXT("owner", cut(waived[0]->owner)),
		LOG_FIELD_TEXT("reason", cut(waived[0]->reason)),
		LOG_FIELD_TEXTS("rules", rules, count),
		LOG_FIELD_NUMBER("rules_left_out", left_out),
		LOG_FIELD_TEXT("ticket", cut(waived[0]->ticket)),
		/* A statement of VEX has none. */
		LOG_FIELD_TEXT("until", waived[0]->until == DATE_NONE ? SLICE_NONE : arena_dup(logging->arena, slice_of(date_day_text(waived[0]->until, until)))),
	};
	subject_fields(logging->arena, v, fields + 7);
	return entry_add(logging, SLICE("exception"), fields, sizeof fields / sizeof *fields, err);
}

/* A verdict keeps what was waived; those with one owner, reason, ticket and end are one exception's. */
static int
add_exceptions(struct logging *logging, const struct verdict *v, struct plim_error *err)
{
	AUTO(free) const struct waived **sorted = calloc(v->waived_count + 1, sizeof *sorted);
	if (sorted == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < v->waived_count; i++)
		sorted[i] = &v->waived[i];
	qsort(sorted, v->waived_count, sizeof *sorted, by_exception_and_rule);
	for (size_t from = 0, to; from < v->waived_count; from = to) {
		for (to = from + 1; to < v->waived_count && by_exception(sorted[from], sorted[to]) == 0;)
			to++;
		int r = add_exception(logging, v, sorted + from, to - from, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int
plim_verdicts_log(const struct plim_verdicts *v, const char *file, FILE *warnings, struct plim_error *err)
{
	AUTO(log_place) struct log_place place = { 0 };
	AUTO(logging) struct logging logging = { .arena = arena_new(0) };
	int r = logging.arena ? log_place_find(file, &place, err) : error_nomem(err);
	if (r < 0 || place.path == NULL)
		return r;
	for (size_t i = 0; r == 0 && i < v->count; i++)
		if ((r = add_verdict(&logging, v->verdicts[i], err)) == 0)
			r = add_exceptions(&logging, v->verdicts[i], err);
	return r < 0 ? r : log_record(&place, logging.entries.at, logging.entries.n, warnings, err);
}
