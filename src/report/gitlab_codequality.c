/* SPDX-License-Identifier: Apache-2.0 */
/* GitLab's Code Quality report: the members of CodeClimate's issues that it reads.  What could not be told is an issue too. */
#include "report/writer.h"

#include "codec/json_write.h"

static const char *const severities[] = {
	[SEVERITY_UNKNOWN] = "info", [SEVERITY_NEGLIGIBLE] = "info", [SEVERITY_LOW] = "minor", [SEVERITY_MEDIUM] = "major",
	[SEVERITY_HIGH] = "critical", [SEVERITY_CRITICAL] = "blocker",
};

static const char *const unknown_severities[] = { [ACTION_WARN] = "info", [ACTION_UNKNOWN] = "major", [ACTION_FAIL] = "critical" };

/* Paths are those of a repository: relative, and some file for what has none. */
static void
put_location(struct json_writer *w, struct slice path)
{
	slice_skip(&path, SLICE("/"));
	json_write_key(w, SLICE("location"));
	json_write_object(w);
	json_write_key(w, SLICE("lines"));
	json_write_object(w);
	json_write_member_u64(w, "begin", 1);
	json_write_object_end(w);
	json_write_member(w, "path", path.n ? path : SLICE("Dockerfile"));
	json_write_object_end(w);
}

struct issue {
	struct slice check, description, path;
	struct digest fingerprint;
	const char *severity;
};

static void
put_issue(struct json_writer *w, const struct issue *issue)
{
	char hex[DIGEST_TEXT_SIZE];
	json_write_object(w);
	json_write_key(w, SLICE("categories"));
	json_write_array(w);
	json_write_string(w, SLICE("Security"));
	json_write_array_end(w);
	json_write_member(w, "check_name", issue->check);
	json_write_member(w, "description", issue->description);
	json_write_member(w, "fingerprint", slice_first(slice_of(digest_hex(&issue->fingerprint, hex)), 32));
	put_location(w, issue->path);
	json_write_member(w, "severity", slice_of(issue->severity));
	json_write_member(w, "type", SLICE("issue"));
	json_write_object_end(w);
}

static void
describe(struct strbuf *into, struct slice what, struct slice subject, struct slice detail)
{
	strbuf_put_printable(into, what);
	if (subject.n) {
		strbuf_puts(into, ": ");
		strbuf_put_printable(into, subject);
	}
	if (detail.n) {
		strbuf_puts(into, " (");
		strbuf_put_printable(into, detail);
		strbuf_putc(into, ')');
	}
}

static void
put_finding(struct json_writer *w, const struct strbuf *title, const struct finding *f)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	describe(&text, f->title, report_subject(f), f->evidence.detail);
	const struct issue issue = { f->rule, strbuf_slice(&text), f->evidence.path, report_fingerprint(strbuf_slice(title), f), severities[f->severity] };
	put_issue(w, &issue);
}

static void
put_unknown(struct json_writer *w, const struct strbuf *title, const struct unknown *u)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	describe(&text, SLICE("Could not be told"), u->subject, u->reason);
	struct slice path = slice_starts(u->subject, SLICE("/")) ? u->subject : SLICE_NONE;
	const struct issue issue = { u->kind, strbuf_slice(&text), path, report_fingerprint_unknown(strbuf_slice(title), u), unknown_severities[u->action] };
	put_issue(w, &issue);
}

static void
write_codequality(const struct report *report, struct strbuf *into)
{
	struct json_writer w = { .into = into, .indent = true };
	json_write_array(&w);
	for (size_t i = 0; i < report->count; i++) {
		const struct verdict *v = report->verdicts[i];
		AUTO(strbuf) struct strbuf title = { 0 };
		struct unknown nothing;
		report_title(v, &title);
		for (size_t k = 0; k < v->finding_count; k++)
			put_finding(&w, &title, &v->findings[k]);
		for (size_t k = 0; k < v->unknown_count; k++)
			put_unknown(&w, &title, &v->unknowns[k]);
		if (report_nothing(v, &nothing))
			put_unknown(&w, &title, &nothing);
	}
	json_write_array_end(&w);
	strbuf_putc(into, '\n');
}

const struct writer writer_gitlab_codequality = { .name = "gitlab-codequality", .write = write_codequality };
