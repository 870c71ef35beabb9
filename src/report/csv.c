/* SPDX-License-Identifier: Apache-2.0 */
/* Findings, waived ones and unknowns as CSV (RFC 4180), a line each. */
#include "report/csv_line.h"
#include "report/writer.h"

#include "base/date.h"

#define FIELD_COUNT 14
static const char header[] = "target,area,action,severity,rule,title,package,version,fixed_in,path,layer,setting,reason,id\r\n";

static struct slice
layer_text(uint32_t layer, struct strbuf *hold)
{
	if (layer == UINT32_MAX)
		return SLICE_NONE;
	strbuf_printf(hold, "%u", layer);
	return strbuf_slice(hold);
}

static void
put_finding(struct strbuf *into, const struct strbuf *title, const struct finding *f, const char *action, struct slice reason)
{
	AUTO(strbuf) struct strbuf layer = { 0 };
	const struct evidence *e = &f->evidence;
	const struct slice fields[FIELD_COUNT] = {
		strbuf_slice(title), slice_of(area_name(f->area)), slice_of(action), slice_of(severity_name(f->severity)), f->rule, f->title, e->package,
		e->package_version, f->fix_version, e->path, layer_text(e->layer, &layer), e->setting, reason, f->id,
	};
	csv_line(into, fields, FIELD_COUNT);
}

static void
put_unknown(struct strbuf *into, const struct strbuf *title, struct slice area, const struct unknown *u)
{
	AUTO(strbuf) struct strbuf layer = { 0 };
	bool is_path = slice_starts(u->subject, SLICE("/"));
	const struct slice fields[FIELD_COUNT] = {
		strbuf_slice(title), area, slice_of(u->action == ACTION_UNKNOWN ? "unknown" : action_name(u->action)), SLICE_NONE,
		u->kind, SLICE("could not be told"), SLICE_NONE, SLICE_NONE, SLICE_NONE, is_path ? u->subject : SLICE_NONE,
		layer_text(u->layer, &layer), is_path ? SLICE_NONE : u->subject, u->reason, SLICE_NONE,
	};
	csv_line(into, fields, FIELD_COUNT);
}

/* Of a statement also who makes it. */
static void
put_waived(struct strbuf *into, const struct strbuf *title, const struct waived *waived)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (waived->until == DATE_NONE)
		waived_describe(waived, &text);
	put_finding(into, title, &waived->finding, "waived", waived->until == DATE_NONE ? strbuf_slice(&text) : waived->reason);
}

static void
write_csv(const struct report *report, struct strbuf *into)
{
	strbuf_puts(into, header);
	for (size_t i = 0; i < report->count; i++) {
		const struct verdict *v = report->verdicts[i];
		AUTO(strbuf) struct strbuf title = { 0 };
		report_title(v, &title);
		for (size_t k = 0; k < v->finding_count; k++)
			put_finding(into, &title, &v->findings[k], action_name(v->findings[k].action), v->findings[k].message);
		for (size_t k = 0; k < v->waived_count; k++)
			put_waived(into, &title, &v->waived[k]);
		for (size_t k = 0; k < v->unknown_count; k++)
			put_unknown(into, &title, slice_of(area_name(v->unknowns[k].area)), &v->unknowns[k]);
		struct unknown nothing;
		if (report_nothing(v, &nothing))
			put_unknown(into, &title, SLICE_NONE, &nothing);
	}
}

const struct writer writer_csv = { .name = "csv", .write = write_csv };
