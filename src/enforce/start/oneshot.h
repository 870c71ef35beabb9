/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question, one answer, by a process of its own: it may be ended when registries stall, whatever happens to it admits nothing, and whoever asked stays
 * as it was started, with its descriptors, limits and signals: it becomes a runtime next.
 */
#ifndef ENFORCE_START_ONESHOT_H
#define ENFORCE_START_ONESHOT_H

#include "enforce/start/door_conf.h"

#define ONESHOT_TEXT 2048

struct oneshot_answer {
	bool admits;
	char reason[ONESHOT_TEXT];     /* one line; what was wrong where nothing could be decided */
};

/* Never an error: what cannot be decided is not admitted, and the reason says why. */
void oneshot_ask(const struct door_conf *conf, const struct guard_question *question, struct oneshot_answer *out);

#endif
