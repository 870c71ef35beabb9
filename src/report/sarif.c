/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 (OASIS), with what code hosts read of it: a location for each
 * result, partialFingerprints, security-severity.  What could not be told is a
 * result too: an upload must not look clean because nothing was seen.
 */
#include "report/writer.h"

#include "base/date.h"
#include "base/map.h"
#include "codec/json_write.h"

#include <stdio.h>

static void
put_text(struct json_writer *w, const char *key, struct slice text)
{
	if (text.p == NULL)
		return;
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member(w, "text", text);
	json_write_object_end(w);
}

/* Rules: each once, in the order of the findings. */

static const char *
number_of(const struct finding *f, char text[static 8])
{
	static const double by_severity[] = { [SEVERITY_LOW] = 2.0, [SEVERITY_MEDIUM] = 5.5, [SEVERITY_HIGH] = 8.0, [SEVERITY_CRITICAL] = 9.5 };
	size_t at = (size_t)f->severity;
	double number = at < sizeof by_severity / sizeof *by_severity ? by_severity[at] : 0;
	snprintf(text, 8, "%.1f", f->match && f->match->score >= 0 ? f->match->score : number);
	return text;
}

static void
put_rule(struct json_writer *w, const struct finding *f)
{
	char number[8];
	json_write_object(w);
	put_text(w, "fullDescription", f->message);
	put_text(w, "help", f->fix_command.p ? f->fix_command : f->message);
	json_write_member(w, "id", f->rule);
	json_write_key(w, SLICE("properties"));
	json_write_object(w);
	json_write_member(w, "security-severity", slice_of(number_of(f, number)));
	json_write_key(w, SLICE("tags"));
	json_write_array(w);
	json_write_string(w, SLICE("security"));
	json_write_string(w, slice_of(area_name(f->area)));
	json_write_array_end(w);
	json_write_object_end(w);
	put_text(w, "shortDescription", f->title);
	json_write_object_end(w);
}

static bool
is_new(struct map *seen, struct slice id)
{
	void **place = map_place(seen, id);
	bool fresh = place && *place == NULL;
	if (place)
		*place = seen;
	return fresh;
}

static void
put_unknown_rule(struct json_writer *w, const struct unknown *u)
{
	json_write_object(w);
	json_write_member(w, "id", u->kind);
	put_text(w, "shortDescription", SLICE("Something that matters could not be told"));
	json_write_object_end(w);
}

static void
put_rules(struct json_writer *w, const struct verdict *v)
{
	AUTO(map) struct map seen = { 0 };
	json_write_key(w, SLICE("rules"));
	json_write_array(w);
	for (size_t i = 0; i < v->finding_count; i++)
		if (is_new(&seen, v->findings[i].rule))
			put_rule(w, &v->findings[i]);
	for (size_t i = 0; i < v->waived_count; i++)
		if (is_new(&seen, v->waived[i].finding.rule))
			put_rule(w, &v->waived[i].finding);
	for (size_t i = 0; i < v->unknown_count; i++)
		if (is_new(&seen, v->unknowns[i].kind))
			put_unknown_rule(w, &v->unknowns[i]);
	struct unknown nothing;
	if (report_nothing(v, &nothing))
		put_unknown_rule(w, &nothing);
	json_write_array_end(w);
}

static void
put_driver(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("tool"));
	json_write_object(w);
	json_write_key(w, SLICE("driver"));
	json_write_object(w);
	json_write_member(w, "name", SLICE("plimsoll"));
	put_rules(w, v);
	json_write_member(w, "version", v->tool_version);
	json_write_object_end(w);
	json_write_object_end(w);
}

/* Results. */

static const char *
level_of(enum action action)
{
	return action == ACTION_FAIL ? "error" : "warning";
}

/* A relative URI; code hosts refuse a result without one. */
static void
put_uri(struct json_writer *w, struct slice path)
{
	AUTO(strbuf) struct strbuf uri = { 0 };
	slice_skip(&path, SLICE("/"));
	strbuf_put_percent(&uri, path, "/");
	json_write_member(w, "uri", uri.n ? strbuf_slice(&uri) : SLICE("Dockerfile"));
}

static void
put_location(struct json_writer *w, struct slice path)
{
	json_write_key(w, SLICE("locations"));
	json_write_array(w);
	json_write_object(w);
	json_write_key(w, SLICE("physicalLocation"));
	json_write_object(w);
	json_write_key(w, SLICE("artifactLocation"));
	json_write_object(w);
	put_uri(w, path);
	json_write_object_end(w);
	json_write_key(w, SLICE("region"));
	json_write_object(w);
	json_write_member_u64(w, "startLine", 1);
	json_write_object_end(w);
	json_write_object_end(w);
	json_write_object_end(w);
	json_write_array_end(w);
}

static void
put_message(struct json_writer *w, const struct finding *f)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	const struct { const char *before; struct slice text; const char *after; } parts[] = {
		{ "", f->title, "" }, { ": ", f->evidence.package, "" }, { " ", f->evidence.package_version, "" }, { ": ", f->evidence.setting, "" },
		{ " (", f->evidence.detail, ")" }, { ". Mend it: ", f->fix_command, "" },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].text.n == 0)
			continue;
		strbuf_puts(&text, parts[i].before);
		strbuf_put(&text, parts[i].text);
		strbuf_puts(&text, parts[i].after);
	}
	put_text(w, "message", strbuf_slice(&text));
}

static void
put_fingerprint(struct json_writer *w, struct slice id)
{
	json_write_key(w, SLICE("partialFingerprints"));
	json_write_object(w);
	json_write_member(w, "plimsoll/v1", id);
	json_write_object_end(w);
}

static void
put_suppression(struct json_writer *w, const struct waived *waived)
{
	json_write_key(w, SLICE("suppressions"));
	json_write_array(w);
	if (waived) {
		AUTO(strbuf) struct strbuf text = { 0 };
		if (waived->until == DATE_NONE)
			waived_describe(waived, &text);
		json_write_object(w);
		json_write_member(w, "justification", waived->until == DATE_NONE ? strbuf_slice(&text) : waived->reason);
		json_write_member(w, "kind", SLICE("external"));
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_result(struct json_writer *w, const struct finding *f, const struct waived *waived)
{
	json_write_object(w);
	json_write_member(w, "level", slice_of(level_of(f->action)));
	put_location(w, f->evidence.path);
	put_message(w, f);
	put_fingerprint(w, f->id);
	json_write_member(w, "ruleId", f->rule);
	put_suppression(w, waived);
	json_write_object_end(w);
}

static void
put_unknown(struct json_writer *w, const struct unknown *u)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	strbuf_puts(&text, "Could not be told: ");
	strbuf_put(&text, u->subject);
	strbuf_puts(&text, u->subject.n ? ": " : "");
	strbuf_put(&text, u->reason);
	json_write_object(w);
	json_write_member(w, "level", slice_of(level_of(u->action)));
	put_location(w, slice_starts(u->subject, SLICE("/")) ? u->subject : SLICE_NONE);
	put_text(w, "message", strbuf_slice(&text));
	json_write_member(w, "ruleId", u->kind);
	json_write_object_end(w);
}

static void
put_results(struct json_writer *w, const struct verdict *v)
{
	json_write_key(w, SLICE("results"));
	json_write_array(w);
	for (size_t i = 0; i < v->finding_count; i++)
		put_result(w, &v->findings[i], NULL);
	for (size_t i = 0; i < v->waived_count; i++)
		put_result(w, &v->waived[i].finding, &v->waived[i]);
	for (size_t i = 0; i < v->unknown_count; i++)
		put_unknown(w, &v->unknowns[i]);
	struct unknown nothing;
	if (report_nothing(v, &nothing))
		put_unknown(w, &nothing);
	json_write_array_end(w);
}

/* Runs. */

/* "linux-arm-v7": slashes part categories, so an image's own words have none. */
static void
put_platform(struct strbuf *into, const struct platform *platform)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	platform_text(platform, &text);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '/')
			text.p[i] = '-';
	strbuf_put_percent(into, strbuf_slice(&text), "");
}

static void
put_category(struct strbuf *into, const struct verdict *v)
{
	strbuf_puts(into, "plimsoll/");
	strbuf_put_percent(into, v->destination, "/");
	strbuf_puts(into, v->destination.n ? "/" : "");
	if (v->image)
		put_platform(into, &v->image->platform);
	else
		strbuf_puts(into, slice_is(v->kind, "host") ? "host" : "rootfs");
	strbuf_putc(into, '/');
}

/* How many of the category came before, which the spelling decides: "arm-v7" may be an architecture too. */
static size_t
count_before(const struct report *report, size_t at, struct slice category)
{
	AUTO(strbuf) struct strbuf other = { 0 };
	size_t count = 0;
	for (size_t i = 0; i < at; i++) {
		strbuf_clear(&other);
		put_category(&other, report->verdicts[i]);
		count += slice_eq(strbuf_slice(&other), category);
	}
	return count;
}

/*
 * What stands before the last slash of the id is the category: code hosts close
 * an alert when a later upload of its category has it no more, and take each
 * category once an upload.  So nothing of it may change from build to build as
 * tags do; the repository where it will live does not, and tells several images
 * apart.
 */
static void
put_id(struct strbuf *into, const struct report *report, size_t at)
{
	put_category(into, report->verdicts[at]);
	size_t before = count_before(report, at, strbuf_slice(into));
	if (before > 0)
		strbuf_printf(into, "%zu/", before + 1);
}

static void
put_details(struct json_writer *w, const struct report *report, size_t at)
{
	AUTO(strbuf) struct strbuf title = { 0 }, id = { 0 };
	report_title(report->verdicts[at], &title);
	put_id(&id, report, at);
	json_write_key(w, SLICE("automationDetails"));
	json_write_object(w);
	put_text(w, "description", strbuf_slice(&title));
	json_write_member(w, "id", strbuf_slice(&id));
	json_write_object_end(w);
}

static void
put_run(struct json_writer *w, const struct report *report, size_t at)
{
	json_write_object(w);
	put_details(w, report, at);
	put_results(w, report->verdicts[at]);
	put_driver(w, report->verdicts[at]);
	json_write_object_end(w);
}

static void
write_sarif(const struct report *report, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	json_write_object(&w);
	json_write_member(&w, "$schema", SLICE("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"));
	json_write_key(&w, SLICE("runs"));
	json_write_array(&w);
	for (size_t i = 0; i < report->count; i++)
		put_run(&w, report, i);
	json_write_array_end(&w);
	json_write_member(&w, "version", SLICE("2.1.0"));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct writer writer_sarif = { .name = "sarif", .write = write_sarif };
