/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of XCCDF 1.2 that documents are made of: what was asked, and what came of it. */
#ifndef REPORT_XCCDF_H
#define REPORT_XCCDF_H

#include "report/writer.h"

#define XCCDF_NAMESPACE "http://checklists.nist.gov/xccdf/1.2"

/* The benchmark with its rules, without "</Benchmark>". */
void xccdf_begin_benchmark(const struct report *report, struct strbuf *into);
/* The results of one image; `asset` is the id that a document around it gives it, in which the benchmark is "request".  NULL: they stand in the benchmark. */
void xccdf_put_result(struct strbuf *into, const struct verdict *verdict, size_t number, const char *asset);

#endif
