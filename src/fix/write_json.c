/* SPDX-License-Identifier: Apache-2.0 */
/* For programs: keys in bytewise order, as in all our documents. */
#include "fix/describe.h"

#include "base/error.h"
#include "codec/json_write.h"

static void
put_change(struct json_writer *w, const struct mending *mending, const struct fix_change *change)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	fix_change_describe(change, &text);
	w->into->failed |= text.failed;
	json_write_object(w);
	json_write_member(w, "change", strbuf_slice(&text));
	json_write_member(w, "kind", slice_of(fix_kind_name(change->kind)));
	json_write_member_texts(w, "mends", change->mends.at, change->mends.n);
	json_write_member(w, "note", fix_change_note(change, mending->from));
	if (change->kind == FIX_BASE)
		json_write_member(w, "reference", change->value);
	if (change->kind < FIX_STEP) {
		json_write_member(w, "package", change->name);
		json_write_member_texts(w, "packages", change->packages, change->package_count);
		json_write_member(w, "type", change->type);
		json_write_member(w, "version", change->version.n ? change->version : SLICE_NONE);
	}
	json_write_object_end(w);
}

static void
put_changes(struct json_writer *w, const struct mending *mending)
{
	json_write_key(w, SLICE("changes"));
	json_write_array(w);
	for (size_t i = 0; i < mending->changes.list.n; i++)
		if (!mending->changes.list.at[i]->off)
			put_change(w, mending, mending->changes.list.at[i]);
	json_write_array_end(w);
}

static struct slice
or_none(struct slice text)
{
	return text.n ? text : SLICE_NONE;
}

static void
put_remaining(struct json_writer *w, const struct remaining *remaining)
{
	const struct finding *finding = remaining->finding;
	json_write_object(w);
	json_write_member(w, "fix_version", or_none(finding->fix_version));
	json_write_member(w, "id", finding->id);
	json_write_member(w, "instruction", or_none(finding->evidence.instruction));
	if (finding->evidence.layer != UINT32_MAX)
		json_write_member_u64(w, "layer", finding->evidence.layer);
	json_write_member(w, "package", or_none(finding->evidence.package));
	json_write_member(w, "path", or_none(finding->evidence.path));
	json_write_member(w, "reason", remaining->reason);
	json_write_member(w, "rule", finding->rule);
	json_write_member(w, "setting", or_none(finding->evidence.setting));
	json_write_member(w, "title", finding->title);
	json_write_object_end(w);
}

static void
put_unknowns(struct json_writer *w, const struct verdict *verdict)
{
	json_write_key(w, SLICE("unknown"));
	json_write_array(w);
	for (size_t i = 0; i < verdict->unknown_count; i++) {
		const struct unknown *unknown = &verdict->unknowns[i];
		if (unknown->action == ACTION_WARN)
			continue;
		json_write_object(w);
		json_write_member(w, "kind", unknown->kind);
		json_write_member(w, "reason", unknown->reason);
		json_write_member(w, "subject", or_none(unknown->subject));
		json_write_object_end(w);
	}
	json_write_array_end(w);
}

static int
write_json(const struct fix_subject *subject, struct strbuf *into, struct plim_error *err)
{
	const struct mending *mending = subject->mending;
	AUTO(strbuf) struct strbuf script = { 0 };
	struct json_writer w = { .into = into, .indent = true };
	script_instructions(&mending->script, '\\', &script);
	json_write_object(&w);
	json_write_member(&w, "after", slice_of(result_name(mending->after->result)));
	json_write_member(&w, "before", slice_of(result_name(mending->before->result)));
	put_changes(&w, mending);
	json_write_member(&w, "instructions", strbuf_slice(&script));
	json_write_member(&w, "policy", mending->before->policy_name);
	json_write_key(&w, SLICE("remaining"));
	json_write_array(&w);
	for (size_t i = 0; i < mending->remaining_count; i++)
		put_remaining(&w, &mending->remaining[i]);
	json_write_array_end(&w);
	json_write_member_u64(&w, "schema", 1);
	json_write_member(&w, "target", subject->target);
	put_unknowns(&w, mending->after);
	json_write_object_end(&w);
	strbuf_putc(into, '\n');
	return script.failed ? error_nomem(err) : 0;
}

const struct fix_writer fix_writer_json = { .name = "json", .write = write_json };
