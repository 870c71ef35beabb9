/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process that reads feeds is asked: SAY_PREVIOUS, where there is a database from before, with its file and the time of now (seconds,
 * i64); SAY_FILE (struct file_said; without a reason the file comes beside it) for each
 * file, then SAY_DONE.  It answers SAY_REPORTS, then SAY_DATABASE with the file, or SAY_DONE where there is no feed; before all that, SAY_MARK
 * when it comes to a file with a mark that is not MARK_NONE.
 */
#ifndef GATE_JOB_FEEDS_H
#define GATE_JOB_FEEDS_H

#include "advisory/feed.h"
#include "gate/job/jobs.h"

/* One file as it is sent. */
struct file_said {
	struct slice name, reason;
	uint32_t mark;
	struct feed_origin origin;     /* of a file that was fetched */
};
extern const struct wire_struct wire_file_said;

#define MARK_NONE UINT32_MAX

struct feed_report_list {
	struct feed_report *at;
	size_t n;
};
extern const struct wire_struct wire_reports;

#endif
