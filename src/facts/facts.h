/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts as SQL tables.  A table is an array: a number of rows and a function
 * that gives one cell; facts.c makes it an eponymous virtual table of SQLite.
 * Later rooms (advisory matches, verdict) provide their own tables.
 */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include "base/auto.h"
#include "base/slice.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#include <signal.h>

/* FACT_UNREAD: there is a value, but nobody kept it; `text` says why, and a query that asks for it fails. */
enum fact_type { FACT_NULL, FACT_TEXT, FACT_INTEGER, FACT_REAL, FACT_UNREAD };

struct fact_value {
	enum fact_type type;
	struct slice text;
	bool lasting;              /* the text outlives the query: nobody need copy it */
	int64_t integer;
	double real;
};

struct fact_column {
	const char *name;
	enum fact_type type;
	const char *meaning;
	const char *collation;     /* NULL: texts compare by their bytes */
};

/* What a query demands of a column: that it compares so to `text` (of a text column) or `integer`, or is not NULL. */
enum fact_op { FACT_EQ, FACT_NE, FACT_GT, FACT_GE, FACT_LT, FACT_LE, FACT_GLOB, FACT_LIKE, FACT_PRESENT };

struct fact_hint {
	size_t column;
	enum fact_op op;
	struct slice text;         /* its NUL follows */
	int64_t integer;
};

/* More than any query has: a demand that is left out can be the one that leads to a row. */
#define FACT_HINT_MOST 16

/* A demand that a table can meet by itself, and which part of its rows is then left. */
struct fact_seek {
	size_t column;
	enum fact_op op;
	double part;
};

/* The rows of one walk, in their order; its table knows what is in it.  Released by free(). */
struct fact_scan;

#define FACT_LIVE_ALL UINT64_MAX

struct fact_table {
	const char *name;
	const char *meaning;
	const struct fact_column *columns;
	size_t column_count;
	/* `context` is the provider's. */
	size_t (*count)(const void *context, const struct fact_table *table);
	void (*cell)(const void *context, const struct fact_table *table, size_t row, size_t column, struct fact_value *out);
	uintptr_t detail;          /* for tables that share functions */
	uint64_t live;             /* columns, as bits, that only a running machine has: FACT_LIVE_ALL where it is the table */
	/* For a large table; NULL for others. */
	const struct fact_seek *seeks;
	size_t seek_count;
	/* About how many rows, where that is told sooner than their number; may be NULL. */
	size_t (*estimate)(const void *context, const struct fact_table *table);
	/*
	 * Begins a walk over the rows that meet all hints, of which there is one at least (and any others: SQLite asks again); NULL without
	 * memory.  Hints are valid during the call.
	 */
	struct fact_scan *(*scan)(const void *context, const struct fact_table *table, const struct fact_hint *hints, size_t n);
	/* The next row, SIZE_MAX behind the last. */
	size_t (*next)(struct fact_scan *scan);
	/* What this walk shows in place of a cell, for a row may be found by another name than its own; false: the cell.  NULL: always the cell. */
	bool (*show)(const struct fact_scan *scan, size_t row, size_t column, struct fact_value *out);
	/* A number that no other row has, also of another walk, of a row that `show` makes; NULL: that of the row. */
	int64_t (*number)(const struct fact_scan *scan, size_t row);
	/* Why no query can be answered from it; absent: all can.  NULL: the same.  Asked when a query walks over it. */
	struct slice (*refusal)(const void *context, const struct fact_table *table);
	bool sought;               /* has no rows but those that one of its seeks leads to: a query without any is refused */
};

struct fact_provider {
	const struct fact_table *const *tables;    /* NULL-terminated; `context` and they outlive the facts */
	const void *context;
};

struct facts;

/* Bounds SQLite in this process as a whole by LIMIT_QUERY_BYTES: for a process that runs queries and does nothing else with SQLite. */
void facts_bound_memory(void);

int facts_open(const struct fact_provider *providers, size_t count, struct facts **out, struct plim_error *err);
void facts_close(struct facts *facts);
AUTO_DEFINE(facts, struct facts, facts_close)

struct fact_row {
	size_t n;
	const char *const *names;
	const struct fact_value *values;    /* valid during the call */
};

/* Answer negative to stop with that code. */
typedef int fact_row_fn(void *context, const struct fact_row *row, struct plim_error *err);

/* What a statement means by `:name`: text, of a list a line for each of its items (see in_list in functions.h). */
struct fact_parameter {
	struct slice name, value;
	bool list;
};

/* What real_path(PATH) is in statements: appends where the path leads through links, false where it leads nowhere. */
typedef bool fact_path_fn(const void *context, struct slice path, struct strbuf *out);
void facts_set_paths(struct facts *facts, fact_path_fn *resolve, const void *context);

/* In statements from now on; a name without a value is PLIM_EQUERY.  They are borrowed until others are set. */
void facts_set_parameters(struct facts *facts, const struct fact_parameter *at, size_t n);

/* What `:now` and SQL's own date('now') are in every statement, in seconds since 1970: the evaluation's clock, not the machine's. */
void facts_set_now(struct facts *facts, int64_t now);
/* A statement read the clock since that was set: at another time it may answer otherwise. */
bool facts_asked_now(const struct facts *facts);

/* Queries end soon after `*flag` is set, which a handler of a signal may do.  It must outlive the facts. */
void facts_interruptible(struct facts *facts, const volatile sig_atomic_t *flag);

/*
 * Runs one read-only statement under LIMIT_QUERY_STEPS, _MS and _BYTES.  `begin` (may be NULL) is called once with
 * the column names (values NULL) even when there are no rows.  Errors are PLIM_EQUERY with the message and, where SQLite knows
 * the place, the query's line with a caret.
 */
int facts_query(struct facts *facts, struct slice sql, fact_row_fn *begin, fact_row_fn *each, void *context, struct plim_error *err);

/*
 * Compiles only: is this a single read-only statement over known tables and columns?  The byte that an error is about goes to `*place`,
 * SIZE_MAX for none; where `place` is NULL it is shown as facts_query does.
 */
int facts_check(struct facts *facts, struct slice sql, size_t *place, struct plim_error *err);

/* Whether the rows of a statement have a column of that name. */
int facts_returns(struct facts *facts, struct slice sql, const char *column, bool *out, struct plim_error *err);

/* Whether a statement that was compiled so far, or run, reads that column. */
bool facts_reads(const struct facts *facts, const char *table, const char *column);
/* Whether it asks for the digests of files. */
bool facts_reads_digests(const struct facts *facts);
/* Whether it compares files with what packages recorded of them: their digests are taken for that. */
bool facts_reads_compared(const struct facts *facts);
/* Whether it reads the table at all, if only to count its rows. */
bool facts_uses(const struct facts *facts, const char *table);
/* The same of tables that are filled only where somebody asks for them: package_file, timeless_digest. */
bool facts_reads_wished(const struct facts *facts);

/*
 * Whether such a statement reads what only a running machine has: the table, and the column where that is all of it, else NULL.  `at` counts
 * what was told so far, from 0.
 */
bool facts_reads_live(const struct facts *facts, size_t *at, const char **table, const char **column);
/* Whether it reads any table but those. */
bool facts_reads_more_than_live(const struct facts *facts);
/* What was compiled so far is forgotten: the next statement is asked about alone. */
void facts_forget_reads(struct facts *facts);

/* A table that such a statement reads and that is not among `known` (NULL-terminated); NULL where there is none. */
const char *facts_reads_beyond(const struct facts *facts, const char *const *known);

/* The tables of an image's inventory: facts_inventory_tables with an `struct inventory` as context (NULL gives empty tables). */
extern const struct fact_table *const facts_inventory_tables[];

#endif
