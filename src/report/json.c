/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict as canonical JSON: sorted keys, defined order, no white space, no clock but the evaluation's. */
#include "report/json_parts.h"
#include "report/writer.h"

#include "base/date.h"

static void
put_strings(struct json_writer *w, const char *key, const struct slice *at, size_t n)
{
	if (n > 0)
		json_write_member_texts(w, key, at, n);
}

static void
put_evidence(struct json_writer *w, const struct evidence *e)
{
	json_write_key(w, SLICE("evidence"));
	json_write_object(w);
	json_write_member(w, "detail", e->detail);
	json_write_member(w, "instruction", e->instruction);
	json_put_layer(w, e->layer);
	json_write_member_digest(w, "layer_digest", &e->layer_digest);
	json_write_member(w, "origin", slice_of(origin_name(e->origin)));
	json_write_member(w, "package", e->package);
	json_write_member(w, "path", e->path);
	json_write_member(w, "setting", e->setting);
	json_write_member(w, "type", e->package_type);
	json_write_member(w, "version", e->package_version);
	json_write_object_end(w);
}

static void
put_fix(struct json_writer *w, const struct finding *f)
{
	if (f->fix_version.p == NULL && f->fix_command.p == NULL)
		return;
	json_write_key(w, SLICE("fix"));
	json_write_object(w);
	json_write_member(w, "command", f->fix_command);
	json_write_member(w, "version", f->fix_version);
	json_write_object_end(w);
}

static void
put_statement(struct json_writer *w, const struct statement_note *s)
{
	if (s == NULL)
		return;
	json_write_key(w, SLICE("statement"));
	json_write_object(w);
	json_write_member(w, "action", s->action);
	json_write_member(w, "author", s->author);
	json_write_member(w, "document", s->document);
	json_write_member(w, "impact", s->impact);
	json_write_member(w, "justification", s->justification);
	json_write_member(w, "key", s->key);
	json_write_member(w, "product", s->product);
	json_write_member(w, "source", s->source);
	json_write_member(w, "status", s->status);
	json_write_member_time(w, "time", s->time);
	json_write_member(w, "vulnerability", s->vulnerability);
	json_write_object_end(w);
}

static void
put_match(struct json_writer *w, const struct match *m)
{
	if (m == NULL)
		return;
	json_write_key(w, SLICE("vulnerability"));
	json_write_object(w);
	put_strings(w, "aliases", m->aliases, m->alias_count);
	if (m->epss >= 0) {
		json_write_key(w, SLICE("epss"));
		json_write_double(w, m->epss);
	}
	json_write_member_time(w, "exploited_since", m->kev_added);
	json_write_member_time(w, "fix_known", m->fix_known);
	json_write_member(w, "id", m->id);
	json_write_member_time(w, "published", m->published);
	if (m->score >= 0) {
		json_write_key(w, SLICE("score"));
		json_write_double(w, m->score);
	}
	json_write_member(w, "source", m->source);
	json_write_member(w, "state", slice_of(match_state_name(m->state)));
	json_write_member(w, "vector", m->vector);
	json_write_object_end(w);
}

static void
put_finding_members(struct json_writer *w, const struct finding *f)
{
	json_write_member(w, "action", slice_of(action_name(f->action)));
	json_write_member(w, "area", slice_of(area_name(f->area)));
	json_write_member(w, "control", f->control);
	put_evidence(w, &f->evidence);
	put_fix(w, f);
	json_write_member(w, "id", f->id);
	if (f->known)
		json_write_member_bool(w, "known", true);
	json_write_member(w, "message", f->message);
	put_strings(w, "references", f->references, f->reference_count);
	json_write_member(w, "rule", f->rule);
	json_write_member(w, "severity", slice_of(severity_name(f->severity)));
	put_statement(w, f->statement);
	json_write_member(w, "title", f->title);
	put_match(w, f->match);
}

static void
put_findings(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("findings"));
	json_write_array(w);
	for (size_t i = 0; i < v->finding_count; i++) {
		json_write_object(w);
		put_finding_members(w, &v->findings[i]);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_exception(struct json_writer *w, const struct waived *waived)
{
	json_write_key(w, SLICE("exception"));
	json_write_object(w);
	json_write_member(w, "owner", waived->owner);
	json_write_member(w, "reason", waived->reason);
	json_write_member(w, "ticket", waived->ticket);
	json_write_member_day(w, "until", waived->until);
	json_write_object_end(w);
}

static void
put_waived(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("waived"));
	json_write_array(w);
	for (size_t i = 0; i < v->waived_count; i++) {
		json_write_object(w);
		if (v->waived[i].until != DATE_NONE)
			put_exception(w, &v->waived[i]);
		json_write_key(w, SLICE("finding"));
		json_write_object(w);
		put_finding_members(w, &v->waived[i].finding);
		json_write_object_end(w);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_unknowns(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("unknown"));
	json_write_array(w);
	for (size_t i = 0; i < v->unknown_count; i++) {
		const struct unknown *u = &v->unknowns[i];
		json_write_object(w);
		json_write_member(w, "action", slice_of(action_name(u->action)));
		json_write_member(w, "area", slice_of(area_name(u->area)));
		json_write_member(w, "kind", u->kind);
		json_put_layer(w, u->layer);
		json_write_member(w, "reason", u->reason);
		json_write_member(w, "subject", u->subject);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_notes(struct json_writer *w, const char *key, const struct exception_note *notes, size_t n)
{
	json_write_key(w, slice_of(key));
	json_write_array(w);
	for (size_t i = 0; i < n; i++) {
		json_write_object(w);
		json_write_member(w, "id", notes[i].id);
		json_write_member(w, "lacking", notes[i].lacking);
		json_write_member(w, "owner", notes[i].owner);
		json_write_member(w, "reason", notes[i].reason);
		json_write_member(w, "rule", notes[i].rule);
		json_write_member(w, "ticket", notes[i].ticket);
		json_write_member_day(w, "until", notes[i].until);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_exceptions(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("exceptions"));
	json_write_object(w);
	put_notes(w, "expired", v->expired, v->expired_count);
	if (v->unapproved_count)
		put_notes(w, "unapproved", v->unapproved, v->unapproved_count);
	put_notes(w, "unused", v->unused, v->unused_count);
	json_write_object_end(w);
}

/* Names of the areas in bytewise order, which is not that of the enum. */
static const enum area by_name[AREA_COUNT] = {
	AREA_BASE_IMAGE, AREA_COMPONENTS, AREA_CONFIGURATION, AREA_METADATA, AREA_ORIGIN, AREA_RULES, AREA_VULNERABILITIES,
};

static void
put_areas(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("area_notes"));
	json_write_object(w);
	for (size_t i = 0; i < AREA_COUNT; i++)
		json_write_member(w, area_name(by_name[i]), v->areas[by_name[i]].note);
	json_write_object_end(w);
	json_write_key(w, SLICE("areas"));
	json_write_object(w);
	for (size_t i = 0; i < AREA_COUNT; i++)
		json_write_member(w, area_name(by_name[i]), slice_of(result_name(v->areas[by_name[i]].result)));
	json_write_object_end(w);
}

static void
put_checks(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("checks"));
	json_write_array(w);
	for (size_t i = 0; i < v->check_count; i++) {
		const struct check_result *check = &v->checks[i];
		json_write_object(w);
		json_write_member(w, "area", slice_of(area_name(check->area)));
		json_write_member(w, "control", check->control);
		json_write_member(w, "id", check->id);
		json_write_member(w, "reason", check->reason);
		json_write_member(w, "result", slice_of(check_outcome_name(check->outcome)));
		json_write_member(w, "severity", slice_of(severity_name(check->severity)));
		json_write_member(w, "title", check->title);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_data(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("data"));
	json_write_object(w);
	json_write_member_digest(w, "digest", &v->data_digest);
	json_write_key(w, SLICE("feeds"));
	json_write_array(w);
	for (size_t i = 0; i < v->feed_count; i++) {
		json_write_object(w);
		json_write_member(w, "name", v->feeds[i].name);
		json_write_member_u64(w, "records", v->feeds[i].records);
		json_write_member_time(w, "snapshot", v->feeds[i].snapshot);
		json_write_object_end(w);
	}
	json_write_array_end(w);
	json_write_member_bool(w, "sample", v->data_is_sample);
	json_write_object_end(w);
}

static void
put_os(struct json_writer *w, const struct operating_system *os)
{
	json_write_key(w, SLICE("os"));
	json_write_object(w);
	json_write_member(w, "codename", os->codename);
	json_write_member(w, "id", os->id);
	json_write_member_bool(w, "known", os->known);
	json_write_member_bool(w, "none", os->none);
	json_write_member(w, "pretty_name", os->pretty_name);
	json_write_member_day(w, "support_end", os->support_end);
	json_write_member(w, "version", os->version_id);
	json_write_object_end(w);
}

static void
put_layers(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("layers"));
	json_write_array(w);
	for (size_t i = 0; i < v->layer_count; i++) {
		json_write_object(w);
		json_write_member_u64(w, "bytes", v->layers[i].bytes);
		json_write_member_u64(w, "files", v->layers[i].files);
		json_write_member(w, "instruction", v->layers[i].instruction);
		json_write_member(w, "origin", slice_of(origin_name(v->layers[i].origin)));
		json_write_member_u64(w, "packages", v->layers[i].packages);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_left_out(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("left_out"));
	json_write_array(w);
	for (size_t i = 0; i < v->left_out_count; i++) {
		json_write_object(w);
		json_write_member(w, "path", v->left_out[i].path);
		json_write_member(w, "reason", v->left_out[i].reason);
		json_write_member(w, "type", v->left_out[i].type);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_inventory(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("inventory"));
	json_write_object(w);
	json_write_member_u64(w, "files", v->file_count);
	put_layers(w, v);
	put_left_out(w, v);
	put_os(w, &v->os);
	json_write_key(w, SLICE("packages"));
	json_write_object(w);
	for (size_t i = 0; i < v->package_type_count; i++) {
		json_write_key(w, v->packages[i].type);
		json_write_u64(w, v->packages[i].count);
	}
	json_write_object_end(w);
	json_write_member_u64(w, "unaccounted_files", v->unaccounted_count);
	json_write_member_u64(w, "unsearched_files", v->unsearched_count);
	json_write_object_end(w);
}

static void
put_policy(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("policy"));
	json_write_object(w);
	json_write_member_digest(w, "digest", &v->policy_digest);
	json_write_member(w, "name", v->policy_name);
	json_write_object_end(w);
}

static void
put_platform(struct json_writer *w, const struct platform *platform)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	platform_text(platform, &text);
	json_write_member(w, "platform", strbuf_slice(&text));
}

static void
put_image_subject(struct json_writer *w, const struct image *image)
{
	char text[DIGEST_TEXT_SIZE];
	json_write_member_digest(w, "config", &image->config_digest);
	json_write_key(w, SLICE("diff_ids"));
	json_write_array(w);
	for (size_t i = 0; i < image->layer_count; i++)
		json_write_string(w, slice_of(digest_text(&image->layers[i].diff_id, text)));
	json_write_array_end(w);
	json_write_member_digest(w, "index", &image->index_digest);
	json_write_member(w, "kind", SLICE("image"));
	json_write_member_digest(w, "manifest", &image->manifest_digest);
	put_strings(w, "names", image->names, image->name_count);
	put_platform(w, &image->platform);
	json_write_member(w, "reference", image->reference);
}

static void
put_subject(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("subject"));
	json_write_object(w);
	if (v->image)
		put_image_subject(w, v->image);
	else
		json_write_member(w, "kind", v->kind);
	json_write_member(w, "repository", v->destination);
	json_write_member(w, "target", v->target);
	json_write_object_end(w);
}

static void
put_since(struct json_writer *w, const struct verdict *v)
{
	if (v->since.algorithm == DIGEST_NONE)
		return;
	json_write_key(w, SLICE("since"));
	json_write_object(w);
	json_write_member_digest(w, "digest", &v->since);
	json_write_member_u64(w, "known", v->known_count);
	json_write_object_end(w);
}

/* Where the policy takes no VEX, nothing is said of it. */
static void
put_vex(struct json_writer *w, const struct verdict *v)
{
	if (v->vex_documents == 0)
		return;
	json_write_key(w, SLICE("vex"));
	json_write_object(w);
	json_write_member_u64(w, "documents", v->vex_documents);
	json_write_member_u64(w, "statements", v->vex_statements);
	json_write_key(w, SLICE("unused"));
	json_write_array(w);
	for (size_t i = 0; i < v->vex_unused_count; i++) {
		const struct statement_unused *u = &v->vex_unused[i];
		json_write_object(w);
		json_write_member(w, "product", u->product);
		json_write_member(w, "reason", u->reason);
		json_write_member(w, "source", u->source);
		json_write_member(w, "status", u->status);
		json_write_member(w, "vulnerability", u->vulnerability);
		json_write_object_end(w);
	}
	json_write_array_end(w);
	json_write_member_u64(w, "used", v->vex_used);
	json_write_object_end(w);
}

static void
put_verdict(struct json_writer *w, const struct verdict *v)
{
	json_write_object(w);
	put_areas(w, v);
	put_checks(w, v);
	put_data(w, v);
	json_write_member_time(w, "evaluated_at", v->evaluated_at);
	put_exceptions(w, v);
	put_findings(w, v);
	put_inventory(w, v);
	json_write_member(w, "level", v->level);
	put_policy(w, v);
	json_write_member(w, "result", slice_of(result_name(v->result)));
	json_write_member_u64(w, "schema", VERDICT_SCHEMA);
	put_since(w, v);
	put_subject(w, v);
	json_put_tool(w, v->tool_version);
	put_unknowns(w, v);
	put_vex(w, v);
	put_waived(w, v);
	json_write_object_end(w);
}

/* Several images: the joined answer, and each one's verdict whole. */
static void
put_set(struct json_writer *w, const struct report *report)
{
	json_write_object(w);
	json_write_key(w, SLICE("areas"));
	json_write_object(w);
	for (size_t i = 0; i < AREA_COUNT; i++)
		json_write_member(w, area_name(by_name[i]), slice_of(result_name(report_area(report, by_name[i]))));
	json_write_object_end(w);
	json_write_key(w, SLICE("images"));
	json_write_array(w);
	for (size_t i = 0; i < report->count; i++)
		put_verdict(w, report->verdicts[i]);
	json_write_array_end(w);
	json_write_member(w, "result", slice_of(result_name(report->result)));
	json_write_member_u64(w, "schema", VERDICT_SCHEMA);
	json_write_key(w, SLICE("subject"));
	json_write_object(w);
	json_write_member(w, "target", report->target);
	json_write_object_end(w);
	json_put_tool(w, report->verdicts[0]->tool_version);
	json_write_object_end(w);
}

static void
write_json(const struct report *report, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	if (report->count == 1)
		put_verdict(&w, report->verdicts[0]);
	else
		put_set(&w, report);
	strbuf_putc(into, '\n');
}

const struct writer writer_json = { .name = "json", .write = write_json };
