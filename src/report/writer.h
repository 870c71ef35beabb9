/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: one writer a format, one file each, one array of all in writers.c. */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "base/strbuf.h"
#include "policy/verdict.h"

struct report {
	struct slice target;
	const struct verdict *const *verdicts;    /* one an image or tree, at least one */
	size_t count;
	enum result result;                       /* the worst of them */
	unsigned columns;                         /* width to fit */
	bool colour;
};

struct writer {
	const char *name;
	void (*write)(const struct report *report, struct strbuf *into);
};

extern const struct writer writer_arf, writer_xccdf, writer_text, writer_json, writer_sarif, writer_junit, writer_markdown, writer_csv, writer_gitlab,
	writer_gitlab_codequality, writer_html, writer_matrix_html, writer_matrix_csv;
extern const struct writer *const writers[];    /* NULL-terminated */

const struct writer *writer_find(struct slice name);

/* Which image a verdict is about: "docker-archive:web.tar, web:1, linux/amd64". */
void report_title(const struct verdict *verdict, struct strbuf *into);
/* As people say it: "FAIL", "It may not ship." */
const char *report_words(enum result result);
const char *report_headline(enum result result);
/* A verdict for which nothing was evaluated is no pass (exit status 2): as an unknown of no area, for formats that would look clean.  False for others. */
bool report_nothing(const struct verdict *verdict, struct unknown *out);
/* The joined result of one area over all verdicts. */
enum result report_area(const struct report *report, enum area area);

/* "base image": an area as people say it. */
const char *report_area_title(enum area area);
/* "Debian GNU/Linux 12 (bookworm) (supported until 2028-06-30)", "none", "not known". */
void report_os(const struct operating_system *os, struct strbuf *into);
struct report_tally {
	size_t fail, warn, unknown;
};
struct report_tally report_tally(const struct verdict *verdict, enum area area);
/* A web page, and nothing that a browser would run. */
bool report_is_link(struct slice text);
/* For XML and HTML, in an element or an attribute in double quotes: nothing but text; what a terminal could not show appears as \xNN. */
void report_markup(struct strbuf *into, struct slice text);
/* As a code span of Markdown: it can mention nobody, link nowhere and show no picture. */
void report_code(struct strbuf *into, struct slice text);
/* Where a finding is, for formats that want one name: its path, package or setting. */
struct slice report_subject(const struct finding *finding);
/* Tells this finding, or unknown, of the image called `title` from all others, the same in each run. */
struct digest report_fingerprint(struct slice title, const struct finding *finding);
struct digest report_fingerprint_unknown(struct slice title, const struct unknown *unknown);

#endif
