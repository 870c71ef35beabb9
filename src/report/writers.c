/* SPDX-License-Identifier: Apache-2.0 */
/* The array of all report formats. */
#include "report/writer.h"

#include "base/date.h"
#include "codec/xml.h"

const struct writer *const writers[] = {
	&writer_text, &writer_json, &writer_sarif, &writer_junit, &writer_markdown, &writer_csv, &writer_gitlab,
	&writer_gitlab_codequality, &writer_html, &writer_matrix_html, &writer_matrix_csv, &writer_xccdf, &writer_arf, NULL,
};

const struct writer *
writer_find(struct slice name)
{
	for (const struct writer *const *writer = writers; *writer; writer++)
		if (slice_is(name, (*writer)->name))
			return *writer;
	return NULL;
}

enum result
report_area(const struct report *report, enum area area)
{
	enum result worst = RESULT_NOT_REQUIRED;
	for (size_t i = 0; i < report->count; i++)
		if (report->verdicts[i]->areas[area].result > worst)
			worst = report->verdicts[i]->areas[area].result;
	return worst;
}

void
report_title(const struct verdict *v, struct strbuf *into)
{
	struct slice target = v->target;
	strbuf_put(into, target);
	/* A registry's target says it already. */
	if (v->image && v->image->reference.n && !slice_skip_end(&target, v->image->reference)) {
		strbuf_puts(into, ", ");
		strbuf_put(into, v->image->reference);
	}
	if (v->image) {
		strbuf_puts(into, ", ");
		platform_text(&v->image->platform, into);
	}
}

const char *
report_words(enum result result)
{
	static const char *const words[] = {
		[RESULT_PASS] = "pass", [RESULT_UNKNOWN] = "CANNOT TELL", [RESULT_FAIL] = "FAIL", [RESULT_OUT_OF_SCOPE] = "out of scope",
		[RESULT_NOT_REQUIRED] = "not set",
	};
	return words[result];
}

const char *
report_headline(enum result result)
{
	static const char *const headlines[] = {
		[RESULT_NOT_REQUIRED] = "The policy demands nothing of it.",
		[RESULT_OUT_OF_SCOPE] = "Nothing of the policy applies to it.",
		[RESULT_PASS] = "It may ship.",
		[RESULT_UNKNOWN] = "Not everything that matters could be established, so it may not ship yet.",
		[RESULT_FAIL] = "It may not ship.",
	};
	return headlines[result];
}

bool
report_nothing(const struct verdict *v, struct unknown *out)
{
	*out = (struct unknown){
		.kind = slice_of(result_name(v->result)), .action = ACTION_UNKNOWN, .reason = slice_of(report_headline(v->result)), .layer = UINT32_MAX,
	};
	return v->result == RESULT_NOT_REQUIRED || v->result == RESULT_OUT_OF_SCOPE;
}

struct slice
report_subject(const struct finding *f)
{
	const struct evidence *e = &f->evidence;
	return e->path.n ? e->path : e->package.n ? e->package : e->setting;
}

static struct digest
digest_of_parts(const struct slice *parts, size_t n)
{
	static const char nul = '\0';
	AUTO(strbuf) struct strbuf all = { 0 };
	for (size_t i = 0; i < n; i++) {
		strbuf_put(&all, parts[i]);
		strbuf_putc(&all, nul);
	}
	return digest_of(strbuf_slice(&all));
}

/* A finding's own id is the same for each row of one file, in whichever layer. */
struct digest
report_fingerprint(struct slice title, const struct finding *f)
{
	const struct slice layer = { (const char *)&f->evidence.layer_digest.bytes, 32 };
	const struct slice parts[] = { title, f->id, f->evidence.package_version, f->evidence.detail, layer };
	return digest_of_parts(parts, sizeof parts / sizeof *parts);
}

struct digest
report_fingerprint_unknown(struct slice title, const struct unknown *u)
{
	const struct slice parts[] = { title, slice_of(area_name(u->area)), u->kind, u->subject, u->reason };
	return digest_of_parts(parts, sizeof parts / sizeof *parts);
}

const char *
report_area_title(enum area area)
{
	static const char *const titles[AREA_COUNT] = {
		[AREA_BASE_IMAGE] = "base image",       [AREA_VULNERABILITIES] = "vulnerabilities", [AREA_COMPONENTS] = "components",
		[AREA_CONFIGURATION] = "configuration", [AREA_METADATA] = "metadata",               [AREA_ORIGIN] = "origin",
		[AREA_RULES] = "own rules",
	};
	return titles[area];
}

void
report_os(const struct operating_system *os, struct strbuf *into)
{
	char day[DATE_TEXT_SIZE];
	if (os->none)
		strbuf_puts(into, "none");
	else if (os->pretty_name.n)
		strbuf_put(into, os->pretty_name);
	else if (os->id.n)
		strbuf_printf(into, "%.*s %.*s", SLICE_ARG(os->id), SLICE_ARG(os->version_id));
	else
		strbuf_puts(into, "not known");
	if (os->support_end != DATE_NONE)
		strbuf_printf(into, " (supported until %s)", date_day_text(os->support_end, day));
}

struct report_tally
report_tally(const struct verdict *v, enum area area)
{
	struct report_tally tally = { 0 };
	for (size_t i = 0; i < v->finding_count; i++) {
		tally.fail += v->findings[i].area == area && v->findings[i].action == ACTION_FAIL;
		tally.warn += v->findings[i].area == area && v->findings[i].action != ACTION_FAIL;
	}
	for (size_t i = 0; i < v->unknown_count; i++)
		tally.unknown += v->unknowns[i].area == area;
	return tally;
}

bool
report_is_link(struct slice text)
{
	return slice_skip(&text, SLICE("https://")) ? text.n > 0 : slice_skip(&text, SLICE("http://")) && text.n > 0;
}

void
report_markup(struct strbuf *into, struct slice text)
{
	AUTO(strbuf) struct strbuf shown = { 0 };
	strbuf_put_printable(&shown, text);
	xml_put(into, strbuf_slice(&shown));
}
