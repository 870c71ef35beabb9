/* SPDX-License-Identifier: Apache-2.0 */
/* plim_query: statements, and what tables there are. */
#include <plimsoll/query.h>

#include "base/error.h"
#include "base/output.h"
#include "gate/one_image.h"
#include "gate/row_format.h"
#include "gate/rows.h"
#include "gate/schema.h"
#include "gate/trust/statements.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A target that was read, and the judge who answers about it. */
struct session {
	const struct plim_query_options *options;
	const struct row_format *format;
	struct run *run;
	struct analysis *analysis;
	struct process judge;
	FILE *into;
	bool ended;
};

static void
auto_session(struct session *session)
{
	auto_process(&session->judge);
	analysis_close(session->analysis);
	run_end(session->run);
}

/* `statement` NULL: several will be asked. */
static int
session_open(struct session *session, const char *statement, struct plim_error *err)
{
	const struct plim_query_options *options = session->options;
	const char *platforms[] = { options->platform, NULL };
	struct judge_order order = { .target = slice_of(options->target), .statement = slice_of(statement), .session = statement == NULL };
	const struct judging_choice choice = {
		.policy = options->policy, .policy_optional = true, .policy_key = options->policy_key, .database = options->database,
		.database_keys = options->database_keys, .at = options->at,
	};
	struct wishes wishes = { 0 };
	int r = run_start(options->run, &session->run, err);
	if (r == 0)
		r = judging_begin_by(session->run, &order, &choice, &session->judge, err);
	if (r == 0)
		r = analysis_open(session->run, options->target, platforms[0] ? platforms : NULL, &session->analysis, err);
	if (r == 0)
		r = demand_one_image(analysis_set(session->analysis), err);
	if (r == 0)
		r = judging_ready(session->run, &session->judge, &wishes, NULL, err);
	if (r == 0)
		analysis_want(session->analysis, &wishes);
	return r < 0 ? r : analysis_read(session->analysis, SIZE_MAX, err);
}

static int
session_ask(struct session *session, const char *statement, struct plim_error *err)
{
	struct row_output out = { .arena = arena_new(0) };
	const struct row_sink sink = { session->format->begin, session->format->row, &out, session->options->warnings };
	int r = out.arena ? rows_ask(session->analysis, session->run, &session->judge, 0, slice_of(statement), &sink, err) : error_nomem(err);
	if (r == 0)
		session->format->end(&out);
	if (r == 0)
		r = out.text.failed ? error_nomem(err) : output_text(&out.text, session->into, err);
	row_output_done(&out);
	return r;
}

static int
with_target(const struct plim_query_options *options, int r, struct plim_error *err)
{
	return r < 0 && r != PLIM_EQUERY ? analysis_error(err, r, options->target) : r;
}

static int
find_format(const struct plim_query_options *options, const struct row_format **out, struct plim_error *err)
{
	*out = row_format_find(options->format);
	return *out ? 0 : error_set(err, PLIM_EUSAGE, "there is no format '%s': " ROW_FORMATS, options->format);
}

int
plim_query(const struct plim_query_options *options, const char *sql, FILE *into, struct plim_error *err)
{
	const struct row_format *format;
	int r = find_format(options, &format, err);
	if (r < 0 || sql[0] == '.')
		return r < 0 ? r : schema_write(sql, format, into, err);
	AUTO(session) struct session session = { .options = options, .format = format, .judge = { .channel = -1 }, .into = into };
	r = session_open(&session, sql, err);
	if (r == 0)
		r = session_ask(&session, sql, err);
	return with_target(options, r, err);
}

/* commands, which osqueryi has by the same names */

static int
set_mode(struct session *session, struct slice name, struct plim_error *err)
{
	char text[32] = "";
	if (name.n == 0)
		return fprintf(session->into, "%s\n", session->format->name) < 0 ? error_sys(err, errno, "standard output") : 0;
	/* What osqueryi calls its tables. */
	bool table = slice_is(name, "pretty") || slice_is(name, "column");
	if (name.n < sizeof text)
		memcpy(text, name.p, name.n);
	const struct row_format *format = row_format_find(table ? "table" : text);
	if (format == NULL || name.n >= sizeof text)
		return error_set(err, PLIM_EUSAGE, "there is no format '%.*s': " ROW_FORMATS, SLICE_ARG(slice_first(name, 100)));
	session->format = format;
	return 0;
}

static int
show_help(struct session *session, struct slice word, struct plim_error *err)
{
	static const char help[] =
	    ".tables [PART]   tables, or those whose names have that in them\n"
	    ".schema [TABLE]  columns of all tables, or of one\n"
	    ".mode [FORMAT]   writes rows as " ROW_FORMATS "; alone: which it is\n"
	    ".help            this\n"
	    ".exit            ends, as Ctrl-D does; .quit is the same\n"
	    "SELECT ...;      rows, of one statement up to its semicolon\n";
	(void)word;
	return fputs(help, session->into) < 0 ? error_sys(err, errno, "standard output") : 0;
}

static int
end_session(struct session *session, struct slice word, struct plim_error *err)
{
	(void)word, (void)err;
	session->ended = true;
	return 0;
}

static const struct session_command {
	const char *name;
	int (*run)(struct session *session, struct slice word, struct plim_error *err);
} session_commands[] = { { ".mode", set_mode }, { ".help", show_help }, { ".exit", end_session }, { ".quit", end_session } };

static int
session_command(struct session *session, const char *statement, struct plim_error *err)
{
	struct slice rest = slice_of(statement), verb;
	slice_skip_end(&rest, SLICE(";"));
	slice_word(&rest, &verb);
	for (size_t i = 0; i < sizeof session_commands / sizeof *session_commands; i++)
		if (slice_is(verb, session_commands[i].name))
			return session_commands[i].run(session, slice_trim(rest), err);
	return schema_write(statement, session->format, session->into, err);
}

/* A wrong statement is told, and whoever asks decides whether others follow. */
static int
session_answer(struct session *session, const struct plim_query_lines *lines, const char *statement, struct plim_error *err)
{
	struct plim_error why = { 0 };
	int r = statement[0] == '.' ? session_command(session, statement, &why) : session_ask(session, statement, &why);
	bool wrong = r == PLIM_EQUERY || (r < 0 && statement[0] == '.');
	if (r == 0 || (wrong && lines->wrong(lines->context, &why)))
		return 0;
	*err = why;
	return r;
}

static int
session_answer_all(struct session *session, const struct plim_query_lines *lines, struct statements *statements, bool last, struct plim_error *err)
{
	int r = 0;
	for (char *statement; r == 0 && !session->ended && statements_next(statements, last, &statement);) {
		r = session_answer(session, lines, statement, err);
		free(statement);
	}
	return r == 0 && statements->pending.failed ? error_nomem(err) : r;
}

int
plim_query_session(const struct plim_query_options *options, const struct plim_query_lines *lines, FILE *into, struct plim_error *err)
{
	AUTO(session) struct session session = { .options = options, .judge = { .channel = -1 }, .into = into };
	struct statements statements = { 0 };
	int r = find_format(options, &session.format, err);
	if (r == 0)
		r = with_target(options, session_open(&session, NULL, err), err);
	if (r == 0)
		watching_end(&session.run->watching);
	for (const char *line; r == 0 && !session.ended && (line = lines->next(lines->context, statements_inside(&statements)));) {
		if (strcmp(line, PLIM_QUERY_CANCEL) == 0)
			statements_drop(&statements);
		else
			statements_add(&statements, slice_of(line));
		r = session_answer_all(&session, lines, &statements, false, err);
	}
	if (r == 0)
		r = session_answer_all(&session, lines, &statements, true, err);
	strbuf_done(&statements.pending);
	return r;
}
