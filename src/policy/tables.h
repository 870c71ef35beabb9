/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that queries of policies and people see: those of the inventory, what a runtime would make of the image, and the policy's own. */
#ifndef POLICY_TABLES_H
#define POLICY_TABLES_H

#include "catalog/inventory.h"
#include "facts/facts.h"
#include "facts/views.h"
#include "policy/policy_tables.h"

/* `of`, and all that it leads to, must outlive the facts. */
int policy_tables_open(const struct policy_tables *of, struct facts **out, struct plim_error *err);

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
