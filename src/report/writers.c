/* SPDX-License-Identifier: Apache-2.0 */
/* The array of all report formats. */
#include "report/writer.h"

const struct writer *const writers[] = {
	&writer_text, &writer_json, &writer_sarif, &writer_junit, &writer_markdown, &writer_csv, &writer_gitlab,
	&writer_gitlab_codequality, NULL,
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
	strbuf_put(into, v->target);
	if (v->image && v->image->reference.n) {
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
