/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that only the running machine has rows of: one for each kind of catalog/live/live.def. */
#ifndef FACTS_TABLE_LIVE_H
#define FACTS_TABLE_LIVE_H

#include "base/strbuf.h"
#include "facts/facts.h"

#define KIND(name, table, meaning) extern const struct fact_table table_live_##name;
#define FIELD(kind, name, column, type, meaning)
#define END(name)
#include "catalog/live/live.def"
#undef KIND
#undef FIELD
#undef END

extern const struct fact_table table_system_controls;

struct inventory;
/* A statement (facts_reads_live) needs a running machine, and the target is none: no row there means nothing.  Says why. */
bool live_is_lacking(const struct facts *facts, const struct inventory *inventory, struct strbuf *why);
/* What such a statement reads and the running machine did not tell, one after another: `*at` from 0.  The text is the inventory's. */
bool live_next_gap(const struct facts *facts, const struct inventory *inventory, size_t *at, struct slice *why);

#endif
