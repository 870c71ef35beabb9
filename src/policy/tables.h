/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that queries of policies and people see: those of the inventory, and what a runtime would make of the image. */
#ifndef POLICY_TABLES_H
#define POLICY_TABLES_H

#include "catalog/inventory.h"
#include "facts/facts.h"
#include "facts/views.h"

/* NULL for an inventory gives empty tables; it must outlive the facts.  `now` is what queries know as `:now`, in seconds. */
int policy_tables_open(struct inventory *inventory, int64_t now, struct facts **out, struct plim_error *err);

/* One table as queries see it: of rows, or made of others by SQL. */
struct schema_table {
	const char *name, *meaning;
	size_t column_count;
	const struct fact_table *table;    /* one of both is NULL */
	const struct fact_view *view;
};
const struct fact_column *schema_column(const struct schema_table *table, size_t at);

/* Calls for each, sorted by name; a negative answer ends it. */
typedef int schema_fn(void *context, const struct schema_table *table, struct plim_error *err);
int schema_each(schema_fn *each, void *context, struct plim_error *err);

#endif
