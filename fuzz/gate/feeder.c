/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that reads feeds, once one of them took it over: marks, what
 * became of files, a database.  The parent's side is static: its file is included whole.
 */
#include "../fuzz.h"
#include "../process/packets.h"

#include "base/file.h"
#include "gate/data/feeding.c"

static void
touch_reports(const struct feed_reports *reports)
{
	for (size_t i = 0; i < reports->list.n; i++) {
		const struct feed_report *report = &reports->list.at[i];
		fuzz_touch(report->name);
		fuzz_touch(report->reason);
		fuzz_touch(report->feed.name);
		fuzz_touch(report->feed.format);
	}
}

static void
hear_both(struct feeder *feeder, struct feed_reports *reports)
{
	const struct process worker = { .channel = feeder->channel };
	const struct plim_progress *now = &feeder->run->watching.now;
	AUTO(map_file) struct slice database = SLICE_NONE;
	struct plim_error err = { 0 };
	struct digest digest;
	int r = hear_reports(feeder, &worker, reports, &err);
	fuzz_demand(now->done <= 3 && now->bytes <= 30 && feeder->next <= feeder->marks.n);
	fuzz_touch((struct slice){ now->name, now->name_size });
	touch_reports(reports);
	if (r == 0 && hear_database(feeder, &worker, "feeds", &database, &digest, &err) == 0)
		fuzz_touch(database);
}

static void
feed(struct cursor *in, struct packets *packets)
{
	struct run run = { .jobs = 1 };
	AUTO(arena) struct arena *arena = arena_new(64 << 20);
	AUTO(feeder) struct feeder feeder = { .channel = packets->ours, .run = &run, .arena = arena };
	struct feed_reports reports = { .arena = arena };
	struct fuzz_message given;
	for (size_t i = 0; i < 3; i++) {
		struct mark *mark = vec_push(&feeder.marks);
		if (mark)
			*mark = (struct mark){ SLICE("epss.csv"), i, i * 10 };
	}
	for (size_t i = 0; i < 16 && fuzz_message_next(in, &given); i++)
		packets_send(packets, &given);
	if (arena && feeder.marks.n == 3)
		hear_both(&feeder, &reports);
	vec_done(&reports.list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return packets_run(data, size, feed);
}
