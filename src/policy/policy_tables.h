/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are the policy's own: what they are about, for tables.h and each of their files. */
#ifndef POLICY_POLICY_TABLES_H
#define POLICY_POLICY_TABLES_H

#include "facts/facts.h"
#include "policy/matching.h"

struct policy;

struct policy_tables {
	struct inventory *inventory;      /* NULL: tables are empty */
	const struct policy *policy;      /* NULL: a query of `base` fails */
	struct matching *matching;        /* NULL: a query of `vulnerability` fails */
	int64_t now;                      /* what queries know as `:now`, in seconds */
};

extern const struct fact_table table_vulnerability, table_base;

#endif
