/* SPDX-License-Identifier: Apache-2.0 */
/* One line on a terminal for what takes longer than a second; it is gone before anything else is written. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/strbuf.h"

#include <plimsoll/run.h>

struct progress {
	int64_t begun, drawn;      /* milliseconds of whatever clock */
	enum plim_stage stage;     /* that is shown; PLIM_STAGE_NONE: there is no line */
};

/* Has what runs with these options shown on standard error, where that is a terminal which somebody watches. */
void progress_watch(struct progress *progress, struct plim_run_options *run);

/* What has to be written at a time so that `now` is seen: nothing within the first second, nor too often. */
void progress_step(struct progress *progress, const struct plim_progress *now, int64_t at, unsigned columns, struct strbuf *out);

#endif
