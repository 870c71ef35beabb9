/* SPDX-License-Identifier: Apache-2.0 */
/* rows.def once more, as data. */
#include "catalog/rows.h"

#define KIND(name, table, meaning) static const struct field_schema fields_##name[] = {
#define FIELD(kind, name, column, type, meaning) { column, FIELD_##type, meaning },
#define END(name) };
#include "catalog/rows.def"
#undef KIND
#undef FIELD
#undef END

#define KIND(name, table, meaning) [ROW_##name] = { table, meaning, fields_##name, name##_FIELD_COUNT },
#define FIELD(kind, name, column, type, meaning)
#define END(name)
const struct row_schema row_schemas[ROW_KIND_COUNT] = {
#include "catalog/rows.def"
};
