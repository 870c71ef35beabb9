/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the queries can be asked, and how: rules of a policy. */
#include "policy/import.h"

#include "base/error.h"
#include "base/map.h"
#include "codec/yaml_write.h"
#include "facts/facts.h"
#include "policy/import_reasons.h"
#include "policy/import_sql.h"
#include "policy/tables.h"

#include <stdarg.h>
#include <stdio.h>

struct importing {
	const struct imports *imports;
	const struct import_terms *terms;
	struct facts *facts;
	struct strbuf *policy, *notes;
	struct map times;              /* of each id, how many wanted it */
	size_t rules;
};

int
import_leave_out(struct imports *into, struct slice name, struct plim_error *err, const char *format, ...)
{
	char reason[300];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	struct imported *one = vec_push(&into->all);
	if (one == NULL)
		return error_nomem(err);
	*one = (struct imported){ .group = into->file, .name = name, .left_out = arena_dup(into->arena, slice_of(reason)) };
	return one->left_out.p ? 0 : error_nomem(err);
}

/* SQL */

/* What is asked instead.  A newline ends the comment that a query may end with. */
static struct slice
wrap(const struct importing *importing, const struct imported *one, struct slice query)
{
	AUTO(strbuf) struct strbuf sql = { 0 };
	if (one->passes_on_row)
		strbuf_puts(&sql, "SELECT 'no row' AS answer WHERE NOT EXISTS (\n");
	else if (one->discovery_count)
		strbuf_puts(&sql, "SELECT * FROM (\n");
	strbuf_put(&sql, query);
	if (one->passes_on_row || one->discovery_count)
		strbuf_puts(&sql, "\n)");
	for (size_t i = 0; i < one->discovery_count; i++) {
		struct slice discovery;
		sql_one_statement(one->discovery[i], &discovery);
		strbuf_printf(&sql, "%s EXISTS (\n", i ? " AND" : " WHERE");
		strbuf_put(&sql, discovery);
		strbuf_puts(&sql, "\n)");
	}
	return sql.failed ? SLICE_NONE : arena_dup(importing->imports->arena, strbuf_slice(&sql));
}

/* As osquery itself looks for them: anywhere in it. */
bool
import_is_for_linux(struct slice platform)
{
	static const char *const words[] = { "linux", "ubuntu", "centos", "posix", "any", "all" };
	if (slice_trim(platform).n == 0 || slice_is(platform, "null"))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_find_text(platform, slice_of(words[i])) != SIZE_MAX)
			return true;
	return false;
}

/* The first line: a caret below a statement has no place in a comment. */
static struct slice
why_text(const struct importing *importing, const struct plim_error *why, struct slice sql)
{
	struct slice text = slice_of(why->text), line = SLICE("");
	slice_next(&text, '\n', &line);
	struct slice more = import_reason(line, sql);
	return arena_printf(importing->imports->arena, "%.*s%s%.*s", SLICE_ARG(line), more.n ? ": " : "", SLICE_ARG(more));
}

/* osquery's tables whose names tables bear here that answer otherwise. */
static int
rename_tables(const struct importing *importing, struct slice *statement, struct plim_error *err)
{
	static const struct sql_table tables[] = { { "file", "osquery_file" }, { "hash", "osquery_hash" }, { "os_version", "osquery_os_version" } };
	AUTO(strbuf) struct strbuf sql = { 0 };
	sql_put_renamed(*statement, tables, sizeof tables / sizeof *tables, &sql);
	struct slice renamed = sql.failed ? SLICE_NONE : arena_dup(importing->imports->arena, strbuf_slice(&sql));
	if (renamed.p == NULL)
		return error_nomem(err);
	*statement = renamed;
	return 0;
}

/* Each statement by itself: one that is none of its own could become one where others stand round it. */
static int
compile(const struct importing *importing, struct slice sql, struct slice *statement, struct slice *reason, struct plim_error *err)
{
	struct plim_error why = { 0 };
	size_t place;
	if (!sql_one_statement(sql, statement)) {
		*reason = SLICE("it is more than one statement");
		return 0;
	}
	int r = rename_tables(importing, statement, err);
	if (r < 0)
		return r;
	r = facts_check(importing->facts, *statement, &place, &why);
	if (r == PLIM_ENOMEM)
		return error_nomem(err);
	if (r < 0)
		*reason = why_text(importing, &why, sql);
	return 0;
}

/* The statement with osquery's columns alone of tables that have more here; absent where it names none of them, and without memory. */
static struct slice
narrowed(const struct importing *importing, struct slice statement)
{
	static const char *const tables[][2] = {
#define NARROW(table, columns) { table, columns },
#include "policy/import_narrow.def"
#undef NARROW
	};
	AUTO(strbuf) struct strbuf sql = { 0 };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (sql_names(statement, slice_of(tables[i][0])))
			strbuf_printf(&sql, "%s%s AS (SELECT %s FROM main.%s)", sql.n ? ",\n" : "WITH ", tables[i][0], tables[i][1], tables[i][0]);
	if (sql.n == 0)
		return SLICE_NONE;
	strbuf_puts(&sql, "\nSELECT * FROM (\n");
	strbuf_put(&sql, statement);
	strbuf_puts(&sql, "\n)");
	return sql.failed ? SLICE_NONE : arena_dup(importing->imports->arena, strbuf_slice(&sql));
}

/*
 * Where a column that osquery has not makes a name ambiguous, such as path, the query is asked without it; and who asks for one, such as the password of
 * users, means something that is neither osquery's nor ours.
 */
static int
compile_query(const struct importing *importing, struct slice sql, struct slice *statement, struct slice *reason, struct plim_error *err)
{
	int r = compile(importing, sql, statement, reason, err);
	bool ambiguous = slice_starts(*reason, SLICE("ambiguous column name"));
	struct slice narrow = r == 0 && (reason->n == 0 || ambiguous) ? narrowed(importing, *statement) : SLICE_NONE, instead = SLICE_NONE, still = SLICE_NONE;
	if (narrow.p == NULL)
		return r;
	r = compile(importing, narrow, &instead, &still, err);
	if (r == 0 && !ambiguous && slice_starts(still, SLICE("no such column")))
		*reason = arena_printf(importing->imports->arena, "%.*s: osquery's tables have none", SLICE_ARG(still));
	if (r == 0 && still.n == 0 && ambiguous) {
		*statement = instead;
		*reason = SLICE_NONE;
	}
	return r;
}

static int
compile_all(const struct importing *importing, const struct imported *one, struct slice *sql, struct slice *reason, struct plim_error *err)
{
	struct slice query, discovery;
	int r = compile_query(importing, one->query, &query, reason, err);
	for (size_t i = 0; r == 0 && reason->n == 0 && i < one->discovery_count; i++)
		r = compile(importing, one->discovery[i], &discovery, reason, err);
	if (r < 0 || reason->n)
		return r;
	*sql = wrap(importing, one, query);
	return sql->p ? compile(importing, *sql, sql, reason, err) : error_nomem(err);
}

/* What an image has no rows of: "processes, system_info.uuid". */
static struct slice
live_tables(const struct importing *importing)
{
	AUTO(strbuf) struct strbuf names = { 0 };
	const char *table, *column;
	for (size_t at = 0; facts_reads_live(importing->facts, &at, &table, &column);)
		strbuf_printf(&names, "%s%s%s%s", names.n ? ", " : "", table, column ? "." : "", column ? column : "");
	return names.n ? arena_dup(importing->imports->arena, strbuf_slice(&names)) : SLICE_NONE;
}

/* the file */

static void
put_one_line(struct strbuf *into, struct slice text)
{
	struct slice word, rest = text;
	for (size_t n = 0; slice_word(&rest, &word); n++) {
		strbuf_puts(into, n ? " " : "");
		strbuf_put_printable(into, word);
	}
}

static void
put_note(const struct importing *importing, const struct imported *one, const char *what, struct slice reason)
{
	struct strbuf *places[] = { importing->policy, importing->notes };
	for (size_t i = 0; i < 2; i++) {
		strbuf_puts(places[i], i ? "" : "# ");
		put_one_line(places[i], one->group);
		strbuf_puts(places[i], one->group.n && one->name.n ? "/" : "");
		put_one_line(places[i], one->name);
		strbuf_printf(places[i], ": %s: ", what);
		put_one_line(places[i], reason);
		strbuf_putc(places[i], '\n');
	}
}

static void
put_slug(struct strbuf *into, struct slice text)
{
	bool pending = false;
	size_t begin = into->n;
	for (size_t i = 0; i < text.n && into->n - begin < 100; i++) {
		char c = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 'a' - 'A') : text.p[i];
		bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("._", c));
		if (kept && pending && into->n > begin)
			strbuf_putc(into, '-');
		if (kept)
			strbuf_putc(into, c);
		pending = !kept;
	}
	if (into->n == begin)
		strbuf_puts(into, "query");
}

/* How often that text was asked about, this time included; 0 without memory. */
static uintptr_t
times(struct importing *importing, struct slice text)
{
	void **place = text.p ? map_place(&importing->times, text) : NULL;
	return place ? (uintptr_t)(*place = (void *)((uintptr_t)*place + 1)) : 0;
}

/* Names that differ in what an id leaves out get numbers. */
static int
make_id(struct importing *importing, const struct imported *one, struct slice *out, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf text = { 0 };
	struct arena *arena = importing->imports->arena;
	put_slug(&text, one->group);
	strbuf_putc(&text, '/');
	put_slug(&text, one->name);
	struct slice base = arena_dup(arena, strbuf_slice(&text));
	for (;;) {
		uintptr_t n = text.failed ? 0 : times(importing, base);
		*out = n < 2 ? base : arena_printf(arena, "%.*s-%ju", SLICE_ARG(base), (uintmax_t)n);
		uintptr_t taken = n < 2 ? n : times(importing, *out);
		if (taken < 2)
			return taken ? 0 : error_nomem(err);
	}
}

static bool
fits_block(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\n' && text.p[i] != '\t') || text.p[i] == 0x7f)
			return false;
	return text.n > 0;
}

/* With the number of blanks told, lines may begin with any. */
static void
put_text(struct strbuf *into, const char *key, struct slice text)
{
	struct slice line;
	strbuf_printf(into, "    %s: ", key);
	if (!fits_block(text) || slice_find(text, '\n') == SIZE_MAX) {
		yaml_put_text(into, text, true);
		strbuf_putc(into, '\n');
		return;
	}
	strbuf_puts(into, "|2-\n");
	while (slice_next(&text, '\n', &line)) {
		strbuf_puts(into, line.n ? "      " : "");
		strbuf_put(into, line);
		strbuf_putc(into, '\n');
	}
}

/* JSON's reader lets pass what is no UTF-8; a policy's does not. */
static struct slice
readable(struct slice text)
{
	return slice_is_utf8(text) ? slice_trim(text) : SLICE_NONE;
}

static bool
is_readable(const struct imported *one)
{
	bool fine = slice_is_utf8(one->query);
	for (size_t i = 0; fine && i < one->discovery_count; i++)
		fine = slice_is_utf8(one->discovery[i]);
	return fine;
}

static int
put_rule(struct importing *importing, const struct imported *one, struct slice sql, struct plim_error *err)
{
	struct slice id;
	int r = make_id(importing, one, &id, err);
	if (r < 0)
		return r;
	struct slice title = readable(one->title), name = readable(one->name), fix = readable(one->fix);
	if (importing->rules++ == 0)
		strbuf_puts(importing->policy, "rules:\n");
	strbuf_printf(importing->policy, "  - id: ");
	yaml_put_text(importing->policy, id, true);
	strbuf_putc(importing->policy, '\n');
	put_text(importing->policy, "title", title.n ? title : name.n ? name : id);
	if (one->severity != SEVERITY_UNKNOWN)
		strbuf_printf(importing->policy, "    severity: %s\n", severity_name(one->severity));
	if (importing->terms->warns)
		strbuf_puts(importing->policy, "    action: warn\n");
	put_text(importing->policy, "query", sql);
	if (fix.n)
		put_text(importing->policy, "fix", fix);
	return 0;
}

static int
take_one(struct importing *importing, const struct imported *one, struct plim_error *err)
{
	struct slice reason = one->left_out, sql = SLICE_NONE;
	struct slice foreign = !import_is_for_linux(one->pack_platform) ? one->pack_platform : !import_is_for_linux(one->platform) ? one->platform : SLICE_NONE;
	if (reason.n == 0 && foreign.n)
		reason = arena_printf(importing->imports->arena, "it is for the platform %.*s", SLICE_ARG(foreign));
	if (reason.n == 0 && slice_trim(one->query).n == 0)
		reason = SLICE("it has no query");
	if (reason.n == 0 && !is_readable(one))
		reason = SLICE("it is not UTF-8 text");
	facts_forget_reads(importing->facts);
	int r = reason.n ? 0 : compile_all(importing, one, &sql, &reason, err);
	if (r < 0)
		return r;
	if (reason.n) {
		put_note(importing, one, "left out", reason);
		return 0;
	}
	static const char *const no_table[] = { NULL };
	if (facts_reads_beyond(importing->facts, no_table) == NULL)
		put_note(importing, one, "the same of every target", SLICE("it reads no table"));
	if (one->hosts.n)
		put_note(importing, one, "of every target", arena_printf(importing->imports->arena, "its labels are not asked: %.*s", SLICE_ARG(one->hosts)));
	struct slice live = live_tables(importing);
	if (live.n)
		put_note(importing, one, "of hosts only, on images out of scope", arena_printf(importing->imports->arena, "it reads %.*s", SLICE_ARG(live)));
	return put_rule(importing, one, sql, err);
}

static int
write_all(struct importing *importing, struct plim_error *err)
{
	static const struct policy_tables none = { 0 };
	strbuf_puts(importing->policy, "plimsoll: v1\nname: ");
	yaml_put_text(importing->policy, importing->terms->policy, true);
	strbuf_putc(importing->policy, '\n');
	int r = policy_tables_open(&none, &importing->facts, err);
	for (size_t i = 0; r == 0 && i < importing->imports->all.n; i++)
		r = take_one(importing, &importing->imports->all.at[i], err);
	if (r == 0 && importing->rules == 0)
		r = error_set(err, PLIM_EPOLICY, "no query is left that could be asked");
	if (r == 0 && (importing->policy->failed || importing->notes->failed))
		r = error_nomem(err);
	return r;
}

int
import_write(const struct imports *imports, const struct import_terms *terms, struct strbuf *policy, struct strbuf *notes, struct plim_error *err)
{
	struct importing importing = { .imports = imports, .terms = terms, .policy = policy, .notes = notes };
	int r = write_all(&importing, err);
	facts_close(importing.facts);
	map_done(&importing.times);
	return r;
}
