/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that a statement asks for, and what could not be read beside them. */
#include "gate/job/judge_inside.h"

#include "base/error.h"
#include "facts/facts.h"
#include "facts/table_live.h"
#include "policy/tables.h"

#include <signal.h>

/* Of a session: the one thing that a handler of signals can tell. */
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

void
judge_heed_interrupt(void)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	sigaction(SIGINT, &action, NULL);
}

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
int
judge_say_gaps(struct judge *judge, const struct inventory *inventory, struct plim_error *err)
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

int
judge_say_rows(struct judge *judge, struct inventory *inventory, struct slice sql, struct plim_error *err)
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

int
judge_say_next_rows(struct judge *judge, struct slice statement, struct plim_error *err)
{
	struct plim_error why = { 0 };
	interrupted = 0;
	int r = judge_say_rows(judge, judge->held[judge->side], statement, &why);
	if (r == PLIM_EQUERY)
		return say_failed(judge->channel, r, &why);
	return r < 0 ? error_set(err, (enum plim_code)r, "%s", why.text) : 0;
}
