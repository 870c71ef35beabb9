/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as canonical JSON: sorted keys, defined order, no white space, no clock but the evaluation's. */
#include "report/comparison.h"
#include "report/json_parts.h"

#include "base/date.h"

#include <plimsoll/build.h>

/* Only files have a cause of their own, and settings that of their file. */
static void
put_change(struct json_writer *w, const struct change *change)
{
	bool explained = change->part == PART_FILES || change->part == PART_SETTINGS;
	json_write_object(w);
	if (explained)
		json_write_member(w, "cause", slice_of(cause_names[change->cause]));
	json_write_member(w, "change", slice_of(change_names[change->kind]));
	json_put_details(w, change->details, change->detail_count);
	json_write_member(w, "input", change->input);
	json_write_member(w, "instruction", change->instruction);
	json_write_member(w, "kind", change->group);
	json_put_layer(w, change->layer);
	json_write_member(w, "name", change->subject);
	json_write_member(w, "part", slice_of(part_names[change->part]));
	json_write_member(w, "path", change->path);
	json_write_object_end(w);
}

static void
put_changes(struct json_writer *w, const struct diff *diff)
{
	json_write_key(w, SLICE("changes"));
	json_write_array(w);
	for (size_t i = 0; i < diff->change_count; i++)
		put_change(w, &diff->changes[i]);
	json_write_array_end(w);
}

static void
put_gaps(struct json_writer *w, const struct diff *diff)
{
	json_write_key(w, SLICE("gaps"));
	json_write_array(w);
	for (size_t i = 0; i < diff->gap_count; i++) {
		const struct diff_gap *gap = &diff->gaps[i];
		json_write_object(w);
		json_write_member(w, "kind", gap->kind);
		json_put_layer(w, gap->layer);
		json_write_member(w, "path", gap->path.n ? gap->path : SLICE_NONE);
		json_write_member(w, "reason", gap->reason);
		json_write_member(w, "side", gap->of_new ? SLICE("new") : SLICE("old"));
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_image(struct json_writer *w, const char *key, const struct image *image)
{
	if (image == NULL)
		return;
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member_digest(w, "config_digest", &image->config_digest);
	json_write_member_digest(w, "index_digest", &image->index_digest);
	json_write_member_digest(w, "manifest_digest", &image->manifest_digest);
	json_write_member(w, "reference", image->reference);
	json_write_object_end(w);
}

/* Sorted by name. */
static const enum diff_part by_name[PART_COUNT] = {
	PART_FILES, PART_FINDINGS, PART_LAYERS, PART_METADATA, PART_PACKAGES, PART_SETTINGS,
};

static void
put_summary(struct json_writer *w, const struct diff *diff)
{
	json_write_key(w, SLICE("summary"));
	json_write_object(w);
	for (size_t i = 0; i < PART_COUNT; i++) {
		const struct part_count *counts = &diff->counts[by_name[i]];
		json_write_key(w, slice_of(part_names[by_name[i]]));
		json_write_object(w);
		json_write_member_u64(w, "added", counts->added);
		json_write_member_u64(w, "changed", counts->changed);
		json_write_member(w, "not_compared", counts->not_compared);
		json_write_member_u64(w, "removed", counts->removed);
		if (by_name[i] == PART_FILES)
			json_write_member_u64(w, "unexplained", counts->unexplained);
		json_write_object_end(w);
	}
	json_write_object_end(w);
}

static void
put_verdict(struct json_writer *w, const struct diff *diff)
{
	json_write_key(w, SLICE("verdict"));
	json_write_object(w);
	json_write_member(w, "new", slice_of(result_name(diff->new_result)));
	json_write_member(w, "old", slice_of(result_name(diff->old_result)));
	json_write_object_end(w);
}

static void
put_pair(struct json_writer *w, const struct compared *pair)
{
	const struct diff *diff = pair->diff;
	json_write_object(w);
	json_write_member(w, "change", slice_of(change_names[diff ? CHANGE_CHANGED : pair->of_new ? CHANGE_ADDED : CHANGE_REMOVED]));
	if (diff) {
		put_changes(w, diff);
		put_gaps(w, diff);
	}
	put_image(w, "new", pair->new);
	put_image(w, "old", pair->old);
	json_write_member(w, "platform", pair->platform);
	if (diff) {
		put_summary(w, diff);
		put_verdict(w, diff);
	}
	json_write_object_end(w);
}

static void
put_target(struct json_writer *w, const char *key, struct slice target)
{
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member(w, "target", target);
	json_write_object_end(w);
}

static const struct diff *
first_diff(const struct comparison *comparison)
{
	size_t i = 0;
	while (i < comparison->count && comparison->pairs[i].diff == NULL)
		i++;
	return i < comparison->count ? comparison->pairs[i].diff : NULL;
}

static void
put_policy(struct json_writer *w, const struct diff *diff)
{
	json_write_key(w, SLICE("policy"));
	json_write_object(w);
	json_write_member_digest(w, "digest", &diff->policy_digest);
	json_write_member(w, "name", diff->policy_name);
	json_write_member(w, "unexplained", diff->gated ? slice_of(action_name(diff->gate)) : SLICE_NONE);
	json_write_object_end(w);
}

static void
write_json(const struct comparison *comparison, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	const struct diff *diff = first_diff(comparison);
	json_write_object(&w);
	if (diff)
		json_write_member_digest(&w, "data_digest", &diff->data_digest);
	json_write_member_time(&w, "evaluated_at", comparison->at);
	json_write_key(&w, SLICE("images"));
	json_write_array(&w);
	for (size_t i = 0; i < comparison->count; i++)
		put_pair(&w, &comparison->pairs[i]);
	json_write_array_end(&w);
	put_target(&w, "new", comparison->new_target);
	put_target(&w, "old", comparison->old_target);
	if (diff)
		put_policy(&w, diff);
	json_write_member(&w, "result", slice_of(result_name(comparison->result)));
	json_write_member_u64(&w, "schema", DIFF_SCHEMA);
	json_put_tool(&w, slice_of(PLIM_VERSION));
	json_write_member_u64(&w, "unexplained", comparison_unexplained(comparison));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct comparison_writer comparison_json = { .name = "json", .write = write_json };
