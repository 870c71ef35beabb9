/* SPDX-License-Identifier: Apache-2.0 */
/* Drift as canonical JSON: sorted keys, defined order, no white space, no clock. */
#include "enforce/drift/drift.h"
#include "report/json_parts.h"

#include <plimsoll/build.h>

static void
put_package(struct json_writer *w, const struct drift_change *change)
{
	if (change->package.p == NULL)
		return;
	json_write_key(w, SLICE("package"));
	json_write_object(w);
	json_write_member(w, "name", change->package);
	json_write_member(w, "type", change->package_type);
	json_write_object_end(w);
}

static void
put_processes(struct json_writer *w, const struct drift_change *change)
{
	json_write_key(w, SLICE("processes"));
	json_write_array(w);
	for (size_t i = 0; i < change->process_count; i++) {
		json_write_object(w);
		json_write_member(w, "name", change->processes[i].name);
		json_write_member_u64(w, "pid", change->processes[i].pid);
		json_write_member(w, "via", change->processes[i].via);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_change(struct json_writer *w, const struct drift_change *change)
{
	json_write_object(w);
	json_write_member(w, "change", slice_of(drift_kind_names[change->kind]));
	json_write_member(w, "class", slice_of(drift_class_name(change->class)));
	json_put_details(w, change->details, change->detail_count);
	json_write_member(w, "from", change->from);
	put_package(w, change);
	json_write_member(w, "path", change->path);
	put_processes(w, change);
	json_write_member(w, "same_as", change->same_as);
	json_write_member(w, "severity", slice_of(severity_name(change->severity)));
	json_write_member(w, "type", change->type);
	json_write_object_end(w);
}

static void
put_image(struct json_writer *w, const struct drifted *one)
{
	json_write_key(w, SLICE("image"));
	json_write_object(w);
	json_write_member_digest(w, "config_digest", &one->config_digest);
	json_write_member_digest(w, "manifest_digest", &one->manifest_digest);
	json_write_member(w, "name", one->container->image_name);
	json_write_member(w, "recorded_id", one->container->image_id);
	json_write_object_end(w);
}

static void
put_outside(struct json_writer *w, const struct drifted *one)
{
	json_write_key(w, SLICE("outside"));
	json_write_array(w);
	for (size_t i = 0; i < one->outside.n; i++) {
		json_write_object(w);
		json_write_member(w, "kind", one->outside.at[i].kind);
		json_write_member(w, "place", one->outside.at[i].place);
		json_write_member_u64(w, "programs", one->outside.at[i].programs);
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static void
put_gap(struct json_writer *w, const struct drift_gap *gap)
{
	json_write_object(w);
	json_write_member(w, "path", gap->path);
	json_write_member(w, "reason", gap->reason);
	json_write_object_end(w);
}

static void
put_unknown(struct json_writer *w, const struct drifted *one)
{
	json_write_key(w, SLICE("unknown"));
	json_write_array(w);
	for (size_t i = 0; i < one->gaps.n; i++)
		put_gap(w, &one->gaps.at[i]);
	for (size_t i = 0; one->drift && i < one->drift->gap_count; i++)
		put_gap(w, &one->drift->gaps[i]);
	json_write_array_end(w);
}

static void
put_container(struct json_writer *w, const struct drifted *one)
{
	json_write_object(w);
	json_write_member(w, "baseline", slice_of(baseline_names[one->baseline]));
	json_write_key(w, SLICE("changes"));
	json_write_array(w);
	for (size_t i = 0; one->drift && i < one->drift->change_count; i++)
		put_change(w, &one->drift->changes[i]);
	json_write_array_end(w);
	json_write_member(w, "engine", slice_of(one->container->engine->name));
	json_write_member(w, "id", one->container->id);
	json_write_member_u64(w, "ignored", one->drift ? one->drift->ignored : 0);
	put_image(w, one);
	json_write_member(w, "name", one->container->name);
	put_outside(w, one);
	json_write_member(w, "result", slice_of(result_name(one->result)));
	json_write_member_bool(w, "running", one->running);
	put_unknown(w, one);
	json_write_object_end(w);
}

static void
write_json(const struct plim_drift *drift, const struct plim_report_options *options, struct strbuf *into)
{
	struct json_writer w = { .into = into };
	(void)options;
	json_write_object(&w);
	json_write_key(&w, SLICE("containers"));
	json_write_array(&w);
	for (size_t i = 0; i < drift->n; i++)
		put_container(&w, &drift->at[i]);
	json_write_array_end(&w);
	json_write_member_bool(&w, "full", drift->full);
	json_write_member(&w, "result", slice_of(result_name(drift->result)));
	json_write_member_u64(&w, "schema", DRIFT_SCHEMA);
	json_write_member(&w, "severity", slice_of(severity_name(drift->severity)));
	json_put_tool(&w, slice_of(PLIM_VERSION));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct drift_writer drift_json = { .name = "json", .write = write_json };
