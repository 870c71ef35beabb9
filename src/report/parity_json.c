/* SPDX-License-Identifier: Apache-2.0 */
/* Parity as canonical JSON: sorted keys, defined order, no white space, no clock but the evaluation's. */
#include "report/json_parts.h"
#include "report/parity.h"

#include <plimsoll/build.h>

#define PARITY_SCHEMA 1

static void
put_evidence(struct json_writer *w, const struct parity_evidence *evidence)
{
	const struct evidence *e = &evidence->finding->evidence;
	json_write_object(w);
	json_write_member(w, "detail", e->detail);
	json_write_member(w, "id", evidence->finding->id);
	json_write_member_bool(w, "only", evidence->only);
	json_write_member(w, "package", e->package);
	json_write_member(w, "path", e->path);
	json_write_member(w, "setting", e->setting);
	json_write_member(w, "version", e->package_version);
	json_write_object_end(w);
}

static void
put_side(struct json_writer *w, const char *key, const struct parity_side *side)
{
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_key(w, SLICE("evidence"));
	json_write_array(w);
	for (size_t i = 0; i < side->n; i++)
		put_evidence(w, &side->at[i]);
	json_write_array_end(w);
	json_write_member(w, "reason", side->reason);
	json_write_member(w, "result", slice_of(check_outcome_name(side->outcome)));
	json_write_object_end(w);
}

static void
put_rule(struct json_writer *w, const struct parity_rule *rule)
{
	json_write_object(w);
	json_write_member(w, "area", slice_of(area_name(rule->area)));
	put_side(w, "first", &rule->side[0]);
	json_write_member(w, "id", rule->id);
	put_side(w, "second", &rule->side[1]);
	json_write_member(w, "state", slice_of(parity_state_name(rule->state)));
	json_write_member(w, "title", rule->title);
	json_write_object_end(w);
}

static void
put_target(struct json_writer *w, const char *key, const struct verdict *verdict)
{
	json_write_key(w, slice_of(key));
	json_write_object(w);
	json_write_member(w, "kind", verdict->kind);
	json_write_member(w, "result", slice_of(result_name(verdict->result)));
	json_write_member(w, "target", verdict->target);
	json_write_object_end(w);
}

static void
put_counts(struct json_writer *w, const struct parity *parity)
{
	json_write_key(w, SLICE("counts"));
	json_write_object(w);
	json_write_member_u64(w, "agree", parity->counts[PARITY_AGREE]);
	json_write_member_u64(w, "differ", parity->counts[PARITY_DIFFER]);
	json_write_member_u64(w, "one_sided", parity->counts[PARITY_ONE_SIDED]);
	json_write_member_u64(w, "unknown", parity->counts[PARITY_UNKNOWN]);
	json_write_object_end(w);
}

static void
put_policy(struct json_writer *w, const struct verdict *verdict)
{
	json_write_key(w, SLICE("policy"));
	json_write_object(w);
	json_write_member_digest(w, "digest", &verdict->policy_digest);
	json_write_member(w, "name", verdict->policy_name);
	json_write_object_end(w);
}

static void
write_json(const struct parity_report *report, struct strbuf *into)
{
	const struct parity *parity = report->parity;
	struct json_writer w = { .into = into };
	json_write_object(&w);
	json_write_member_u64(&w, "compared", parity->compared);
	put_counts(&w, parity);
	json_write_member_time(&w, "evaluated_at", parity->verdicts[0]->evaluated_at);
	put_target(&w, "first", parity->verdicts[0]);
	put_policy(&w, parity->verdicts[0]);
	json_write_member(&w, "result", slice_of(parity_state_name(parity_result(parity))));
	json_write_key(&w, SLICE("rules"));
	json_write_array(&w);
	for (size_t i = 0; i < parity->n; i++)
		put_rule(&w, &parity->rules[i]);
	json_write_array_end(&w);
	json_write_member_u64(&w, "schema", PARITY_SCHEMA);
	put_target(&w, "second", parity->verdicts[1]);
	json_put_tool(&w, slice_of(PLIM_VERSION));
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
}

const struct parity_writer parity_json = { .name = "json", .write = write_json };
