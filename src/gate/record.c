/* SPDX-License-Identifier: Apache-2.0 */
/* plim_policy_record: a target's inventory into a file, whole: with what only a second reading finds, and digests of files; and of a policy's tests the contents. */
#include <plimsoll/policy.h>

#include "gate/analysis.h"

#include "base/error.h"
#include "base/file.h"
#include "gate/judging.h"
#include "gate/recording.h"
#include "store/atomic.h"

#include <stdio.h>

/* The judge knows which files it misses when it is asked something; its rows are of no interest, its warnings are. */
#define QUESTION SLICE("SELECT 1")

static void
warn(const struct plim_policy_record_options *options, struct run *run, struct slice body)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	watching_end(&run->watching);
	strbuf_put_printable(&text, body);
	if (options->run && options->run->warnings)
		fprintf(options->run->warnings, "warning: %s\n", strbuf_slice(&text).p);
}

static int
complete(const struct plim_policy_record_options *options, struct run *run, struct analysis *analysis, const struct process *judge, size_t image,
         struct plim_error *err)
{
	struct message message;
	int r = judging_ask(analysis, run, judge, SAY_QUERY, image, QUESTION, &message, err);
	while (r == 0) {
		uint32_t kind = message.kind;
		if (kind == SAY_WARNING)
			warn(options, run, message.body);
		message_done(&message);
		if (kind == SAY_DONE)
			return 0;
		if (kind != SAY_WARNING && kind != SAY_COLUMNS && kind != SAY_ROWS)
			return error_set(err, PLIM_EPROCESS, "the judge spoke out of turn");
		r = run_expect(run, judge, 0, &message, err);
	}
	return r;
}

static int
add_blob(const struct part *part, struct recording_part *out, struct arena *arena, struct plim_error *err)
{
	AUTO(map_file) struct slice block = SLICE_NONE;
	if (part->block < 0)
		return recording_add(out, RECORDING_GAP, slice_of(part->gap ? part->gap : "it was not read"), arena, err);
	int r = file_map_fd(part->block, part->length, &block, err);
	return r < 0 ? r : recording_add(out, RECORDING_BLOCK, block, arena, err);
}

static int
add_all(const struct analysis *analysis, struct recording *out, struct arena *arena, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf set = { 0 };
	int r = 0;
	*out = (struct recording){ .parts = arena_make_array(arena, analysis->part_count + 1, struct recording_part) };
	if (out->parts == NULL)
		return error_nomem(err);
	if (analysis->set) {
		image_set_write(analysis->set, &set);
		r = set.failed ? error_nomem(err) : recording_add(&out->parts[out->n++], RECORDING_SET, strbuf_slice(&set), arena, err);
	}
	for (size_t i = 0; r == 0 && i < analysis->part_count; i++)
		r = add_blob(&analysis->parts[i], &out->parts[out->n++], arena, err);
	return r;
}

static int
write_file(const struct analysis *analysis, const char *path, struct plim_error *err)
{
	AUTO(arena) struct arena *arena = arena_new(0);
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct recording recording;
	int r = arena ? add_all(analysis, &recording, arena, err) : error_nomem(err);
	if (r < 0)
		return r;
	recording_write(&recording, &bytes);
	return bytes.failed ? error_nomem(err) : atomic_write(path, 0644, strbuf_slice(&bytes), err);
}

static int
read_all(const struct plim_policy_record_options *options, struct run *run, struct analysis **out, struct plim_error *err)
{
	struct judge_order order = {
		.target = slice_of(options->target), .statement = QUESTION, .policy = options->policy ? slice_of(options->policy) : SLICE_NONE,
	};
	AUTO(process) struct process judge = { .channel = -1 };
	struct wishes ignored = { 0 };
	const struct wishes all = { .hashing = HASH_EVERYTHING, .rows = true };
	int r = judging_begin(run, &order, &judge, err);
	if (r < 0 || (r = analysis_open(run, options->target, options->platforms, out, err)) < 0 || (r = judging_ready(run, &judge, &ignored, NULL, err)) < 0)
		return r;
	analysis_want(*out, &all);
	r = analysis_read(*out, SIZE_MAX, err);
	for (size_t i = 0; r == 0 && i < analysis_count(*out); i++)
		r = complete(options, run, *out, &judge, i, err);
	return r;
}

int
plim_policy_record(const struct plim_policy_record_options *options, const char *path, struct plim_error *err)
{
	AUTO(run) struct run *run = NULL;
	AUTO(analysis) struct analysis *analysis = NULL;
	int r = run_start(options->run, &run, err);
	if (r == 0)
		r = read_all(options, run, &analysis, err);
	if (r == 0)
		r = write_file(analysis, path, err);
	return r < 0 ? analysis_error(err, r, options->target) : 0;
}
