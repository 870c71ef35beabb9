/* SPDX-License-Identifier: Apache-2.0 */
#include "report/impact.h"

const char *const impact_state_names[IMPACT_STATE_COUNT] = {
	[IMPACT_NEWLY_FAILS] = "newly_fails", [IMPACT_CANNOT_TELL] = "cannot_tell", [IMPACT_WILL_FAIL] = "will_fail",
	[IMPACT_NEWLY_PASSES] = "newly_passes", [IMPACT_STAYS] = "stays",
};

const struct impact_writer *const impact_writers[] = { &impact_text, &impact_json, &impact_csv, NULL };
