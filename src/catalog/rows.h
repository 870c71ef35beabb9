/* SPDX-License-Identifier: Apache-2.0 */
/* rows.def as constants: ROW_<KIND>, <KIND>_<FIELD>, <KIND>_FIELD_COUNT, and as a table for whoever shows rows. */
#ifndef CATALOG_ROWS_H
#define CATALOG_ROWS_H

#include "base/slice.h"

#define KIND(name, table, meaning) ROW_##name,
#define FIELD(kind, name, column, type, meaning)
#define END(name)
enum row_kind {
#include "catalog/rows.def"
	ROW_KIND_COUNT
};
#undef KIND
#undef FIELD
#undef END

#define KIND(name, table, meaning) enum {
#define FIELD(kind, name, column, type, meaning) kind##_##name,
#define END(name) name##_FIELD_COUNT };
#include "catalog/rows.def"
#undef KIND
#undef FIELD
#undef END

enum field_type { FIELD_TEXT, FIELD_INTEGER };

struct field_schema {
	const char *column;
	enum field_type type;
	const char *meaning;
};

struct row_schema {
	const char *table;
	const char *meaning;
	const struct field_schema *fields;
	size_t n;
};

extern const struct row_schema row_schemas[ROW_KIND_COUNT];

#endif
