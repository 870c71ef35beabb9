/* SPDX-License-Identifier: Apache-2.0 */
/* From a range's events in any order to spans, as the OSV schema evaluates them. */
#ifndef ADVISORY_EVENTS_H
#define ADVISORY_EVENTS_H

#include "advisory/record.h"
#include "base/arena.h"
#include "version/scheme.h"

/* As many events as `n` of a range may become. */
#define EVENTS_ROOM(n) (3 * (n))

/*
 * Orders the events of one range, and writes spans: an introduction, what ends it, and the range's limit.  A version is meant that lies
 * before any of the limits.  Without an ordering, or with a version that it refuses, the order stays what it was.
 * PLIM_EFORMAT where nothing is introduced, or, of what cannot be ordered, not first.
 */
int events_span(const struct version_event *events, size_t n, const struct version_scheme *scheme, struct arena *arena,
                struct version_event *out, size_t *out_count, struct plim_error *err);

#endif
