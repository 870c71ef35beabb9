/* SPDX-License-Identifier: Apache-2.0 */
/* The array of all report formats. */
#include "report/writer.h"

const struct writer *const writers[] = { &writer_text, &writer_json, NULL };

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
