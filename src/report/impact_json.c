/* SPDX-License-Identifier: Apache-2.0 */
/* The impact as canonical JSON: sorted keys, defined order, no white space, no clock but the evaluation's. */
#include "report/impact.h"
#include "report/json_parts.h"

#include "base/date.h"

#include <plimsoll/build.h>

#define SCHEMA 1

static void
put_rules(struct json_writer *w, const char *key, const struct impact_rules *rules)
{
	json_write_key(w, slice_of(key));
	json_write_array(w);
	for (size_t i = 0; i < rules->n; i++) {
		const struct impact_rule *rule = &rules->at[i];
		json_write_object(w);
		json_write_member(w, "action", slice_of(action_name(rule->action)));
		json_write_member(w, "area", slice_of(area_name(rule->area)));
		json_write_member(w, "cause", rule->cause);
		json_write_member(w, "reason", rule->reason);
		json_write_member(w, "rule", rule->rule);
		json_write_member(w, "subject", rule->subject.n ? rule->subject : SLICE_NONE);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_later(struct json_writer *w, int64_t today, const struct impact_item *item)
{
	if (item->fails_from == DATE_NONE)
		return;
	json_write_key(w, SLICE("later"));
	json_write_object(w);
	json_write_member_day(w, "fails_from", item->fails_from);
	json_write_member_u64(w, "in_days", (uint64_t)(item->fails_from - today));
	json_write_member(w, "old", slice_of(result_name(item->old_then)));
	put_rules(w, "rules", &item->then);
	json_write_object_end(w);
}

static void
put_item(struct json_writer *w, int64_t today, const struct impact_item *item)
{
	json_write_object(w);
	put_rules(w, "adds", &item->adds);
	put_rules(w, "drops", &item->drops);
	json_write_member(w, "error", item->error);
	json_write_member(w, "file", item->file);
	put_later(w, today, item);
	json_write_member(w, "name", item->name.n ? item->name : SLICE_NONE);
	if (item->error.p == NULL) {
		json_write_member(w, "new", slice_of(result_name(item->new)));
		json_write_member(w, "old", slice_of(result_name(item->old)));
	}
	json_write_member(w, "state", slice_of(impact_state_names[item->state]));
	json_write_object_end(w);
}

static void
put_summary(struct json_writer *w, const struct impact *impact)
{
	static const enum impact_state by_name[] = { IMPACT_CANNOT_TELL, IMPACT_NEWLY_FAILS, IMPACT_NEWLY_PASSES, IMPACT_STAYS, IMPACT_WILL_FAIL };
	json_write_key(w, SLICE("summary"));
	json_write_object(w);
	for (size_t i = 0; i < sizeof by_name / sizeof *by_name; i++)
		json_write_member_u64(w, impact_state_names[by_name[i]], impact->counts[by_name[i]]);
	json_write_object_end(w);
}

static void
write_json(const struct impact *impact, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_member_time(&w, "evaluated_at", impact->at);
	json_write_key(&w, SLICE("inventories"));
	json_write_array(&w);
	for (size_t i = 0; i < impact->count; i++)
		put_item(&w, date_day(impact->at), &impact->items[i]);
	json_write_array_end(&w);
	json_write_member(&w, "new", impact->new);
	json_write_member(&w, "old", impact->old);
	json_write_member_texts(&w, "passed_over", impact->passed_over, impact->passed_over_count);
	json_write_member_u64(&w, "schema", SCHEMA);
	put_summary(&w, impact);
	json_put_tool(&w, slice_of(PLIM_VERSION));
	json_write_member_day(&w, "until", date_day(impact->at) + impact->days);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct impact_writer impact_json = { .name = "json", .write = write_json };
