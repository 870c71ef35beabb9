/* SPDX-License-Identifier: Apache-2.0 */
/* What a door counted, as Prometheus reads it (text format 0.0.4). */
#ifndef ENFORCE_SERVER_METRICS_H
#define ENFORCE_SERVER_METRICS_H

#include "base/strbuf.h"

enum metric {
#define METRIC(name, kind, series, labels, help) METRIC_##name,
#include "enforce/server/metrics.def"
#undef METRIC
	METRIC_COUNT
};

/* From a question to its answer; the last bound is without end. */
#define METRIC_BOUND_COUNT 15

/* Valid when zeroed. */
struct metrics {
	uint64_t value[METRIC_COUNT];
	uint64_t within[METRIC_BOUND_COUNT];    /* answers of one bound and above the one before */
	uint64_t microseconds;                  /* of all of them */
};

/* One answer, and how long it took. */
void metrics_time(struct metrics *metrics, uint64_t microseconds);

/* Every line has the door's name as a label. */
void metrics_write(const struct metrics *metrics, const char *door, struct strbuf *into);

#endif
