/* SPDX-License-Identifier: Apache-2.0 */
/* How a shell is started: by which name, and where among the words behind it the text stands that it is to run. */
#ifndef CODEC_SHELL_START_H
#define CODEC_SHELL_START_H

#include "base/slice.h"

bool shell_is_named(struct slice program);    /* "sh", "/bin/bash" */

/* The options of a start, zero before the first. */
struct shell_start {
	bool has_text;             /* by -c: the first word that is no option */
	bool wants_value, ended;
};

/* False where `word` is neither an option nor the value of one: there the options end. */
bool shell_start_takes(struct shell_start *start, struct slice word);

#endif
