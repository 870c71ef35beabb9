/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GitLab's container scanning report, schema 15.2.1.  All that was found is in
 * it, whatever its area, and what could not be told: whoever uploads this
 * report alone sees no clean image that is none.  GitLab renders descriptions
 * and solutions as Markdown, so names stand in code spans there.
 */
#include "report/writer.h"

#include "advisory/cvss.h"
#include "base/date.h"
#include "codec/json_write.h"

#include <ctype.h>

#define SCHEMA_VERSION "15.2.1"
#define SCHEMA_URL "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v" SCHEMA_VERSION \
	"/dist/container-scanning-report-format.json"
#define NAME_MOST 255
/* Of texts that are shown as code, where each byte may become four; the schema has 7,000 and 1,048,576. */
#define SOLUTION_MOST    1400
#define DESCRIPTION_MOST 65536

static void
put_name(struct json_writer *w, const char *key, struct slice text)
{
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member(w, "name", text);
	json_write_object_end(w);
}

/* As a UUID of version 8: a name's SHA-256. */
static void
put_id(struct json_writer *w, struct digest digest)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	digest.bytes[6] = (uint8_t)(0x80 | (digest.bytes[6] & 0x0f));
	digest.bytes[8] = (uint8_t)(0x80 | (digest.bytes[8] & 0x3f));
	for (size_t i = 0; i < 16; i++)
		strbuf_printf(&text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", digest.bytes[i]);
	json_write_member(w, "id", strbuf_slice(&text));
}

/* "cve" of "CVE-2026-0001". */
static void
put_identifier(struct json_writer *w, struct slice id, struct slice url)
{
	struct slice prefix, rest;
	char type[16] = "other";
	if (slice_cut(id, '-', &prefix, &rest) && prefix.n > 0 && prefix.n < sizeof type)
		for (size_t i = 0; i <= prefix.n; i++)
			type[i] = i < prefix.n ? (char)tolower((unsigned char)prefix.p[i]) : '\0';
	json_write_object(w);
	json_write_member(w, "name", id);
	json_write_member(w, "type", slice_of(type));
	if (report_is_link(url))
		json_write_member(w, "url", url);
	json_write_member(w, "value", id);
	json_write_object_end(w);
}

static void
put_rule(struct json_writer *w, struct slice rule)
{
	json_write_object(w);
	json_write_member(w, "name", rule);
	json_write_member(w, "type", SLICE("plimsoll"));
	json_write_member(w, "value", rule);
	json_write_object_end(w);
}

static void
put_identifiers(struct json_writer *w, const struct finding *f)
{
	const struct match *m = f->match;
	json_write_key(w, SLICE("identifiers"));
	json_write_array(w);
	if (m && m->id.n)
		put_identifier(w, m->id, f->reference_count ? f->references[0] : SLICE_NONE);
	for (size_t i = 0; m && i < m->alias_count; i++)
		if (m->aliases[i].n)
			put_identifier(w, m->aliases[i], SLICE_NONE);
	put_rule(w, f->rule.n ? f->rule : SLICE("rule"));
	json_write_array_end(w);
}

/* Of base metrics alone: one vector that the schema refuses would cost the whole report. */
static void
put_vectors(struct json_writer *w, const struct match *m)
{
	struct cvss cvss;
	if (m == NULL || m->vector.n != strlen("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H") || cvss_score(m->vector, &cvss, NULL) < 0)
		return;
	if (cvss.version != CVSS_3_0 && cvss.version != CVSS_3_1)
		return;
	json_write_key(w, SLICE("cvss_vectors"));
	json_write_array(w);
	json_write_object(w);
	json_write_member(w, "vector", m->vector);
	json_write_member(w, "vendor", m->source.n ? m->source : SLICE("unknown"));
	json_write_object_end(w);
	json_write_array_end(w);
}

static void
put_links(struct json_writer *w, const struct finding *f)
{
	json_write_key(w, SLICE("links"));
	json_write_array(w);
	for (size_t i = 0; i < f->reference_count; i++) {
		if (!report_is_link(f->references[i]))
			continue;
		json_write_object(w);
		json_write_member(w, "url", f->references[i]);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

/* What the schema wants of a place; where there is no package, the path or setting stands in its stead. */
static void
put_location(struct json_writer *w, const struct verdict *v, const char *image, struct slice package, struct slice version)
{
	AUTO(strbuf) struct strbuf os = { 0 };
	strbuf_put(&os, v->os.id.n ? v->os.id : v->os.none ? SLICE("none") : SLICE("unknown"));
	strbuf_puts(&os, v->os.version_id.n ? " " : "");
	strbuf_put(&os, v->os.version_id);
	json_write_key(w, SLICE("location"));
	json_write_object(w);
	json_write_key(w, SLICE("dependency"));
	json_write_object(w);
	put_name(w, "package", package.p ? package : SLICE(""));
	json_write_member(w, "version", version.p ? version : SLICE(""));
	json_write_object_end(w);
	json_write_member(w, "image", slice_of(image));
	json_write_member(w, "operating_system", strbuf_slice(&os));
	json_write_object_end(w);
}

static void
put_detail(struct json_writer *w, const char *key, const char *name, struct slice text)
{
	if (text.n == 0)
		return;
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member(w, "name", slice_of(name));
	json_write_member(w, "type", SLICE("text"));
	json_write_member(w, "value", text);
	json_write_object_end(w);
}

static void
put_details(struct json_writer *w, const struct finding *f)
{
	const struct evidence *e = &f->evidence;
	AUTO(strbuf) struct strbuf layer = { 0 };
	if (e->layer != UINT32_MAX)
		strbuf_printf(&layer, "%u", e->layer);
	json_write_key(w, SLICE("details"));
	json_write_object(w);
	put_detail(w, "action", "Action", slice_of(action_name(f->action)));
	put_detail(w, "area", "Area", slice_of(area_name(f->area)));
	put_detail(w, "found", "Found", e->detail);
	put_detail(w, "instruction", "Instruction", e->instruction);
	put_detail(w, "layer", "Layer", strbuf_slice(&layer));
	put_detail(w, "origin", "Origin", slice_of(origin_name(e->origin)));
	put_detail(w, "path", "Path", e->path);
	put_detail(w, "setting", "Setting", e->setting);
	json_write_object_end(w);
}

static struct slice
severity_word(enum severity severity)
{
	static const char *const words[] = {
		[SEVERITY_UNKNOWN] = "Unknown", [SEVERITY_NEGLIGIBLE] = "Info", [SEVERITY_LOW] = "Low", [SEVERITY_MEDIUM] = "Medium",
		[SEVERITY_HIGH] = "High",       [SEVERITY_CRITICAL] = "Critical",
	};
	return slice_of(words[severity]);
}

static void
put_solution(struct json_writer *w, const struct finding *f)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (f->fix_version.n) {
		strbuf_puts(&text, "Upgrade ");
		report_code(&text, slice_first_text(f->evidence.package, NAME_MOST / 2));
		strbuf_puts(&text, " to ");
		report_code(&text, slice_first_text(f->fix_version, NAME_MOST / 2));
		strbuf_puts(&text, f->fix_command.n ? ": " : "");
	}
	if (f->fix_command.n)
		report_code(&text, slice_first_text(f->fix_command, SOLUTION_MOST));
	if (text.n)
		json_write_member(w, "solution", strbuf_slice(&text));
}

static void
put_finding(struct json_writer *w, const struct verdict *v, const char *image, const struct finding *f)
{
	AUTO(strbuf) struct strbuf description = { 0 };
	report_code(&description, slice_first_text(f->message.n ? f->message : f->title, DESCRIPTION_MOST));
	json_write_object(w);
	put_vectors(w, f->match);
	json_write_member(w, "description", strbuf_slice(&description));
	put_details(w, f);
	put_id(w, report_fingerprint(slice_of(image), f));
	put_identifiers(w, f);
	put_links(w, f);
	put_location(w, v, image, f->evidence.package.n ? f->evidence.package : report_subject(f), f->evidence.package_version);
	json_write_member(w, "name", slice_first_text(f->title, NAME_MOST));
	json_write_member(w, "severity", severity_word(f->severity));
	put_solution(w, f);
	json_write_object_end(w);
}

static void
put_unknown(struct json_writer *w, const struct verdict *v, const char *image, const struct unknown *u)
{
	AUTO(strbuf) struct strbuf name = { 0 };
	AUTO(strbuf) struct strbuf description = { 0 };
	strbuf_puts(&name, "Could not be told: ");
	strbuf_put(&name, u->kind);
	report_code(&description, slice_first_text(u->reason, DESCRIPTION_MOST));
	json_write_object(w);
	json_write_member(w, "description", strbuf_slice(&description));
	put_id(w, report_fingerprint_unknown(slice_of(image), u));
	json_write_key(w, SLICE("identifiers"));
	json_write_array(w);
	put_rule(w, u->kind.n ? u->kind : SLICE("unknown"));
	json_write_array_end(w);
	put_location(w, v, image, u->subject, SLICE_NONE);
	json_write_member(w, "name", slice_first_text(strbuf_slice(&name), NAME_MOST));
	json_write_member(w, "severity", severity_word(SEVERITY_UNKNOWN));
	json_write_object_end(w);
}

/* GitLab follows a finding by it from one pipeline to the next: the name of the image, and the platform where there are several. */
static void
image_name(const struct report *report, const struct verdict *v, struct strbuf *into)
{
	if (report->count > 1)
		report_title(v, into);
	else
		strbuf_put(into, v->image && v->image->reference.n ? v->image->reference : v->target);
	if (into->n == 0)
		strbuf_puts(into, "image");
}

static void
put_verdict(struct json_writer *w, const struct report *report, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf image = { 0 };
	struct unknown nothing;
	image_name(report, v, &image);
	for (size_t i = 0; i < v->finding_count; i++)
		put_finding(w, v, image.p, &v->findings[i]);
	for (size_t i = 0; i < v->unknown_count; i++)
		put_unknown(w, v, image.p, &v->unknowns[i]);
	if (report_nothing(v, &nothing))
		put_unknown(w, v, image.p, &nothing);
}

static void
put_scanner(struct json_writer *w, const char *key, const struct verdict *v)
{
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member(w, "id", SLICE("plimsoll"));
	json_write_member(w, "name", SLICE("plimsoll"));
	put_name(w, "vendor", SLICE("plimsoll"));
	json_write_member(w, "version", v->tool_version.n ? v->tool_version : SLICE("unknown"));
	json_write_object_end(w);
}

static void
put_time(struct json_writer *w, const char *key, const struct verdict *v)
{
	char text[DATE_TEXT_SIZE];
	date_text(v->evaluated_at, text);
	json_write_member(w, key, slice_first(slice_of(text), strlen("yyyy-mm-ddThh:mm:ss")));
}

/* What the dashboard shows above all else: each verdict, and what is excepted, which is not listed. */
static void
put_message(struct json_writer *w, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	report_title(v, &text);
	strbuf_printf(&text, ": %s. %s", report_words(v->result), report_headline(v->result));
	if (v->waived_count)
		strbuf_printf(&text, " %zu excepted.", v->waived_count);
	json_write_object(w);
	json_write_member(w, "level", v->result == RESULT_PASS ? SLICE("info") : SLICE("warn"));
	json_write_member(w, "value", strbuf_slice(&text));
	json_write_object_end(w);
}

static void
put_scan(struct json_writer *w, const struct report *report)
{
	const struct verdict *first = report->verdicts[0];
	json_write_key(w, SLICE("scan"));
	json_write_object(w);
	put_scanner(w, "analyzer", first);
	put_time(w, "end_time", first);
	json_write_key(w, SLICE("messages"));
	json_write_array(w);
	for (size_t i = 0; i < report->count; i++)
		put_message(w, report->verdicts[i]);
	json_write_array_end(w);
	put_scanner(w, "scanner", first);
	put_time(w, "start_time", first);
	json_write_member(w, "status", SLICE("success"));
	json_write_member(w, "type", SLICE("container_scanning"));
	json_write_object_end(w);
}

static void
write_gitlab(const struct report *report, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	put_scan(&w, report);
	json_write_member(&w, "schema", SLICE(SCHEMA_URL));
	json_write_member(&w, "version", SLICE(SCHEMA_VERSION));
	json_write_key(&w, SLICE("vulnerabilities"));
	json_write_array(&w);
	for (size_t i = 0; i < report->count; i++)
		put_verdict(&w, report, report->verdicts[i]);
	json_write_array_end(&w);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct writer writer_gitlab = { .name = "gitlab", .write = write_gitlab };
