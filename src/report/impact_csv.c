/* SPDX-License-Identifier: Apache-2.0 */
/* The impact as CSV: a line for each image, what makes the difference in a field. */
#include "report/csv_line.h"
#include "report/impact.h"

#include "base/date.h"

static const char header[] = "file,name,state,old,new,adds,drops,fails_from,in_days,old_then,then,error\r\n";

/* "a/b /etc/passwd; vulnerabilities/CVE-2026-1 openssl" */
static struct slice
rules_text(const struct impact_rules *rules, struct strbuf *hold)
{
	for (size_t i = 0; i < rules->n; i++)
		strbuf_printf(hold, "%s%.*s%s%.*s", i ? "; " : "", SLICE_ARG(rules->at[i].rule), rules->at[i].subject.n ? " " : "", SLICE_ARG(rules->at[i].subject));
	return strbuf_slice(hold);
}

static void
put_item(const struct impact_item *item, int64_t today, struct strbuf *into)
{
	AUTO(strbuf) struct strbuf adds = { 0 }, drops = { 0 }, then = { 0 }, distance = { 0 };
	char day[DATE_TEXT_SIZE];
	bool later = item->fails_from != DATE_NONE, judged = item->error.p == NULL;
	if (later)
		strbuf_printf(&distance, "%lld", (long long)(item->fails_from - today));
	const struct slice fields[] = {
		item->file, item->name, slice_of(impact_state_names[item->state]), judged ? slice_of(result_name(item->old)) : SLICE_NONE,
		judged ? slice_of(result_name(item->new)) : SLICE_NONE, rules_text(&item->adds, &adds), rules_text(&item->drops, &drops),
		slice_of(date_day_text(item->fails_from, day)), strbuf_slice(&distance), later ? slice_of(result_name(item->old_then)) : SLICE_NONE,
		rules_text(&item->then, &then), item->error,
	};
	csv_line(into, fields, sizeof fields / sizeof *fields);
}

static void
write_csv(const struct impact *impact, struct strbuf *into)
{
	strbuf_puts(into, header);
	for (size_t i = 0; i < impact->count; i++)
		put_item(&impact->items[i], date_day(impact->at), into);
}

const struct impact_writer impact_csv = { .name = "csv", .write = write_csv };
