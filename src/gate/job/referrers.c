/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/job/referrers.h"

#include "base/error.h"
#include "trust/referrer.h"

#define END { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct wire_referrers_order = { sizeof(struct referrers_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_DIGEST, struct referrers_order, subject), END } };

const struct wire_struct wire_referrers_answer = { sizeof(struct referrers_answer), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct referrers_answer, list), WIRE_MANY(struct referrers_answer, all, n, &wire_closure_answer), END } };

static int
load_list(const struct trust_source *source, const struct digest *subject, struct arena *arena, struct slice *out, struct plim_error *err)
{
	char hex[DIGEST_TEXT_SIZE];
	struct slice path = arena_printf(arena, "referrers/%s/%s", digest_algorithm_name(subject->algorithm), digest_hex(subject, hex));
	return path.p ? source->source->ops->load(source->source, path, arena, out, err) : error_nomem(err);
}

static int
collect(const struct trust_source *source, const struct referrer_entry *entry, struct arena *arena, struct closure_answer *out, struct plim_error *err)
{
	char text[DIGEST_TEXT_SIZE];
	const struct descriptor root = { .media_type = entry->descriptor.media_type, .digest = entry->descriptor.digest, .size = entry->descriptor.size };
	struct closure closure;
	int r = closure_collect(source->source, &root, arena, &closure, err);
	if (r < 0)
		return error_wrap(err, r, "referrer %s", digest_text(&root.digest, text));
	*out = (struct closure_answer){ (struct closure_item *)closure.items, closure.n };
	return 0;
}

static int
collect_all(const struct trust_source *source, const struct referrer_index *index, struct arena *arena, struct referrers_answer *out,
            struct plim_error *err)
{
	int r = 0;
	out->all = arena_make_array(arena, index->n, struct closure_answer);
	if (out->all == NULL)
		return error_nomem(err);
	for (; r == 0 && out->n < index->n; out->n++)
		r = collect(source, &index->entries[out->n], arena, &out->all[out->n], err);
	return r;
}

int
referrers_answer(const struct trust_source *source, struct slice body, struct arena *arena, struct strbuf *into, struct plim_error *err)
{
	struct referrers_order order = { 0 };
	struct referrers_answer answer = { 0 };
	struct referrer_index *index;
	struct cursor from = cursor_of(body);
	int r = wire_read(&wire_referrers_order, &from, arena, &order, err);
	if (r < 0 || (r = load_list(source, &order.subject, arena, &answer.list, err)) < 0 ||
	    (r = referrer_index_parse(answer.list, arena, &index, err)) < 0 || (r = collect_all(source, index, arena, &answer, err)) < 0)
		return r;
	wire_write(&wire_referrers_answer, &answer, into);
	return 0;
}
