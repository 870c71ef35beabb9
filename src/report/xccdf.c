/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as XCCDF 1.2, for whoever must file them: a benchmark of the checks and rules that the policy asks, and the results of each image.  A rule
 * of a SCAP profile has its own id; a check of ours is "xccdf_org.plimsoll_rule_THEME.NAME", and names the rules of the SCAP Security Guide
 * that it answers.
 */
#include "report/xccdf.h"

#include "base/date.h"
#include "scap/rules.h"

static const char *const words[] = {
	[CHECK_PASS] = "pass", [CHECK_FAIL] = "fail", [CHECK_UNKNOWN] = "unknown",
	[CHECK_NOT_APPLICABLE] = "notapplicable", [CHECK_OUT_OF_SCOPE] = "notselected",
};

/* Ids are names of XML: what those do not have becomes a dot. */
static void
put_name(struct strbuf *into, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		strbuf_putc(into, plain ? c : '.');
	}
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/*
 * "accounts.uid-zero" of "accounts/uid-zero".  Names of tests may have any letter, and no two of them may become one: another
 * byte is "_2F", and so is what would be read as the first slash or as such a byte.
 */
static void
put_own_id(struct strbuf *into, struct slice id)
{
	size_t slash = slice_find(id, '/');
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
		bool plain = letter || (c == '.' && slash != SIZE_MAX && i > slash) || (c == '_' && !(i + 2 < id.n && is_hex(id.p[i + 1]) && is_hex(id.p[i + 2])));
		if (i == slash)
			strbuf_putc(into, '.');
		else if (plain)
			strbuf_putc(into, c);
		else
			strbuf_printf(into, "_%02X", (unsigned)(unsigned char)c);
	}
}

static void
put_rule_id(struct strbuf *into, const struct check_result *check)
{
	if (slice_starts(check->id, SLICE("xccdf_"))) {
		put_name(into, check->id);
		return;
	}
	strbuf_puts(into, "xccdf_org.plimsoll_rule_");
	put_own_id(into, check->id);
}

/* XCCDF has nothing beyond high. */
static const char *
severity_word(enum severity severity)
{
	return severity >= SEVERITY_HIGH ? "high" : severity == SEVERITY_MEDIUM ? "medium" : severity == SEVERITY_UNKNOWN ? "unknown" : "low";
}

static void
put_element(struct strbuf *into, const char *indent, const char *name, struct slice text)
{
	strbuf_printf(into, "%s<%s>", indent, name);
	report_markup(into, text);
	strbuf_printf(into, "</%s>\n", name);
}

static bool
names_check(const char *checks, struct slice id)
{
	struct slice rest = slice_of(checks), word;
	while (slice_word(&rest, &word))
		if (slice_eq(word, id))
			return true;
	return false;
}

static void
put_idents(struct strbuf *into, const char *indent, const struct check_result *check)
{
	for (const struct scap_mapping *mapping = scap_mappings; mapping->rule; mapping++)
		if (names_check(mapping->checks, check->id))
			strbuf_printf(into, "%s<ident system=\"https://github.com/ComplianceAsCode/content\">%s</ident>\n", indent, mapping->rule);
}

static bool
was_written(const struct report *report, size_t verdict, size_t check)
{
	struct slice id = report->verdicts[verdict]->checks[check].id;
	for (size_t i = 0; i <= verdict; i++)
		for (size_t k = 0; k < (i == verdict ? check : report->verdicts[i]->check_count); k++)
			if (slice_eq(report->verdicts[i]->checks[k].id, id))
				return true;
	return false;
}

static void
put_rule(struct strbuf *into, const struct check_result *check)
{
	strbuf_puts(into, "  <Rule id=\"");
	put_rule_id(into, check);
	strbuf_printf(into, "\" selected=\"true\" severity=\"%s\">\n", severity_word(check->severity));
	put_element(into, "    ", "title", check->title);
	put_idents(into, "    ", check);
	strbuf_puts(into, "  </Rule>\n");
}

static void
put_result(struct strbuf *into, const struct check_result *check, const char *time)
{
	strbuf_puts(into, "    <rule-result idref=\"");
	put_rule_id(into, check);
	strbuf_printf(into, "\" time=\"%s\" severity=\"%s\" weight=\"1.0\">\n      <result>%s</result>\n", time, severity_word(check->severity), words[check->outcome]);
	put_idents(into, "      ", check);
	if (check->reason.n) {
		strbuf_puts(into, "      <message severity=\"info\">");
		report_markup(into, check->reason);
		strbuf_puts(into, "</message>\n");
	}
	strbuf_puts(into, "    </rule-result>\n");
}

static void
put_fact(struct strbuf *into, const char *name, struct slice text)
{
	if (text.n == 0)
		return;
	strbuf_printf(into, "      <fact name=\"urn:plimsoll:fact:%s\" type=\"string\">", name);
	report_markup(into, text);
	strbuf_puts(into, "</fact>\n");
}

/* Of what was evaluated, as the flat model of XCCDF counts it. */
static void
put_score(struct strbuf *into, const struct verdict *v)
{
	size_t passed = 0, evaluated = 0;
	for (size_t i = 0; i < v->check_count; i++) {
		passed += v->checks[i].outcome == CHECK_PASS;
		evaluated += v->checks[i].outcome <= CHECK_UNKNOWN;
	}
	strbuf_printf(into, "    <score system=\"urn:xccdf:scoring:flat\" maximum=\"%zu.0\">%zu.0</score>\n", evaluated, passed);
}

/* Of a policy that asks for no check there would be no result at all, which is no results' document. */
static const struct check_result nothing = { .id = { "verdict", 7 }, .title = { "The policy asks for a check", 27 }, .severity = SEVERITY_HIGH,
	.outcome = CHECK_UNKNOWN, .reason = { "nothing was evaluated", 21 } };

static void
put_benchmark_id(struct strbuf *into, struct slice policy)
{
	strbuf_puts(into, "xccdf_org.plimsoll_benchmark_");
	put_name(into, policy);
}

/* Of results that do not stand in it. */
static void
put_benchmark_reference(struct strbuf *into, struct slice policy)
{
	strbuf_puts(into, "    <benchmark href=\"#request\" id=\"");
	put_benchmark_id(into, policy);
	strbuf_puts(into, "\"/>\n");
}

void
xccdf_put_result(struct strbuf *into, const struct verdict *v, size_t number, const char *asset)
{
	AUTO(strbuf) struct strbuf title = { 0 };
	char time[DATE_TEXT_SIZE], digest[DIGEST_TEXT_SIZE];
	date_text(v->evaluated_at, time);
	report_title(v, &title);
	strbuf_printf(into, "  <TestResult%s id=\"xccdf_org.plimsoll_testresult_%zu\" start-time=\"%s\" end-time=\"%s\" version=\"1\" test-system=\"cpe:/a:plimsoll:plimsoll:",
	              asset ? " xmlns=\"" XCCDF_NAMESPACE "\"" : "", number + 1, time, time);
	put_name(into, v->tool_version);
	strbuf_puts(into, "\">\n");
	if (asset)
		put_benchmark_reference(into, v->policy_name);
	put_element(into, "    ", "title", strbuf_slice(&title));
	put_element(into, "    ", "target", strbuf_slice(&title));
	strbuf_puts(into, "    <target-facts>\n");
	put_fact(into, "os", v->os.pretty_name.n ? v->os.pretty_name : v->os.id);
	put_fact(into, "kind", v->kind);
	put_fact(into, "policy", v->policy_name);
	put_fact(into, "policy-digest", slice_of(digest_text(&v->policy_digest, digest)));
	put_fact(into, "result", slice_of(result_name(v->result)));
	strbuf_puts(into, "    </target-facts>\n");
	if (asset)
		strbuf_printf(into, "    <target-id-ref system=\"http://scap.nist.gov/schema/asset-identification/1.1\" name=\"%s\" href=\"\"/>\n", asset);
	for (size_t i = 0; i < v->check_count; i++)
		put_result(into, &v->checks[i], time);
	if (v->check_count == 0)
		put_result(into, &nothing, time);
	put_score(into, v);
	strbuf_puts(into, "  </TestResult>\n");
}

void
xccdf_begin_benchmark(const struct report *report, struct strbuf *into)
{
	struct slice policy = report->count ? report->verdicts[0]->policy_name : SLICE("none");
	strbuf_puts(into, "<Benchmark xmlns=\"" XCCDF_NAMESPACE "\" id=\"");
	put_benchmark_id(into, policy);
	strbuf_puts(into, "\">\n  <status>accepted</status>\n");
	put_element(into, "  ", "title", policy);
	strbuf_puts(into, "  <version>1</version>\n");
	bool without = false;
	for (size_t i = 0; i < report->count; i++) {
		without = without || report->verdicts[i]->check_count == 0;
		for (size_t k = 0; k < report->verdicts[i]->check_count; k++)
			if (!was_written(report, i, k))
				put_rule(into, &report->verdicts[i]->checks[k]);
	}
	if (without)
		put_rule(into, &nothing);
}

static void
write_xccdf(const struct report *report, struct strbuf *into)
{
	strbuf_puts(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	xccdf_begin_benchmark(report, into);
	for (size_t i = 0; i < report->count; i++)
		xccdf_put_result(into, report->verdicts[i], i, NULL);
	strbuf_puts(into, "</Benchmark>\n");
}

const struct writer writer_xccdf = { .name = "xccdf", .write = write_xccdf };
