/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are made of others by SQL: views.def. */
#ifndef FACTS_VIEWS_H
#define FACTS_VIEWS_H

#include "facts/facts.h"

struct fact_view_column {
	struct fact_column column;
	const char *expression;
};

struct fact_view {
	const char *name;
	const char *meaning;
	const struct fact_view_column *columns;
	size_t column_count;
	const char *from;
};

extern const struct fact_view facts_views[];
extern const size_t facts_view_count;

#endif
