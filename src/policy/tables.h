/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that queries of policies and people see: those of the inventory, and what a runtime would make of the image. */
#ifndef POLICY_TABLES_H
#define POLICY_TABLES_H

#include "catalog/inventory.h"
#include "facts/facts.h"

/* NULL for an inventory gives empty tables; it must outlive the facts.  `now` is what queries know as `:now`, in seconds. */
int policy_tables_open(struct inventory *inventory, int64_t now, struct facts **out, struct plim_error *err);

#endif
