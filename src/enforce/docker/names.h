/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of containers that are on their way.  The engine looks a name up when it starts what is called so, which is after the guard looked it up:
 * in between another container may get that name.  So nobody gets a name that is just being started, and nothing is started by a name that is just
 * being given; both end when the engine tells what it answered.
 */
#ifndef ENFORCE_DOCKER_NAMES_H
#define ENFORCE_DOCKER_NAMES_H

#include "base/slice.h"

enum docker_naming { DOCKER_NAME_STARTS, DOCKER_NAME_GIVEN };

/* Valid when zeroed. */
struct docker_names {
	struct docker_name *first;
};

/* False where the name is on its way in the other manner, or without memory.  `now` is any clock of seconds. */
bool docker_names_begin(struct docker_names *names, struct slice name, enum docker_naming how, int64_t now);
/* The guard has let one pass that began in this manner: from now on the engine has its time; before, however long it took, no name is forgotten. */
void docker_names_answered(struct docker_names *names, struct slice name, enum docker_naming how, int64_t now);
/* One that began in this manner ends; what nobody began is passed over. */
void docker_names_end(struct docker_names *names, struct slice name, enum docker_naming how);
void docker_names_done(struct docker_names *names);

#endif
