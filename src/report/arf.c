/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as ARF 1.1 (NIST IR 7694): what was asked, a benchmark of the checks and rules, as the request; each image as an asset, which
 * Asset Identification 1.1 knows as software; its results in XCCDF as the report about it.
 */
#include "report/xccdf.h"

#include <stdio.h>

#define ARF_NAMESPACES                                                                                       \
	"xmlns:arf=\"http://scap.nist.gov/schema/asset-reporting-format/1.1\" "                              \
	"xmlns:core=\"http://scap.nist.gov/schema/reporting-core/1.1\" "                                     \
	"xmlns:ai=\"http://scap.nist.gov/schema/asset-identification/1.1\""

static void
put_relations(const struct report *report, struct strbuf *into)
{
	strbuf_puts(into, "  <core:relationships xmlns:arfvocab=\"http://scap.nist.gov/specifications/arf/vocabulary/relationships/1.0#\">\n");
	for (size_t i = 0; i < report->count; i++)
		strbuf_printf(into,
		              "    <core:relationship type=\"arfvocab:createdFor\" subject=\"report%zu\"><core:ref>request</core:ref></core:relationship>\n"
		              "    <core:relationship type=\"arfvocab:isAbout\" subject=\"report%zu\"><core:ref>asset%zu</core:ref></core:relationship>\n",
		              i + 1, i + 1, i + 1);
	strbuf_puts(into, "  </core:relationships>\n");
}

static void
put_digest(struct strbuf *into, const char *what, const struct digest *digest)
{
	char text[DIGEST_TEXT_SIZE];
	if (digest->algorithm != DIGEST_NONE)
		strbuf_printf(into, "      <ai:synthetic-id resource=\"urn:plimsoll:asset:%s\" id=\"%s\"/>\n", what, digest_text(digest, text));
}

/* Every identity by which somebody may ask for it. */
static void
put_asset(struct strbuf *into, const struct verdict *v, size_t number)
{
	AUTO(strbuf) struct strbuf title = { 0 };
	report_title(v, &title);
	strbuf_printf(into, "    <arf:asset id=\"asset%zu\"><ai:software>\n", number + 1);
	if (v->image) {
		put_digest(into, "index", &v->image->index_digest);
		put_digest(into, "manifest", &v->image->manifest_digest);
		put_digest(into, "config", &v->image->config_digest);
	}
	strbuf_puts(into, "      <ai:installation-id>");
	report_markup(into, strbuf_slice(&title));
	strbuf_puts(into, "</ai:installation-id>\n    </ai:software></arf:asset>\n");
}

static void
write_arf(const struct report *report, struct strbuf *into)
{
	char asset[32];
	strbuf_puts(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<arf:asset-report-collection " ARF_NAMESPACES ">\n");
	put_relations(report, into);
	strbuf_puts(into, "  <arf:report-requests><arf:report-request id=\"request\"><arf:content>\n");
	xccdf_begin_benchmark(report, into);
	strbuf_puts(into, "</Benchmark>\n  </arf:content></arf:report-request></arf:report-requests>\n  <arf:assets>\n");
	for (size_t i = 0; i < report->count; i++)
		put_asset(into, report->verdicts[i], i);
	strbuf_puts(into, "  </arf:assets>\n  <arf:reports>\n");
	for (size_t i = 0; i < report->count; i++) {
		snprintf(asset, sizeof asset, "asset%zu", i + 1);
		strbuf_printf(into, "    <arf:report id=\"report%zu\"><arf:content>\n", i + 1);
		xccdf_put_result(into, report->verdicts[i], i, asset);
		strbuf_puts(into, "    </arf:content></arf:report>\n");
	}
	strbuf_puts(into, "  </arf:reports>\n</arf:asset-report-collection>\n");
}

const struct writer writer_arf = { .name = "arf", .write = write_arf };
