/* SPDX-License-Identifier: Apache-2.0 */
/* The page of metrics out of metrics.def. */
#include "enforce/server/metrics.h"

#define DECISION_SECONDS "plimsoll_guard_decision_seconds"

static const struct {
	const char *kind, *name, *labels, *help;
} rows[] = {
#define METRIC(name, kind, series, labels, help) { kind, series, labels, help },
#include "enforce/server/metrics.def"
#undef METRIC
};

static const struct {
	uint64_t microseconds;
	const char *label;
} bounds[METRIC_BOUND_COUNT] = {
	{ 250, "0.00025" }, { 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" }, { 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
	{ 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" }, { 500000, "0.5" }, { 1000000, "1" }, { 5000000, "5" }, { 10000000, "10" }, { UINT64_MAX, "+Inf" },
};

void
metrics_time(struct metrics *metrics, uint64_t microseconds)
{
	size_t at = 0;
	while (microseconds > bounds[at].microseconds)
		at++;
	metrics->within[at]++;
	metrics->microseconds += microseconds;
}

static void
write_title(const char *name, const char *kind, const char *help, struct strbuf *into)
{
	strbuf_printf(into, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void
write_times(const struct metrics *metrics, const char *door, struct strbuf *into)
{
	uint64_t n = 0;
	write_title(DECISION_SECONDS, "histogram", "From a question to its answer.", into);
	for (size_t i = 0; i < METRIC_BOUND_COUNT; i++) {
		n += metrics->within[i];
		strbuf_printf(into, DECISION_SECONDS "_bucket{door=\"%s\",le=\"%s\"} %llu\n", door, bounds[i].label, (unsigned long long)n);
	}
	strbuf_printf(into, DECISION_SECONDS "_sum{door=\"%s\"} %llu.%06llu\n", door, (unsigned long long)(metrics->microseconds / 1000000),
	              (unsigned long long)(metrics->microseconds % 1000000));
	strbuf_printf(into, DECISION_SECONDS "_count{door=\"%s\"} %llu\n", door, (unsigned long long)n);
}

void
metrics_write(const struct metrics *metrics, const char *door, struct strbuf *into)
{
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		if (*rows[i].help)
			write_title(rows[i].name, rows[i].kind, rows[i].help, into);
		strbuf_printf(into, "%s{door=\"%s\"%s%s} %llu\n", rows[i].name, door, *rows[i].labels ? "," : "", rows[i].labels,
		              (unsigned long long)metrics->value[i]);
	}
	write_times(metrics, door, into);
}
