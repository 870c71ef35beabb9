/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of two functions as eponymous virtual tables of SQLite, and queries that can neither write nor run on. */
#include "facts/facts.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "facts/functions.h"
#include "facts/query_clock.h"
#include "facts/query_error.h"
#include "facts/views.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

struct bound_table {
	const struct fact_table *table;
	const void *context;
	struct facts *facts;
	uint64_t read;        /* columns that statements read, as bits */
	bool used;            /* by a statement, which may only count its rows */
};

struct facts {
	sqlite3 *db;
	bool connecting;      /* SQLite runs the declaration of a table, which is ours and no query's */
	VEC(struct bound_table *) tables;
	const struct fact_parameter *parameters;
	size_t parameter_count;
	struct query_clock clock;
	fact_path_fn *resolve;
	const void *resolve_context;
	uint64_t steps;       /* of the running query, in units of STEP_UNIT */
	struct timespec begun;
	const char *stopped;  /* which limit ended it */
	const struct fact_table *unsought;    /* the last table that no demand led to, of the running query */
	const volatile sig_atomic_t *interrupt;    /* set: nobody waits for the answer; may be NULL */
};

#define STEP_UNIT 1000

struct vtab {
	sqlite3_vtab base;    /* SQLite's own part comes first */
	struct bound_table *bound;
};

struct vtab_cursor {
	sqlite3_vtab_cursor base;
	size_t row, end;
	struct fact_scan *scan;    /* NULL: all rows */
};

static const char *
type_name(enum fact_type type)
{
	static const char *const names[] = { [FACT_NULL] = "", [FACT_TEXT] = "TEXT", [FACT_INTEGER] = "INTEGER", [FACT_REAL] = "REAL" };
	return names[type];
}

static int
vtab_connect(sqlite3 *db, void *context, int argc, const char *const *argv, sqlite3_vtab **out, char **message)
{
	struct bound_table *bound = context;
	AUTO(strbuf) struct strbuf sql = { 0 };
	(void)argc, (void)argv, (void)message;
	strbuf_puts(&sql, "CREATE TABLE x(");
	for (size_t i = 0; i < bound->table->column_count; i++) {
		const struct fact_column *column = &bound->table->columns[i];
		strbuf_printf(&sql, "%s\"%s\" %s COLLATE %s", i ? ", " : "", column->name, type_name(column->type), column->collation ? column->collation : "BINARY");
	}
	strbuf_putc(&sql, ')');
	struct vtab *vtab = sqlite3_malloc(sizeof *vtab);
	if (sql.failed || vtab == NULL) {
		sqlite3_free(vtab);
		return SQLITE_NOMEM;
	}
	*vtab = (struct vtab){ .bound = bound };
	*out = &vtab->base;
	bound->facts->connecting = true;
	int status = sqlite3_declare_vtab(db, sql.p);
	bound->facts->connecting = false;
	return status;
}

static int
vtab_disconnect(sqlite3_vtab *vtab)
{
	sqlite3_free(vtab);
	return SQLITE_OK;
}

/* A plan is told to the cursor as text: for each hint the column and the operation as letters. */
#define HINT_LETTER 'A'

static int
op_of(unsigned char sqlite)
{
	static const unsigned char ops[] = {
		[FACT_EQ] = SQLITE_INDEX_CONSTRAINT_EQ, [FACT_NE] = SQLITE_INDEX_CONSTRAINT_NE, [FACT_GT] = SQLITE_INDEX_CONSTRAINT_GT,
		[FACT_GE] = SQLITE_INDEX_CONSTRAINT_GE, [FACT_LT] = SQLITE_INDEX_CONSTRAINT_LT, [FACT_LE] = SQLITE_INDEX_CONSTRAINT_LE,
		[FACT_GLOB] = SQLITE_INDEX_CONSTRAINT_GLOB, [FACT_LIKE] = SQLITE_INDEX_CONSTRAINT_LIKE, [FACT_PRESENT] = SQLITE_INDEX_CONSTRAINT_ISNOTNULL,
	};
	for (size_t op = 0; op < sizeof ops; op++)
		if (ops[op] == sqlite)
			return (int)op;
	return -1;
}

/* NULL: the table cannot meet the demand better than SQLite. */
static const struct fact_seek *
seek_for(const struct fact_table *table, sqlite3_index_info *info, int at)
{
	const struct sqlite3_index_constraint *c = &info->aConstraint[at];
	int op = op_of(c->op);
	if (c->iColumn < 0 || op < 0 || (op < FACT_GLOB && strcmp(sqlite3_vtab_collation(info, at), "BINARY") != 0))
		return NULL;
	for (size_t i = 0; i < table->seek_count; i++)
		if (table->seeks[i].column == (size_t)c->iColumn && (int)table->seeks[i].op == op)
			return &table->seeks[i];
	return NULL;
}

/*
 * Demands of a table that is sought are what finds its rows, each by itself.  SQLite also tries plans without some (those of IN, those that wait for another
 * table), which find fewer: they are to be taken only where there is no other.
 */
#define COST_OF_MISSED 1e9

static double
cost_with(const struct fact_table *table, double cost, const struct fact_seek *seek, bool usable)
{
	if (!table->sought)
		return usable ? cost * seek->part : cost;
	return cost + (usable ? seek->part : COST_OF_MISSED);
}

/* How many demands the plan has; none where a table that is sought would miss some. */
static int
make_plan(const struct fact_table *table, sqlite3_index_info *info, char *plan, double *cost)
{
	int n = 0;
	for (int i = 0; i < info->nConstraint; i++) {
		const struct fact_seek *seek = seek_for(table, info, i);
		if (seek == NULL)
			continue;
		*cost = cost_with(table, *cost, seek, info->aConstraint[i].usable);
		if (!info->aConstraint[i].usable)
			continue;
		if (n == FACT_HINT_MOST)
			return table->sought ? 0 : n;
		plan[2 * n] = (char)(HINT_LETTER + seek->column);
		plan[2 * n + 1] = (char)(HINT_LETTER + seek->op);
		info->aConstraintUsage[i].argvIndex = ++n;
	}
	return n;
}

static int
vtab_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	struct bound_table *bound = ((struct vtab *)base)->bound;
	const struct fact_table *table = bound->table;
	char plan[2 * FACT_HINT_MOST + 1] = "";
	double cost = (double)(table->estimate ? table->estimate : table->count)(bound->context, table) + 1;
	/* The authorizer is not asked about the columns of USING and NATURAL: this is the one place that hears of all. */
	bound->read |= info->colUsed;
	bound->used = true;
	int n = make_plan(table, info, plan, &cost);
	if (n == 0 && table->sought) {
		bound->facts->unsought = table;
		return SQLITE_CONSTRAINT;
	}
	info->idxStr = n ? sqlite3_mprintf("%s", plan) : NULL;
	info->needToFreeIdxStr = n > 0;
	info->estimatedRows = cost < 1 ? 1 : (sqlite3_int64)cost;
	info->estimatedCost = cost < 1 ? 1 : cost;
	return n && info->idxStr == NULL ? SQLITE_NOMEM : SQLITE_OK;
}

static int
vtab_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out)
{
	struct vtab_cursor *cursor = sqlite3_malloc(sizeof *cursor);
	(void)vtab;
	if (cursor == NULL)
		return SQLITE_NOMEM;
	*cursor = (struct vtab_cursor){ 0 };
	*out = &cursor->base;
	return SQLITE_OK;
}

static int
vtab_close(sqlite3_vtab_cursor *cursor)
{
	free(((struct vtab_cursor *)cursor)->scan);
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static const struct bound_table *
bound_of(const sqlite3_vtab_cursor *cursor)
{
	return ((struct vtab *)cursor->pVtab)->bound;
}

/*
 * False where the value has another type than the column: SQLite may convert
 * either before it compares, and is left alone with that.
 */
static bool
hint_take(const struct fact_table *table, const char *plan, sqlite3_value *value, struct fact_hint *out)
{
	*out = (struct fact_hint){ .column = (size_t)(plan[0] - HINT_LETTER), .op = (enum fact_op)(plan[1] - HINT_LETTER) };
	int type = sqlite3_value_type(value);
	if (out->op == FACT_PRESENT)
		return true;
	if (table->columns[out->column].type == FACT_INTEGER) {
		out->integer = sqlite3_value_int64(value);
		return type == SQLITE_INTEGER;
	}
	const char *text = type == SQLITE_TEXT ? (const char *)sqlite3_value_text(value) : NULL;
	if (text)
		out->text = (struct slice){ text, (size_t)sqlite3_value_bytes(value) };
	return text != NULL;
}

/* `*all`: the plan asks for nothing that narrows it. */
static int
scan_begin(struct vtab_cursor *cursor, const struct bound_table *bound, const char *plan, int argc, sqlite3_value **argv, bool *all)
{
	struct fact_hint hints[FACT_HINT_MOST];
	size_t n = 0;
	*all = false;
	for (int i = 0; i < argc; i++) {
		/* NULL compares to nothing: no row. */
		if (sqlite3_value_type(argv[i]) == SQLITE_NULL && plan[2 * i + 1] != HINT_LETTER + FACT_PRESENT)
			return SQLITE_OK;
		n += hint_take(bound->table, plan + 2 * i, argv[i], &hints[n]);
	}
	if (n == 0) {
		*all = true;
		return SQLITE_OK;
	}
	cursor->scan = bound->table->scan(bound->context, bound->table, hints, n);
	if (cursor->scan == NULL)
		return SQLITE_NOMEM;
	cursor->row = bound->table->next(cursor->scan);
	cursor->end = SIZE_MAX;
	return SQLITE_OK;
}

/* Also of a query that only counts rows, and reads no cell. */
static bool
is_refused(sqlite3_vtab_cursor *base, const struct bound_table *bound)
{
	struct slice why = bound->table->refusal ? bound->table->refusal(bound->context, bound->table) : SLICE_NONE;
	if (why.n == 0)
		return false;
	sqlite3_free(base->pVtab->zErrMsg);
	base->pVtab->zErrMsg = sqlite3_mprintf("%.*s", (int)why.n, why.p);
	return true;
}

static int
vtab_filter(sqlite3_vtab_cursor *base, int number, const char *plan, int argc, sqlite3_value **argv)
{
	struct vtab_cursor *cursor = (struct vtab_cursor *)base;
	const struct bound_table *bound = bound_of(base);
	(void)number;
	if (is_refused(base, bound))
		return SQLITE_ERROR;
	free(cursor->scan);
	cursor->scan = NULL;
	cursor->row = 0;
	cursor->end = 0;
	bool all = true;
	int status = argc ? scan_begin(cursor, bound, plan, argc, argv, &all) : SQLITE_OK;
	/* Whoever walks over a few rows need not know how many there are. */
	if (status == SQLITE_OK && all)
		cursor->end = bound->table->count(bound->context, bound->table);
	return status;
}

static int
vtab_next(sqlite3_vtab_cursor *base)
{
	struct vtab_cursor *cursor = (struct vtab_cursor *)base;
	cursor->row = cursor->scan ? bound_of(base)->table->next(cursor->scan) : cursor->row + 1;
	return SQLITE_OK;
}

static int
vtab_eof(sqlite3_vtab_cursor *base)
{
	const struct vtab_cursor *cursor = (const struct vtab_cursor *)base;
	return cursor->row >= cursor->end;
}

static int
vtab_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	const struct vtab_cursor *cursor = (const struct vtab_cursor *)base;
	const struct fact_table *table = bound_of(base)->table;
	*out = cursor->scan && table->number ? table->number(cursor->scan, cursor->row) : (sqlite3_int64)cursor->row;
	return SQLITE_OK;
}

static int
vtab_column(sqlite3_vtab_cursor *base, sqlite3_context *result, int column)
{
	const struct bound_table *bound = bound_of(base);
	const struct vtab_cursor *cursor = (struct vtab_cursor *)base;
	struct fact_value value = { 0 };
	if (!cursor->scan || !bound->table->show || !bound->table->show(cursor->scan, cursor->row, (size_t)column, &value))
		bound->table->cell(bound->context, bound->table, cursor->row, (size_t)column, &value);
	/* A cell may be made for this call only: then SQLite takes a copy. */
	if (value.type == FACT_TEXT && value.text.p)
		sqlite3_result_text64(result, value.text.p, value.text.n, value.lasting ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8);
	else if (value.type == FACT_INTEGER)
		sqlite3_result_int64(result, value.integer);
	else if (value.type == FACT_REAL)
		sqlite3_result_double(result, value.real);
	else if (value.type == FACT_UNREAD)
		sqlite3_result_error(result, value.text.p, (int)value.text.n);
	else
		sqlite3_result_null(result);
	return SQLITE_OK;
}

/* No xCreate: the table exists by its name alone. */
static const sqlite3_module module = {
	.xConnect = vtab_connect,
	.xDisconnect = vtab_disconnect,
	.xBestIndex = vtab_best_index,
	.xOpen = vtab_open,
	.xClose = vtab_close,
	.xFilter = vtab_filter,
	.xNext = vtab_next,
	.xEof = vtab_eof,
	.xColumn = vtab_column,
	.xRowid = vtab_rowid,
};

static bool
is_refused_function(const char *name)
{
	static const char *const refused[] = { "load_extension", "zeroblob", "randomblob", "random", "fts3_tokenizer" };
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (name && sqlite3_stricmp(name, refused[i]) == 0)
			return true;
	return false;
}

static const struct bound_table *
table_find(const struct facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->tables.n; i++)
		if (strcmp(facts->tables.at[i]->table->name, name) == 0)
			return facts->tables.at[i];
	return NULL;
}

static uint64_t
column_bit(const struct fact_table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return UINT64_C(1) << i;
	return 0;
}

bool
facts_reads(const struct facts *facts, const char *table, const char *column)
{
	const struct bound_table *bound = table_find(facts, table);
	return bound && (bound->read & column_bit(bound->table, column));
}

bool
facts_reads_digests(const struct facts *facts)
{
	return facts_reads(facts, "file", "digest") || facts_reads(facts, "osquery_hash", "sha256");
}

bool
facts_reads_compared(const struct facts *facts)
{
	return facts_reads(facts, "package_file", "state") || facts_reads(facts, "package_file", "differs");
}

bool
facts_uses(const struct facts *facts, const char *table)
{
	const struct bound_table *bound = table_find(facts, table);
	return bound && bound->used;
}

bool
facts_reads_wished(const struct facts *facts)
{
	static const char *const wished[] = { "package_file", "timeless_digest" };
	for (size_t i = 0; i < sizeof wished / sizeof *wished; i++)
		if (facts_uses(facts, wished[i]))
			return true;
	return false;
}

static bool
is_among(const char *name, const char *const *known)
{
	for (; *known; known++)
		if (strcmp(name, *known) == 0)
			return true;
	return false;
}

/* The first column, behind `*skipped` others, of those bits. */
static const char *
column_at(const struct fact_table *table, uint64_t bits, size_t skipped)
{
	for (size_t i = 0; i < table->column_count && i < 64; i++)
		if ((bits >> i & 1) && skipped-- == 0)
			return table->columns[i].name;
	return NULL;
}

bool
facts_reads_live(const struct facts *facts, size_t *at, const char **table, const char **column)
{
	size_t skipped = (*at)++;
	for (size_t i = 0; i < facts->tables.n; i++) {
		const struct bound_table *bound = facts->tables.at[i];
		bool whole = bound->table->live == FACT_LIVE_ALL;
		size_t n = whole ? bound->used : (size_t)__builtin_popcountll(bound->read & bound->table->live);
		if (skipped < n) {
			*table = bound->table->name;
			*column = whole ? NULL : column_at(bound->table, bound->read & bound->table->live, skipped);
			return true;
		}
		skipped -= n;
	}
	return false;
}

bool
facts_reads_more_than_live(const struct facts *facts)
{
	for (size_t i = 0; i < facts->tables.n; i++)
		if (facts->tables.at[i]->used && facts->tables.at[i]->table->live != FACT_LIVE_ALL)
			return true;
	return false;
}

void
facts_forget_reads(struct facts *facts)
{
	for (size_t i = 0; i < facts->tables.n; i++) {
		facts->tables.at[i]->read = 0;
		facts->tables.at[i]->used = false;
	}
}

const char *
facts_reads_beyond(const struct facts *facts, const char *const *known)
{
	for (size_t i = 0; i < facts->tables.n; i++)
		if (facts->tables.at[i]->used && !is_among(facts->tables.at[i]->table->name, known))
			return facts->tables.at[i]->table->name;
	return NULL;
}

/* An allow list: reading tables and calling functions. */
static int
authorize(void *context, int action, const char *first, const char *second, const char *database, const char *trigger)
{
	const struct facts *facts = context;
	(void)database, (void)trigger;
	if (facts->connecting)
		return SQLITE_OK;
	if (action == SQLITE_FUNCTION)
		return is_refused_function(second) ? SQLITE_DENY : SQLITE_OK;
	if (action == SQLITE_READ && first && sqlite3_strnicmp(first, "sqlite_", 7) == 0)
		return SQLITE_DENY;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE ? SQLITE_OK : SQLITE_DENY;
}

void
facts_interruptible(struct facts *facts, const volatile sig_atomic_t *flag)
{
	facts->interrupt = flag;
}

static bool
is_interrupted(const struct facts *facts)
{
	return facts->interrupt && *facts->interrupt;
}

static int
on_progress(void *context)
{
	struct facts *facts = context;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t ms = (now.tv_sec - facts->begun.tv_sec) * 1000 + (now.tv_nsec - facts->begun.tv_nsec) / 1000000;
	if (++facts->steps * STEP_UNIT > LIMIT_QUERY_STEPS)
		facts->stopped = "QUERY_STEPS";
	else if (ms > (int64_t)LIMIT_QUERY_MS)
		facts->stopped = "QUERY_MS";
	return facts->stopped != NULL || is_interrupted(facts);
}

static int
database_error(struct facts *facts, struct slice sql, size_t *place, struct plim_error *err)
{
	if (is_interrupted(facts))
		return error_set(err, PLIM_EQUERY, "the query was interrupted");
	if (facts->stopped)
		return error_set(err, PLIM_EQUERY, "the query was ended by limit %s", facts->stopped);
	if (sqlite3_errcode(facts->db) == SQLITE_NOMEM)
		return error_set(err, PLIM_EQUERY, "the query was ended by limit QUERY_BYTES");
	/* SQLite's own words for it: no query solution. */
	if (facts->unsought && strcmp(sqlite3_errmsg(facts->db), "no query solution") == 0)
		return error_set(err, PLIM_EQUERY, "%s has only what a query asks for by its %s, with =, IN or LIKE", facts->unsought->name,
		                 facts->unsought->column_count > 2 ? "path or directory" : "path");
	return query_error(facts->db, sql, place, err);
}

/* The table is connected by the first query that names it: most name few. */
static int
table_add(struct facts *facts, const struct fact_table *table, const void *context, struct plim_error *err)
{
	struct bound_table *bound = malloc(sizeof *bound);
	struct bound_table **kept = bound ? vec_push(&facts->tables) : NULL;
	if (kept == NULL) {
		free(bound);
		return error_nomem(err);
	}
	*bound = (struct bound_table){ table, context, facts };
	*kept = bound;
	return sqlite3_create_module(facts->db, table->name, &module, bound) == SQLITE_OK ? 0 : database_error(facts, SLICE(""), NULL, err);
}

static void
call_real_path(sqlite3_context *result, int argc, sqlite3_value **argv)
{
	const struct facts *facts = sqlite3_user_data(result);
	const char *text = (const char *)sqlite3_value_text(argv[0]);
	AUTO(strbuf) struct strbuf path = { 0 };
	(void)argc;
	if (text == NULL || facts->resolve == NULL || !facts->resolve(facts->resolve_context, (struct slice){ text, (size_t)sqlite3_value_bytes(argv[0]) }, &path))
		return;
	if (path.failed)
		sqlite3_result_error_nomem(result);
	else
		sqlite3_result_text64(result, path.p, path.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void
facts_set_paths(struct facts *facts, fact_path_fn *resolve, const void *context)
{
	facts->resolve = resolve;
	facts->resolve_context = context;
}

static void
confine(struct facts *facts)
{
	sqlite3_create_function_v2(facts->db, "real_path", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, facts, call_real_path, NULL, NULL, NULL);
	functions_add(facts->db);
	sqlite3_db_config(facts->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(facts->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(facts->db, SQLITE_LIMIT_LENGTH, (int)LIMIT_QUERY_BYTES / 4);
	sqlite3_limit(facts->db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
	sqlite3_set_authorizer(facts->db, authorize, facts);
	sqlite3_progress_handler(facts->db, STEP_UNIT, on_progress, facts);
}

void
facts_bound_memory(void)
{
	sqlite3_hard_heap_limit64((sqlite3_int64)LIMIT_QUERY_BYTES);
}

/* A view is no query's: what it reads is asked of the authorizer all the same. */
static int
view_add(struct facts *facts, const struct fact_view *view, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf sql = { 0 };
	strbuf_printf(&sql, "CREATE VIEW \"%s\" AS SELECT ", view->name);
	for (size_t i = 0; i < view->column_count; i++)
		strbuf_printf(&sql, "%s%s AS \"%s\"", i ? ", " : "", view->columns[i].expression, view->columns[i].column.name);
	strbuf_printf(&sql, " FROM %s", view->from);
	if (sql.failed)
		return error_nomem(err);
	return sqlite3_exec(facts->db, sql.p, NULL, NULL, NULL) == SQLITE_OK ? 0 : database_error(facts, strbuf_slice(&sql), NULL, err);
}

int
facts_open(const struct fact_provider *providers, size_t count, struct facts **out, struct plim_error *err)
{
	AUTO(facts) struct facts *facts = calloc(1, sizeof *facts);
	if (facts == NULL)
		return error_nomem(err);
	if (query_clock_init(&facts->clock) != SQLITE_OK ||
	    sqlite3_open_v2(":memory:", &facts->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, facts->clock.name) != SQLITE_OK)
		return error_set(err, PLIM_ENOMEM, "SQLite could not be started");
	/* Sorting a few megabytes would open a temporary file, which the process may not. */
	if (sqlite3_exec(facts->db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL) != SQLITE_OK)
		return error_set(err, PLIM_ENOMEM, "SQLite could not be told to keep everything in memory");
	for (size_t i = 0; i < count; i++)
		for (const struct fact_table *const *table = providers[i].tables; *table; table++) {
			int r = table_add(facts, *table, providers[i].context, err);
			if (r < 0)
				return r;
		}
	for (size_t i = 0; i < facts_view_count; i++) {
		int r = view_add(facts, &facts_views[i], err);
		if (r < 0)
			return r;
	}
	/* SQLite declares them when they are first named, which no query may. */
	if (sqlite3_exec(facts->db, "SELECT 1 FROM json_each('[]'), json_tree('[]')", NULL, NULL, NULL) != SQLITE_OK)
		return error_set(err, PLIM_ENOMEM, "SQLite's tables of JSON could not be made");
	confine(facts);
	*out = ptr_take(&facts);
	return 0;
}

void
facts_close(struct facts *facts)
{
	if (facts == NULL)
		return;
	sqlite3_close(facts->db);
	query_clock_done(&facts->clock);
	vec_each (&facts->tables, bound)
		free(*bound);
	vec_done(&facts->tables);
	free(facts);
}

static void
statement_done(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static const struct fact_parameter *
parameter_find(const struct facts *facts, const char *name)
{
	for (size_t i = 0; name && i < facts->parameter_count; i++)
		if (slice_is(facts->parameters[i].name, name + 1))
			return &facts->parameters[i];
	return NULL;
}

/* SQLite would take one without a value for NULL, to which nothing compares. */
static int
bind(struct facts *facts, sqlite3_stmt *statement, struct plim_error *err)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
		const char *name = sqlite3_bind_parameter_name(statement, i);
		const struct fact_parameter *parameter = parameter_find(facts, name);
		if (parameter == NULL && name && strcmp(name, ":now") == 0 && sqlite3_bind_int64(statement, i, facts->clock.now) == SQLITE_OK) {
			facts->clock.asked = true;
			continue;
		}
		if (parameter == NULL)
			return error_set(err, PLIM_EQUERY, "nothing gives the parameter %s a value", name ? name : "?");
		if (sqlite3_bind_text64(statement, i, parameter->value.p, parameter->value.n, SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK)
			return error_nomem(err);
	}
	return 0;
}

void
facts_set_parameters(struct facts *facts, const struct fact_parameter *at, size_t n)
{
	facts->parameters = at;
	facts->parameter_count = n;
}

void
facts_set_now(struct facts *facts, int64_t now)
{
	facts->clock.now = now;
	facts->clock.asked = false;
}

bool
facts_asked_now(const struct facts *facts)
{
	return facts->clock.asked;
}

static int
compile(struct facts *facts, struct slice sql, sqlite3_stmt **out, size_t *place, struct plim_error *err)
{
	const char *tail = NULL;
	facts->steps = 0;
	facts->stopped = NULL;
	facts->unsought = NULL;
	clock_gettime(CLOCK_MONOTONIC, &facts->begun);
	if (sql.n > 1000000)
		return error_set(err, PLIM_EQUERY, "the query is longer than a million bytes");
	if (sqlite3_prepare_v2(facts->db, sql.p, (int)sql.n, out, &tail) != SQLITE_OK)
		return database_error(facts, sql, place, err);
	if (*out == NULL)
		return error_set(err, PLIM_EQUERY, "there is no statement in the query");
	struct slice rest = slice_trim(slice_range(tail, sql.p + sql.n));
	while (slice_skip(&rest, SLICE(";")))
		rest = slice_trim(rest);
	if (rest.n > 0)
		return error_set(err, PLIM_EQUERY, "more than one statement in the query");
	if (!sqlite3_stmt_readonly(*out))
		return error_set(err, PLIM_EQUERY, "the statement would write");
	return bind(facts, *out, err);
}

int
facts_check(struct facts *facts, struct slice sql, size_t *place, struct plim_error *err)
{
	__attribute__((cleanup(statement_done))) sqlite3_stmt *statement = NULL;
	if (place)
		*place = SIZE_MAX;
	return compile(facts, sql, &statement, place, err);
}

int
facts_returns(struct facts *facts, struct slice sql, const char *column, bool *out, struct plim_error *err)
{
	__attribute__((cleanup(statement_done))) sqlite3_stmt *statement = NULL;
	int r = compile(facts, sql, &statement, NULL, err);
	*out = false;
	for (int i = 0; r == 0 && i < sqlite3_column_count(statement); i++)
		*out = *out || strcmp(sqlite3_column_name(statement, i), column) == 0;
	return r;
}

static struct fact_value
value_at(sqlite3_stmt *statement, int column)
{
	struct fact_value value = { 0 };
	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
		value.type = FACT_INTEGER;
		value.integer = sqlite3_column_int64(statement, column);
		break;
	case SQLITE_FLOAT:
		value.type = FACT_REAL;
		value.real = sqlite3_column_double(statement, column);
		break;
	case SQLITE_NULL:
		break;
	default:
		value.type = FACT_TEXT;
		value.text.p = (const char *)sqlite3_column_text(statement, column);
		value.text.n = (size_t)sqlite3_column_bytes(statement, column);
	}
	return value;
}

static int
step_all(struct facts *facts, sqlite3_stmt *statement, struct fact_row *row, struct fact_value *values, struct slice sql,
         fact_row_fn *each, void *context, struct plim_error *err)
{
	int status;
	while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
		for (size_t i = 0; i < row->n; i++)
			values[i] = value_at(statement, (int)i);
		row->values = values;
		int r = each(context, row, err);
		if (r < 0)
			return r;
	}
	return status == SQLITE_DONE ? 0 : database_error(facts, sql, NULL, err);
}

int
facts_query(struct facts *facts, struct slice sql, fact_row_fn *begin, fact_row_fn *each, void *context, struct plim_error *err)
{
	__attribute__((cleanup(statement_done))) sqlite3_stmt *statement = NULL;
	int r = compile(facts, sql, &statement, NULL, err);
	if (r < 0)
		return r;
	size_t n = (size_t)sqlite3_column_count(statement);
	AUTO(free) const char **names = calloc(n + 1, sizeof *names);
	AUTO(free) struct fact_value *values = calloc(n + 1, sizeof *values);
	if (names == NULL || values == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < n; i++)
		names[i] = sqlite3_column_name(statement, (int)i);
	struct fact_row row = { n, names, NULL };
	if (begin && (r = begin(context, &row, err)) < 0)
		return r;
	return step_all(facts, statement, &row, values, sql, each, context, err);
}
