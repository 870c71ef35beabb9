/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit's XML, as CI servers read it: an area a suite; what fails is a failure, what could not be told an error, what is not asked skipped. */
#include "report/writer.h"

#include "base/date.h"

static void
put_attribute(struct strbuf *into, const char *name, struct slice value)
{
	strbuf_printf(into, " %s=\"", name);
	report_markup(into, value);
	strbuf_putc(into, '"');
}

static void
case_begin(struct strbuf *into, const struct verdict *v, enum area area, struct slice name, struct slice of)
{
	AUTO(strbuf) struct strbuf whole = { 0 };
	strbuf_put(&whole, name);
	if (of.n)
		strbuf_putc(&whole, ' ');
	strbuf_put(&whole, of);
	strbuf_puts(into, "    <testcase");
	AUTO(strbuf) struct strbuf class = { 0 };
	report_title(v, &class);
	strbuf_printf(&class, ".%s", area_name(area));
	put_attribute(into, "classname", strbuf_slice(&class));
	put_attribute(into, "name", strbuf_slice(&whole));
	strbuf_puts(into, ">\n");
}

static void
case_end(struct strbuf *into)
{
	strbuf_puts(into, "    </testcase>\n");
}

static void
put_body(struct strbuf *into, const struct finding *f)
{
	const struct { const char *label; struct slice text; } lines[] = {
		{ "why", f->message }, { "path", f->evidence.path }, { "package", f->evidence.package }, { "version", f->evidence.package_version },
		{ "setting", f->evidence.setting }, { "found", f->evidence.detail }, { "made by", f->evidence.instruction },
		{ "fixed in", f->fix_version }, { "fix", f->fix_command },
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (lines[i].text.n == 0)
			continue;
		strbuf_printf(into, "%s: ", lines[i].label);
		report_markup(into, lines[i].text);
		strbuf_putc(into, '\n');
	}
}

/* A warning passes, and says what it says. */
static void
put_finding(struct strbuf *into, const struct verdict *v, const struct finding *f)
{
	bool fails = f->action == ACTION_FAIL;
	case_begin(into, v, f->area, f->rule, report_subject(f));
	strbuf_puts(into, fails ? "      <failure" : "      <system-out>warning: ");
	if (fails) {
		put_attribute(into, "message", f->title);
		put_attribute(into, "type", slice_of(severity_name(f->severity)));
		strbuf_putc(into, '>');
	} else {
		report_markup(into, f->title);
		strbuf_putc(into, '\n');
	}
	put_body(into, f);
	strbuf_puts(into, fails ? "</failure>\n" : "</system-out>\n");
	case_end(into);
}

static void
put_unknown(struct strbuf *into, const struct verdict *v, const struct unknown *u)
{
	const char *element = u->action == ACTION_FAIL ? "failure" : u->action == ACTION_UNKNOWN ? "error" : "system-out";
	case_begin(into, v, u->area, u->kind, u->subject);
	strbuf_printf(into, "      <%s", element);
	if (u->action != ACTION_WARN) {
		put_attribute(into, "message", u->reason);
		put_attribute(into, "type", u->kind);
	}
	strbuf_putc(into, '>');
	report_markup(into, u->reason);
	strbuf_printf(into, "</%s>\n", element);
	case_end(into);
}

static void
put_waived(struct strbuf *into, const struct verdict *v, const struct waived *w)
{
	case_begin(into, v, w->finding.area, w->finding.rule, report_subject(&w->finding));
	strbuf_puts(into, "      <skipped");
	AUTO(strbuf) struct strbuf text = { 0 };
	if (w->until == DATE_NONE)
		waived_describe(w, &text);
	put_attribute(into, "message", w->until == DATE_NONE ? strbuf_slice(&text) : w->reason);
	strbuf_puts(into, "/>\n");
	case_end(into);
}

/* The area as a whole: how a suite without findings tells whether it was asked at all. */
static void
put_area(struct strbuf *into, const struct verdict *v, enum area area)
{
	const struct area_state *state = &v->areas[area];
	bool skipped = state->result == RESULT_NOT_REQUIRED || state->result == RESULT_OUT_OF_SCOPE;
	case_begin(into, v, area, SLICE("evaluated"), SLICE_NONE);
	if (skipped) {
		strbuf_puts(into, "      <skipped");
		put_attribute(into, "message", slice_of(result_name(state->result)));
		strbuf_puts(into, "/>\n");
	}
	case_end(into);
}

struct tally {
	size_t tests, failures, errors, skipped;
};

static struct tally
tally_of(const struct verdict *v, enum area area)
{
	enum result result = v->areas[area].result;
	struct tally t = { .tests = 1, .skipped = result == RESULT_NOT_REQUIRED || result == RESULT_OUT_OF_SCOPE };
	for (size_t i = 0; i < v->finding_count; i++) {
		t.tests += v->findings[i].area == area;
		t.failures += v->findings[i].area == area && v->findings[i].action == ACTION_FAIL;
	}
	for (size_t i = 0; i < v->unknown_count; i++) {
		t.tests += v->unknowns[i].area == area;
		t.failures += v->unknowns[i].area == area && v->unknowns[i].action == ACTION_FAIL;
		t.errors += v->unknowns[i].area == area && v->unknowns[i].action == ACTION_UNKNOWN;
	}
	for (size_t i = 0; i < v->waived_count; i++) {
		t.tests += v->waived[i].finding.area == area;
		t.skipped += v->waived[i].finding.area == area;
	}
	return t;
}

static void
put_suite(struct strbuf *into, const struct verdict *v, enum area area)
{
	struct tally t = tally_of(v, area);
	strbuf_puts(into, "  <testsuite");
	AUTO(strbuf) struct strbuf name = { 0 };
	report_title(v, &name);
	strbuf_printf(&name, ": %s", area_name(area));
	put_attribute(into, "name", strbuf_slice(&name));
	strbuf_printf(into, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", t.tests, t.failures, t.errors, t.skipped);
	put_area(into, v, area);
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].area == area)
			put_finding(into, v, &v->findings[i]);
	for (size_t i = 0; i < v->unknown_count; i++)
		if (v->unknowns[i].area == area)
			put_unknown(into, v, &v->unknowns[i]);
	for (size_t i = 0; i < v->waived_count; i++)
		if (v->waived[i].finding.area == area)
			put_waived(into, v, &v->waived[i]);
	strbuf_puts(into, "  </testsuite>\n");
}

/* Suites that are all skipped would be green. */
static void
put_nothing(struct strbuf *into, const struct verdict *v)
{
	AUTO(strbuf) struct strbuf title = { 0 };
	struct unknown nothing;
	if (!report_nothing(v, &nothing))
		return;
	report_title(v, &title);
	strbuf_puts(into, "  <testsuite");
	put_attribute(into, "name", strbuf_slice(&title));
	strbuf_puts(into, " tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n    <testcase");
	put_attribute(into, "classname", strbuf_slice(&title));
	strbuf_puts(into, " name=\"verdict\">\n      <error");
	put_attribute(into, "message", nothing.reason);
	put_attribute(into, "type", nothing.kind);
	strbuf_puts(into, "/>\n    </testcase>\n  </testsuite>\n");
}

static void
write_junit(const struct report *report, struct strbuf *into)
{
	strbuf_puts(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\">\n");
	for (size_t i = 0; i < report->count; i++) {
		for (enum area area = 0; area < AREA_COUNT; area++)
			put_suite(into, report->verdicts[i], area);
		put_nothing(into, report->verdicts[i]);
	}
	strbuf_puts(into, "</testsuites>\n");
}

const struct writer writer_junit = { .name = "junit", .write = write_junit };
