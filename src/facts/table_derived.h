/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of catalog/derived.def. */
#ifndef FACTS_TABLE_DERIVED_H
#define FACTS_TABLE_DERIVED_H

#include "facts/facts.h"

#define KIND(name, table, known, meaning) extern const struct fact_table table_##name;
#define FIELD(column, type, meaning)
#define END(name)
#include "catalog/derived.def"
#undef KIND
#undef FIELD
#undef END

#endif
