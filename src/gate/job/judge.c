/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge: blocks in, verdicts and rows out.  Policy and data are the organisation's own and are opened before it confines itself; whatever
 * a worker made of an image is read after.
 */
#include "gate/job/judge.h"
#include "gate/job/scan_asking.h"
#include "gate/job/trust.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "diff/diff.h"
#include "diff/drift.h"
#include "facts/facts.h"
#include "facts/table_live.h"
#include "fix/fix.h"
#include "gate/pieces.h"
#include "gate/policy/address.h"
#include "gate/trust/approvals.h"
#include "gate/trust/held_keys.h"
#include "image/repository.h"
#include "net/reference.h"
#include "policy/policy.h"
#include "policy/tables.h"
#include "process/sandbox.h"
#include "sbom/sbom.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>

#define END { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct wire_judge_order = { sizeof(struct judge_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, policy), WIRE_PLAIN(WIRE_SLICE, struct judge_order, database),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, since),
	WIRE_PLAIN(WIRE_BOOL, struct judge_order, database_optional), WIRE_PLAIN(WIRE_SLICE, struct judge_order, statement),
	WIRE_PLAIN(WIRE_BOOL, struct judge_order, session),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, target), WIRE_PLAIN(WIRE_SLICE, struct judge_order, destination),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, old_target), WIRE_PLAIN(WIRE_SLICE, struct judge_order, explain),
	WIRE_PLAIN(WIRE_SLICE, struct judge_order, level), WIRE_PLAIN(WIRE_U64, struct judge_order, at), WIRE_PLAIN(WIRE_SLICE, struct judge_order, policy_text),
	WIRE_INSIDE(struct judge_order, data_keys, &wire_data_keys), END } };

const struct wire_struct wire_fix_order = { sizeof(struct fix_order), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct fix_order, dockerfile), WIRE_PLAIN(WIRE_SLICE, struct fix_order, name), END } };

const struct wire_struct wire_drift_order = { sizeof(struct drift_order), (const struct wire_field[]){
	WIRE_CHOICE(struct drift_order, base, DRIFT_BASE_LAYERS), WIRE_PLAIN(WIRE_U64, struct drift_order, own),
	WIRE_MANY(struct drift_order, ignore, ignore_count, &wire_slices), WIRE_MANY(struct drift_order, mounts, mount_count, &wire_slices), END } };

struct judge {
	int channel;
	struct arena *arena;
	struct judge_order order;
	struct policy *policy;
	struct wishes wishes;      /* of policy or statement */
	struct database *database;
	struct slice no_data;      /* of a session: why the database of the usual place cannot be used; absent: it can, or there is none */
	bool asks_data;            /* the statement reads vulnerabilities */
	struct since since;        /* without digest: none */
	struct signed_by signed_by[2];    /* of each side, in the arena */
	struct vex_attested vex[2];       /* the same */
	struct scap_scans scans[2];       /* of the image that was asked about last */
	struct signed_by data_signed;     /* the same, of the database */
	struct pieces sides[2];    /* the second is that of a comparison's new image */
	struct inventory *held[2];
	uint32_t side;
	int64_t at;                /* the order's time, or that of the question */
};

static void
let_go_vex(struct vex_attested *vex)
{
	for (size_t i = 0; i < vex->n; i++)
		vex_document_done(&((struct vex_source *)&vex->at[i])->document);
	*vex = (struct vex_attested){ 0 };
}

static void
auto_judge(struct judge *judge)
{
	for (size_t i = 0; i < 2; i++) {
		inventory_free(judge->held[i]);
		pieces_done(&judge->sides[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		let_go_vex(&judge->vex[i]);
		scap_scans_done(&judge->scans[i]);
	}
	database_close(judge->database);
	policy_free(judge->policy);
	arena_free(judge->arena);
}

/* before */

/* Of a session: the one thing that a handler of signals can tell. */
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* What nobody chose need not be there; nobody knows yet whether a session will ask for it. */
static int
without_database(struct judge *judge, int failure, struct plim_error *err)
{
	if (!judge->order.database_optional || (failure != PLIM_ENOTFOUND && !judge->order.session))
		return failure;
	if (failure != PLIM_ENOTFOUND)
		judge->no_data = arena_printf(judge->arena, "%s", err->text);
	return 0;
}

static int
open_database(struct judge *judge, struct plim_error *err)
{
	char *path = judge->order.database.p ? arena_strz(judge->arena, judge->order.database) : NULL;
	if (path == NULL)
		return judge->order.database.p ? error_nomem(err) : 0;
	if (judge->order.statement.p && judge->order.database_optional && !judge->asks_data)
		return 0;
	int r = database_open(path, &judge->database, err);
	return r < 0 ? without_database(judge, r, err) : 0;
}

static struct trust_key_order
key_order(const struct origin_signer *signer)
{
	return (struct trust_key_order){ .pem = signer->text, .name = signer->name, .from = signer->from, .until = signer->until };
}

static int
key_orders(const struct origin_signer *signers, size_t n, struct arena *arena, struct data_keys *out, struct plim_error *err)
{
	AUTO(held_keys) struct held_keys keys = { 0 };
	if ((out->keys = arena_make_array(arena, n, struct trust_key_order)) == NULL)
		return error_nomem(err);
	for (; out->key_count < n; out->key_count++)
		out->keys[out->key_count] = key_order(&signers[out->key_count]);
	/* A key that is none is no doubt about the data, but a policy that is wrong. */
	int r = held_keys_take(out->keys, n, arena, &keys, err);
	return r < 0 ? error_wrap(err, r, "data.signed_by") : 0;
}

/* Whom the policy asks for: what is not signed by them is judged, and leaves open what it decides. */
static int
find_data_signer(struct judge *judge, struct plim_error *err)
{
	const struct origin_signer *signers;
	size_t n = judge->policy ? policy_data_keys(judge->policy, &signers) : 0;
	struct data_keys wanted = { .now = judge->order.data_keys.now };
	struct data_signer found;
	struct plim_error why = { 0 };
	int r = n ? key_orders(signers, n, judge->arena, &wanted, err) : 0;
	if (r < 0 || n == 0 || judge->database == NULL)
		return r;
	r = data_signer_check(judge->database, "advisory data", &wanted, judge->arena, &found, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	struct slice reason = slice_of(why.text);
	slice_skip(&reason, SLICE("advisory data: "));
	judge->data_signed = (struct signed_by){ r < 0 ? SIGNED_BY_NONE : SIGNED_BY_ONE, r < 0 ? arena_dup(judge->arena, reason) : found.text };
	return judge->data_signed.text.p ? 0 : error_nomem(err);
}

/* Once it is confined: where somebody must have signed the data, they may be anybody's until that is known. */
static int
check_signed(struct judge *judge, struct plim_error *err)
{
	struct data_signer signer;
	if (judge->database == NULL)
		return 0;
	const char *path = arena_strz(judge->arena, judge->order.database);
	return path ? data_signer_check(judge->database, path, &judge->order.data_keys, judge->arena, &signer, err) : error_nomem(err);
}

static int
open_since(struct judge *judge, struct plim_error *err)
{
	AUTO(free) char *text = NULL;
	size_t size;
	if (judge->order.since.p == NULL)
		return 0;
	const char *path = arena_strz(judge->arena, judge->order.since);
	if (path == NULL)
		return error_nomem(err);
	int r = file_read(AT_FDCWD, path, LIMIT_VERDICT_BYTES, &text, &size, err);
	if (r == 0)
		r = since_read((struct slice){ text, size }, judge->arena, &judge->since, err);
	return r < 0 ? error_wrap(err, r, "%s", path) : 0;
}

/* What is wrong with it is told before anything is read. */
static int
prepare_statement(struct judge *judge, struct plim_error *err)
{
	static const struct policy_tables none = { 0 };
	AUTO(facts) struct facts *facts = NULL;
	int r = policy_tables_open(&none, &facts, err);
	if (r == 0)
		r = facts_check(facts, judge->order.statement, NULL, err);
	judge->wishes = (struct wishes){ 0 };
	judge->asks_data = r == 0 && facts_uses(facts, "vulnerability");
	if (r == 0 && facts_reads(facts, "file", "digest"))
		judge->wishes.hashing = HASH_PROGRAMS;
	if (r == 0 && facts_reads_compared(facts))
		judge->wishes.hashing = HASH_RECORDED;
	judge->wishes.rows = r == 0 && facts_reads_wished(facts);
	return r;
}

/* Nobody knows yet what will be asked. */
static void
prepare_session(struct judge *judge)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	sigaction(SIGINT, &action, NULL);
	judge->wishes = (struct wishes){ .hashing = HASH_PROGRAMS, .rows = true };
}

static int
prepare_policy(struct judge *judge, struct plim_error *err)
{
	struct slice text = judge->order.policy_text;
	const char *name = arena_strz(judge->arena, judge->order.policy);
	if (name == NULL)
		return error_nomem(err);
	bool far = text.p && policy_is_address(name);
	int r = far ? policy_load_far(name, text, &judge->policy, err) : text.p ? policy_load_text(name, text, &judge->policy, err) : policy_load(name, &judge->policy, err);
	if (r == 0)
		judge->wishes = (struct wishes){ .hashing = policy_hashing(judge->policy), .rows = policy_reads_wished(judge->policy) };
	return r;
}

static int
prepare(struct judge *judge, const struct message *start, struct plim_error *err)
{
	struct cursor from = cursor_of(start->body);
	if ((judge->arena = arena_new(0)) == NULL)
		return error_nomem(err);
	int r = wire_read(&wire_judge_order, &from, judge->arena, &judge->order, err);
	judge->at = judge->order.at;
	judge->order.target = arena_dup(judge->arena, judge->order.target);
	judge->order.destination = arena_dup(judge->arena, judge->order.destination);
	judge->order.old_target = arena_dup(judge->arena, judge->order.old_target);
	judge->order.explain = arena_dup(judge->arena, judge->order.explain);
	judge->order.level = arena_dup(judge->arena, judge->order.level);
	if (r == 0 && judge->order.policy.p)
		r = prepare_policy(judge, err);
	if (r == 0 && judge->order.statement.p)
		r = prepare_statement(judge, err);
	if (r == 0 && judge->order.session)
		prepare_session(judge);
	if (r == 0)
		r = open_since(judge, err);
	return r < 0 ? r : open_database(judge, err);
}

/* answering */

static int
say_missed(struct judge *judge, const struct inventory *inventory, bool *any, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf bytes = { 0 };
	struct extra_list list = { 0 };
	int r = pieces_missed(inventory, judge->policy, judge->arena, &list, err);
	*any = list.n > 0;
	if (r < 0 || list.n == 0)
		return r;
	wire_write(&wire_extras, &list, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_MISSED, strbuf_slice(&bytes), err);
}

/* What was asked of a registry tells where the image lives; absent of others. */
static struct slice
repository_read_from(const struct judge *judge, size_t side, const struct inventory *inventory)
{
	struct slice repository = SLICE_NONE;
	const struct image_set *set = judge->sides[side].set;
	if (set && inventory->image && strcmp(image_set_transport(set), "docker") == 0)
		repository_parse(inventory->image->reference, &repository, NULL);
	return repository;
}

/* Unless somebody said where it will. */
static struct slice
destination_of(const struct judge *judge, size_t side, const struct inventory *inventory)
{
	return judge->order.destination.n ? judge->order.destination : repository_read_from(judge, side, inventory);
}

/* Under which it was asked for in a registry: tags inside archives are claims. */
static struct slice
tag_of(const struct judge *judge, size_t side, const struct inventory *inventory)
{
	struct reference reference = { 0 };
	const struct image_set *set = judge->sides[side].set;
	if (set && inventory->image && strcmp(image_set_transport(set), "docker") == 0 && reference_parse(inventory->image->reference, &reference, NULL) == 0)
		return reference.tag;
	return SLICE_NONE;
}

static int
evaluate(struct judge *judge, size_t side, struct inventory *inventory, struct slice target, struct verdict **out, struct plim_error *err)
{
	struct evaluation evaluation = {
		.policy = judge->policy,
		.inventory = inventory,
		.target = target,
		.destination = destination_of(judge, side, inventory),
		.tag = tag_of(judge, side, inventory),
		.signed_by = judge->signed_by[side],
		.vex = judge->vex[side],
		.database = judge->database,
		.data_signed = judge->data_signed,
		.at = judge->at,
		.explain = judge->order.explain,
		.level = inventory_is_document(inventory) ? SLICE_NONE : judge->order.level,
		.since = judge->since.digest.algorithm ? &judge->since : NULL,
		.scans = &judge->scans[side],
	};
	return judge->policy ? policy_evaluate(&evaluation, out, err) : error_set(err, PLIM_EUSAGE, "a judge without a policy");
}

static int
say_verdict(struct judge *judge, struct inventory *inventory, struct plim_error *err)
{
	AUTO(verdict) struct verdict *verdict = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	int r = evaluate(judge, judge->side, inventory, judge->order.target, &verdict, err);
	if (r < 0)
		return r;
	verdict_write(verdict, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_VERDICT, strbuf_slice(&bytes), err);
}

/* rows */

void
put_value(struct strbuf *into, const struct fact_value *value)
{
	strbuf_putc(into, (char)value->type);
	if (value->type == FACT_TEXT)
		wire_put_slice(into, value->text);
	else if (value->type == FACT_INTEGER)
		wire_put_u64(into, (uint64_t)value->integer);
	else if (value->type == FACT_REAL)
		strbuf_put(into, (struct slice){ (const char *)&value->real, sizeof value->real });
}

bool
take_value(struct cursor *from, struct fact_value *out)
{
	*out = (struct fact_value){ .type = (enum fact_type)cursor_u8(from) };
	if (out->type == FACT_TEXT)
		out->text = wire_take_slice(from);
	else if (out->type == FACT_INTEGER)
		out->integer = (int64_t)cursor_u64le(from);
	else if (out->type == FACT_REAL) {
		struct slice bytes = cursor_take(from, sizeof out->real);
		if (bytes.p)
			memcpy(&out->real, bytes.p, sizeof out->real);
	} else if (out->type != FACT_NULL)
		from->bad = true;
	return !from->bad;
}

struct row_output {
	struct judge *judge;
	struct strbuf rows;
};

/* So many bytes of rows travel together. */
#define ROWS_BYTES ((size_t)256 << 10)

static int
rows_flush(struct row_output *out, struct plim_error *err)
{
	if (out->rows.failed)
		return error_nomem(err);
	int r = out->rows.n ? channel_send(out->judge->channel, SAY_ROWS, strbuf_slice(&out->rows), err) : 0;
	strbuf_clear(&out->rows);
	return r;
}

static int
say_columns(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct row_output *out = context;
	AUTO(strbuf) struct strbuf names = { 0 };
	for (size_t i = 0; i < row->n; i++)
		wire_put_slice(&names, slice_of(row->names[i]));
	return names.failed ? error_nomem(err) : channel_send(out->judge->channel, SAY_COLUMNS, strbuf_slice(&names), err);
}

static int
say_row(void *context, const struct fact_row *row, struct plim_error *err)
{
	struct row_output *out = context;
	for (size_t i = 0; i < row->n; i++)
		put_value(&out->rows, &row->values[i]);
	return out->rows.n < ROWS_BYTES ? 0 : rows_flush(out, err);
}

/* In one line: there may be many, and a table has them all. */
static int
say_left_out(struct judge *judge, const struct inventory *inventory, struct plim_error *err)
{
	const struct shown_rows *rows = &inventory->rows[ROW_LEFT_OUT];
	AUTO(strbuf) struct strbuf text = { 0 };
	for (size_t i = 0; i < rows->n; i++) {
		struct slice type = block_field(rows->at[i].block, &rows->at[i].row, LEFT_OUT_TYPE);
		strbuf_puts(&text, i ? ", " : "left out (table left_out): ");
		node_path(rows->at[i].node, &text);
		if (type.n)
			strbuf_printf(&text, " (%.*s)", SLICE_ARG(type));
	}
	if (text.failed)
		return error_nomem(err);
	return rows->n ? channel_send(judge->channel, SAY_WARNING, strbuf_slice(&text), err) : 0;
}

/* Rows that are missing look like rows that are not there: what could not be read is said beside them. */
static int
say_gaps(struct judge *judge, const struct inventory *inventory, struct plim_error *err)
{
	int r = say_left_out(judge, inventory, err);
	for (size_t i = 0; r == 0 && i < inventory->gap_count; i++) {
		const struct inventory_gap *gap = &inventory->gaps[i];
		AUTO(strbuf) struct strbuf text = { 0 };
		strbuf_printf(&text, "%s: ", gap->kind);
		if (gap->layer != UINT32_MAX)
			strbuf_printf(&text, "layer %u: ", gap->layer);
		strbuf_put(&text, gap->path);
		strbuf_puts(&text, gap->path.n ? ": " : "");
		strbuf_put(&text, gap->reason);
		r = channel_send(judge->channel, SAY_WARNING, strbuf_slice(&text), err);
	}
	return r;
}

/* No rows of a table that only a running machine fills are no answer; rows that it did not tell are said. */
static int
check_machine(struct judge *judge, struct facts *facts, const struct inventory *inventory, struct slice sql, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf why = { 0 };
	struct slice gap;
	int r = facts_check(facts, sql, NULL, err);
	if (r == 0 && live_is_lacking(facts, inventory, &why))
		return why.failed ? error_nomem(err) : error_set(err, PLIM_EQUERY, "%.*s", SLICE_ARG(strbuf_slice(&why)));
	for (size_t at = 0; r == 0 && live_next_gap(facts, inventory, &at, &gap);)
		r = channel_send(judge->channel, SAY_WARNING, gap, err);
	return r;
}

static int
say_uncovered(struct judge *judge, const struct coverage *coverage, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	if (coverage->covered || coverage->key.n == 0)
		return 0;
	strbuf_printf(&text, "no_data: %.*s: %.*s", SLICE_ARG(coverage->key), SLICE_ARG(coverage->reason));
	return text.failed ? error_nomem(err) : channel_send(judge->channel, SAY_WARNING, strbuf_slice(&text), err);
}

/* No match of what no data speak of is no answer either. */
static int
say_data_gaps(struct judge *judge, struct matching *matching, struct plim_error *err)
{
	const struct matches *matches;
	int r = matching_get(matching, &matches, err);
	if (r == 0 && judge->data_signed.state == SIGNED_BY_NONE)
		r = channel_send(judge->channel, SAY_WARNING, judge->data_signed.text, err);
	if (r == 0 && matching->database)
		r = say_uncovered(judge, &matches->system, err);
	for (size_t i = 0; r == 0 && i < matches->language_count; i++)
		r = say_uncovered(judge, &matches->languages[i], err);
	return r;
}

static int
say_rows(struct judge *judge, struct inventory *inventory, struct slice sql, struct plim_error *err)
{
	struct matching matching = { .inventory = inventory, .database = judge->database, .lack = judge->no_data, .arena = inventory->arena };
	const struct policy_tables tables = { inventory, judge->policy, &matching, judge->order.at };
	AUTO(facts) struct facts *facts = NULL;
	struct row_output out = { .judge = judge };
	int r = policy_tables_open(&tables, &facts, err);
	if (r == 0)
		facts_interruptible(facts, &interrupted);
	if (r == 0)
		r = check_machine(judge, facts, inventory, sql, err);
	if (r == 0 && facts_uses(facts, "vulnerability"))
		r = say_data_gaps(judge, &matching, err);
	if (r == 0)
		r = facts_query(facts, sql, say_columns, say_row, &out, err);
	if (r == 0)
		r = rows_flush(&out, err);
	strbuf_done(&out.rows);
	return r < 0 ? r : channel_send(judge->channel, SAY_DONE, SLICE(""), err);
}

/* Which layers are the base's is the policy's to say. */
static int
find_base(struct judge *judge, struct inventory *inventory, struct plim_error *err)
{
	AUTO(verdict) struct verdict *verdict = NULL;
	return judge->policy ? evaluate(judge, judge->side, inventory, judge->order.target, &verdict, err) : 0;
}

static int
say_sbom(struct judge *judge, struct inventory *inventory, struct slice body, struct plim_error *err)
{
	const struct sbom_subject subject = { inventory, judge->order.target, judge->order.at };
	AUTO(strbuf) struct strbuf document = { 0 };
	uint32_t format = number_of(&body), n = 0;
	while (sbom_writers[n])
		n++;
	if (format >= n)
		return error_set(err, PLIM_EFORMAT, "a format that there is not");
	int r = find_base(judge, inventory, err);
	if (r < 0 || (r = say_gaps(judge, inventory, err)) < 0 || (r = sbom_write(&subject, sbom_writers[format], &document, err)) < 0)
		return r;
	return channel_send(judge->channel, SAY_SBOM, strbuf_slice(&document), err);
}

/* Mending. */

struct fix_question {
	struct judge *judge;
	uint32_t number;           /* of the image */
};

static int
judge_changed(void *context, const struct image *image, const struct block *top, struct inventory **out, struct verdict **verdict, struct plim_error *err)
{
	const struct fix_question *question = context;
	struct judge *judge = question->judge;
	AUTO(inventory) struct inventory *inventory = NULL;
	int r = pieces_changed(&judge->sides[judge->side], question->number, image, top, judge->arena, &inventory, err);
	if (r < 0 || (r = evaluate(judge, judge->side, inventory, judge->order.target, verdict, err)) < 0)
		return r;
	*out = ptr_take(&inventory);
	return 0;
}

static int
put_mending(const struct fix_subject *subject, const struct fix_writer *writer, struct strbuf *into, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf document = { 0 };
	bool applies = !(writer->of_images && subject->mending->from->image == NULL) && !(writer->wants_dockerfile && subject->dockerfile == NULL);
	int r = applies ? writer->write(subject, &document, err) : 0;
	wire_put_slice(into, applies ? strbuf_slice(&document) : SLICE_NONE);
	into->failed |= document.failed;
	return r;
}

static int
say_mending(struct judge *judge, const struct mending *mending, const struct fix_order *order, const struct dockerfile *dockerfile, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf answer = { 0 };
	const struct fix_subject subject = {
		.mending = mending, .target = judge->order.target, .dockerfile = dockerfile, .dockerfile_name = order->name,
		.repository = repository_read_from(judge, judge->side, mending->from),
	};
	int r = 0;
	wire_put_u32(&answer, (uint32_t)mending->after->result);
	for (size_t i = 0; r == 0 && fix_writers[i]; i++)
		r = put_mending(&subject, fix_writers[i], &answer, err);
	if (r < 0)
		return r;
	return answer.failed ? error_nomem(err) : channel_send(judge->channel, SAY_FIX, strbuf_slice(&answer), err);
}

static int
say_fix(struct judge *judge, const struct inventory *inventory, uint32_t number, struct slice body, struct plim_error *err)
{
	struct fix_order order = { 0 };
	AUTO(dockerfile) struct dockerfile dockerfile = { 0 };
	AUTO(mending) struct mending *mending = NULL;
	struct fix_question question = { judge, number };
	struct slice kept = arena_dup(judge->arena, body);
	struct cursor from = cursor_of(kept);
	int r = kept.p ? wire_read(&wire_fix_order, &from, judge->arena, &order, err) : error_nomem(err);
	if (r < 0)
		return r;
	if (inventory_is_document(inventory))
		return error_set(err, PLIM_EUSAGE, "a bill of materials has no files to mend");
	if (order.dockerfile.p && (r = dockerfile_parse(order.dockerfile, judge->arena, &dockerfile, err)) < 0)
		return error_wrap(err, r, "%.*s", SLICE_ARG(order.name));
	const struct fix_request request = {
		.image = inventory->image, .dockerfile = order.dockerfile.p ? &dockerfile : NULL, .policy = judge->policy, .at = judge->order.at,
		.judge = judge_changed, .context = &question,
	};
	r = fix_make(&request, &mending, err);
	return r < 0 ? r : say_mending(judge, mending, &order, request.dockerfile, err);
}

/* The comparison. */

/* What is held of this side lies in blocks that may be replaced now. */
static void
let_go(struct judge *judge)
{
	inventory_free(judge->held[judge->side]);
	judge->held[judge->side] = NULL;
}

static int
hold(struct judge *judge, struct inventory *inventory, struct plim_error *err)
{
	let_go(judge);
	judge->held[judge->side] = inventory;
	return channel_send(judge->channel, SAY_HELD, SLICE(""), err);
}

static int
judge_again(struct judge *judge, struct slice body, struct plim_error *err)
{
	struct cursor from = cursor_of(body);
	struct inventory *held = judge->held[judge->side];
	judge->at = (int64_t)cursor_u64le(&from);
	if (from.bad || held == NULL)
		return error_set(err, PLIM_EFORMAT, "a verdict of nothing, or at no time");
	return say_verdict(judge, held, err);
}

static int
say_diff(struct judge *judge, struct plim_error *err)
{
	AUTO(verdict) struct verdict *old = NULL;
	AUTO(verdict) struct verdict *new = NULL;
	AUTO(diff) struct diff *diff = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	if (judge->held[0] == NULL || judge->held[1] == NULL)
		return error_set(err, PLIM_EFORMAT, "a comparison of nothing");
	int r = evaluate(judge, 0, judge->held[0], judge->order.old_target, &old, err);
	if (r < 0 || (r = evaluate(judge, 1, judge->held[1], judge->order.target, &new, err)) < 0)
		return r;
	const struct diff_side sides[] = { { judge->held[0], old }, { judge->held[1], new } };
	if ((r = diff_make(&sides[0], &sides[1], judge->policy, judge->order.at, &diff, err)) < 0)
		return r;
	diff_write(diff, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_DIFF, strbuf_slice(&bytes), err);
}

/* Drift. */

/* The image as it should be; without one, what lies below the container's own layers. */
static int
drift_from(const struct judge *judge, const struct drift_order *order, struct inventory **made, struct plim_error *err)
{
	const struct pieces *tops = &judge->sides[1];
	if (order->own > tops->n)
		return error_set(err, PLIM_EFORMAT, "a container of more layers than there are");
	return pieces_stacked(NULL, 0, tops, tops->n - order->own, judge->arena, made, err);
}

static int
say_drift_of(struct judge *judge, struct inventory *image, uint32_t number, const struct drift_order *order, struct plim_error *err)
{
	AUTO(inventory) struct inventory *below = NULL;
	AUTO(inventory) struct inventory *container = NULL;
	AUTO(drift) struct drift *drift = NULL;
	AUTO(strbuf) struct strbuf bytes = { 0 };
	const struct pieces *tops = &judge->sides[1];
	int r = order->base == DRIFT_BASE_LAYERS ? drift_from(judge, order, &below, err) : 0;
	if (r == 0)
		r = pieces_stacked(order->base == DRIFT_BASE_IMAGE ? &judge->sides[0] : NULL, number, tops, tops->n, judge->arena, &container, err);
	if (r < 0)
		return r;
	const struct drift_question question = {
		.old = below ? below : image, .new = container, .own = tops->n, .ignore = order->ignore, .ignore_count = order->ignore_count,
		.mounts = order->mounts, .mount_count = order->mount_count,
	};
	if (question.old == NULL)
		return error_set(err, PLIM_EFORMAT, "drift from no image");
	if ((r = drift_make(&question, &drift, err)) < 0)
		return r;
	drift_write(drift, &bytes);
	return bytes.failed ? error_nomem(err) : channel_send(judge->channel, SAY_DRIFT, strbuf_slice(&bytes), err);
}

static int
say_drift(struct judge *judge, struct inventory *image, uint32_t number, struct slice body, struct plim_error *err)
{
	struct drift_order order = { 0 };
	struct slice kept = arena_dup(judge->arena, body);
	struct cursor from = cursor_of(kept);
	int r = kept.p ? wire_read(&wire_drift_order, &from, judge->arena, &order, err) : error_nomem(err);
	return r < 0 ? r : say_drift_of(judge, image, number, &order, err);
}

/* Of what was read for the first statement; one that is wrong or was interrupted leaves the others. */
static int
answer_session(struct judge *judge, struct slice statement, struct plim_error *err)
{
	struct plim_error why = { 0 };
	interrupted = 0;
	int r = say_rows(judge, judge->held[judge->side], statement, &why);
	if (r == PLIM_EQUERY)
		return say_failed(judge->channel, r, &why);
	return r < 0 ? error_set(err, (enum plim_code)r, "%s", why.text) : 0;
}

/* A second miss of the same files is the last: the text behind the number says whether there may be another reading. */
static int
answer(struct judge *judge, const struct message *message, struct plim_error *err)
{
	AUTO(inventory) struct inventory *inventory = NULL;
	struct slice body = message->body;
	uint32_t number = number_of(&body), final = number_of(&body);
	bool missed = false;
	const struct pieces *pieces = &judge->sides[judge->side];
	if (message->kind == SAY_QUERY && judge->order.session && judge->held[judge->side])
		return answer_session(judge, body, err);
	if (message->kind == SAY_DRIFT && judge->sides[0].n == 0)
		return say_drift(judge, NULL, number, body, err);
	int r = pieces_inventory(pieces, number, judge->arena, &inventory, err);
	if (r == 0 && final == 0)
		r = say_missed(judge, inventory, &missed, err);
	if (r < 0 || missed)
		return r;
	/* A tree that was not mounted, or a name mistyped by one level: nothing in it could fail. */
	if (pieces->set == NULL && inventory->node_count == 0)
		return error_set(err, PLIM_ENOTFOUND, "there is no file in it");
	bool judges = judge->policy && (message->kind == SAY_CHECK || message->kind == SAY_HOLD);
	if (judges && ((r = scan_ask(judge->channel, &judge->scans[judge->side], judge->policy, inventory, number, &missed, err)) < 0 || missed))
		return r;
	if (message->kind == SAY_QUERY && judge->policy && (r = policy_find_base(judge->policy, inventory, err)) < 0)
		return r;
	if (message->kind == SAY_QUERY && (r = say_gaps(judge, inventory, err)) < 0)
		return r;
	if (message->kind == SAY_QUERY && judge->order.session) {
		judge->held[judge->side] = ptr_take(&inventory);
		return answer_session(judge, body, err);
	}
	if (message->kind == SAY_QUERY)
		return say_rows(judge, inventory, body, err);
	if (message->kind == SAY_HOLD)
		return hold(judge, ptr_take(&inventory), err);
	if (message->kind == SAY_DRIFT)
		return say_drift(judge, inventory, number, body, err);
	if (message->kind == SAY_FIX)
		return say_fix(judge, inventory, number, body, err);
	if (message->kind == SAY_SBOM)
		return say_sbom(judge, inventory, body, err);
	return say_verdict(judge, inventory, err);
}

static int
turn_to(struct judge *judge, struct slice body, struct plim_error *err)
{
	uint32_t side = number_of(&body);
	if (side > 1)
		return error_set(err, PLIM_EFORMAT, "a side that there is not");
	judge->side = side;
	return 0;
}

static int
make_room(struct judge *judge, struct slice body, struct plim_error *err)
{
	let_go(judge);
	return pieces_room(&judge->sides[judge->side], number_of(&body), err);
}

static int
take_approval(struct judge *judge, struct slice body, struct plim_error *err)
{
	struct signed_by *out = &judge->signed_by[judge->side];
	uint32_t state = number_of(&body);
	if (state > SIGNED_UNKNOWN)
		return error_set(err, PLIM_EFORMAT, "an approval that there is not");
	*out = (struct signed_by){ (enum signed_state)state, arena_dup(judge->arena, body) };
	return out->text.p ? 0 : error_nomem(err);
}

/* One that whoever is trusted signed, and that cannot be read, is said; the others count all the same. */
static int
open_attestation(struct judge *judge, const struct vex_attestation *from, struct vex_source *to, struct vex_attested *vex, struct plim_error *err)
{
	struct plim_error why = { 0 };
	*to = (struct vex_source){ .name = from->name, .key = from->key, .subject = from->subject };
	int r = vex_read(from->bytes, judge->arena, &to->document, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0) {
		vex_document_done(&to->document);
		to->document = (struct vex_document){ 0 };
		vex->trouble = arena_printf(judge->arena, "%.*s, signed by %.*s: %s", SLICE_ARG(from->name), SLICE_ARG(from->key), why.text);
	}
	return 0;
}

static int
take_vex(struct judge *judge, struct slice body, struct plim_error *err)
{
	struct vex_attested *vex = &judge->vex[judge->side];
	struct vex_answer answer = { 0 };
	struct slice kept = arena_dup(judge->arena, body);
	struct cursor from = cursor_of(kept);
	let_go_vex(vex);
	int r = kept.p ? wire_read(&wire_vex_answer, &from, judge->arena, &answer, err) : error_nomem(err);
	struct vex_source *at = r == 0 ? arena_make_array(judge->arena, answer.n + 1, struct vex_source) : NULL;
	if (r < 0 || at == NULL)
		return r < 0 ? r : error_nomem(err);
	*vex = (struct vex_attested){ .at = at, .trouble = answer.trouble };
	for (; r == 0 && vex->n < answer.n; vex->n++)
		r = open_attestation(judge, &answer.at[vex->n], &at[vex->n], vex, err);
	return r;
}

static int
take(struct judge *judge, struct message *message, struct plim_error *err)
{
	switch (message->kind) {
	case SAY_SET:
	case SAY_BLOCK:
	case SAY_GAP:
		let_go(judge);
		return pieces_take(&judge->sides[judge->side], message, err);
	case SAY_APPROVAL:
		return take_approval(judge, message->body, err);
	case SAY_VEX:
		return take_vex(judge, message->body, err);
	case SAY_SCANNED:
		return scan_told(&judge->scans[judge->side], judge->policy, message, judge->arena, err);
	case SAY_SIDE:
		return turn_to(judge, message->body, err);
	case SAY_DIFF:
		return say_diff(judge, err);
	case SAY_ROOM:
		return make_room(judge, message->body, err);
	case SAY_AGAIN:
		return judge_again(judge, message->body, err);
	case SAY_CHECK:
	case SAY_HOLD:
	case SAY_QUERY:
	case SAY_SBOM:
	case SAY_FIX:
	case SAY_DRIFT:
		return answer(judge, message, err);
	default:
		return error_set(err, PLIM_EFORMAT, "a message that there is not");
	}
}

static int
serve(struct judge *judge, struct plim_error *err)
{
	for (;;) {
		struct message message;
		int r = channel_receive(judge->channel, &message, err);
		if (r < 0)
			return r == PLIM_ENOTFOUND ? 0 : r;
		r = take(judge, &message, err);
		message_done(&message);
		if (r < 0)
			return r;
	}
}

/* Whose signatures are to be looked for: as the process that reads them is asked. */
static void
put_signers(const struct policy *policy, int64_t at, struct strbuf *into)
{
	const struct origin_signer *signers;
	size_t n = policy_signers(policy, &signers);
	AUTO(free) struct trust_key_order *keys = calloc(n + 1, sizeof *keys);
	AUTO(free) struct trust_certificate_order *certificates = calloc(n + 1, sizeof *certificates);
	struct verify_order order = { .keys = keys, .certificates = certificates, .now = at };
	into->failed |= keys == NULL || certificates == NULL;
	for (size_t i = 0; !into->failed && i < n; i++) {
		if (signers[i].is_certificate)
			certificates[order.certificate_count++] = (struct trust_certificate_order){ signers[i].text, signers[i].name };
		else
			keys[order.key_count++] = key_order(&signers[i]);
	}
	if (!into->failed)
		wire_write(&wire_verify_order, &order, into);
}

static void
put_vex_keys(const struct policy *policy, int64_t at, struct strbuf *into)
{
	const struct origin_signer *signers;
	size_t n = policy_vex_keys(policy, &signers);
	AUTO(free) struct trust_key_order *keys = calloc(n + 1, sizeof *keys);
	const struct vex_order order = { .keys = keys, .key_count = n, .now = at };
	into->failed |= keys == NULL;
	for (size_t i = 0; !into->failed && i < n; i++)
		keys[i] = key_order(&signers[i]);
	if (!into->failed)
		wire_write(&wire_vex_order, &order, into);
}

static int
say_ready(const struct judge *judge, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf body = { 0 };
	wire_write(&wire_wishes, &judge->wishes, &body);
	if (judge->policy) {
		put_signers(judge->policy, judge->order.at, &body);
		put_vex_keys(judge->policy, judge->order.at, &body);
	}
	return body.failed ? error_nomem(err) : channel_send(judge->channel, SAY_READY, strbuf_slice(&body), err);
}

/* What others wrote, though the policy names it. */
static int
open_foreign(struct judge *judge, struct plim_error *err)
{
	int r = judge->policy ? policy_vex_open(judge->policy, err) : 0;
	if (r == 0 && judge->policy && policy_has_scap(judge->policy) && (r = policy_scap_open(judge->policy, err)) == 0)
		judge->wishes = (struct wishes){ .hashing = policy_hashing(judge->policy), .rows = policy_reads_wished(judge->policy) };
	return r < 0 || judge->policy == NULL ? r : approvals_check(judge->policy, err);
}

static int
run(struct judge *judge, struct plim_error *err)
{
	struct message start;
	int r = channel_receive(judge->channel, &start, err);
	if (r < 0)
		return r;
	facts_bound_memory();
	if ((r = prepare(judge, &start, err)) == 0 && (r = sandbox_enter(CONFINED_JUDGE, -1, err)) == 0 && (r = check_signed(judge, err)) == 0)
		r = find_data_signer(judge, err);
	message_done(&start);
	if (r < 0 || (r = open_foreign(judge, err)) < 0 || (r = say_ready(judge, err)) < 0)
		return r;
	return serve(judge, err);
}

int
job_judge(int channel)
{
	AUTO(judge) struct judge judge = { .channel = channel };
	struct plim_error err = { 0 };
	int r = run(&judge, &err);
	return r < 0 && say_failed(channel, r, &err) < 0;
}
