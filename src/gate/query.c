/* SPDX-License-Identifier: Apache-2.0 */
/* plim_query: one statement, and what tables there are. */
#include <plimsoll/query.h>

#include "base/error.h"
#include "base/output.h"
#include "gate/one_image.h"
#include "gate/row_format.h"
#include "gate/rows.h"
#include "gate/schema.h"

#include <time.h>

static int
query(const struct plim_query_options *options, const struct row_format *format, const char *sql, FILE *into, struct plim_error *err)
{
	const char *platforms[] = { options->platform, NULL };
	struct judge_order order = { .target = slice_of(options->target), .statement = slice_of(sql), .at = time(NULL) };
	struct wishes wishes = { 0 };
	AUTO(run) struct run *run = NULL;
	AUTO(analysis) struct analysis *analysis = NULL;
	AUTO(process) struct process judge = { .channel = -1 };
	struct row_output out = { .arena = arena_new(0) };
	const struct row_sink sink = { format->begin, format->row, &out, options->warnings };
	int r = out.arena ? run_start(options->run, &run, err) : error_nomem(err);
	if (r == 0)
		r = judging_begin(run, &order, &judge, err);
	if (r == 0)
		r = analysis_open(run, options->target, platforms[0] ? platforms : NULL, &analysis, err);
	if (r == 0)
		r = demand_one_image(analysis_set(analysis), err);
	if (r == 0)
		r = judging_ready(run, &judge, &wishes, NULL, err);
	if (r == 0)
		analysis_want(analysis, &wishes);
	if (r == 0)
		r = analysis_read(analysis, SIZE_MAX, err);
	if (r == 0)
		r = rows_ask(analysis, run, &judge, 0, order.statement, &sink, err);
	if (r == 0)
		format->end(&out);
	if (r == 0)
		r = out.text.failed ? error_nomem(err) : output_text(&out.text, into, err);
	row_output_done(&out);
	return r;
}

int
plim_query(const struct plim_query_options *options, const char *sql, FILE *into, struct plim_error *err)
{
	const struct row_format *format = row_format_find(options->format);
	if (format == NULL)
		return error_set(err, PLIM_EUSAGE, "there is no format '%s': " ROW_FORMATS, options->format);
	if (sql[0] == '.')
		return schema_write(sql, format, into, err);
	int r = query(options, format, sql, into, err);
	return r < 0 && r != PLIM_EQUERY ? analysis_error(err, r, options->target) : r;
}
