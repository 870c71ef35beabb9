/* SPDX-License-Identifier: Apache-2.0 */
/* views.def as data. */
#include "facts/views.h"

#define VIEW(name, meaning) static const struct fact_view_column columns_##name[] = {
#define COLUMN(name, type, meaning, expression) { { name, FACT_##type, meaning }, expression },
#define FROM(name, from) };
#include "facts/views.def"
#undef VIEW
#undef COLUMN
#undef FROM

#define VIEW(name, meaning) { #name, meaning, columns_##name, sizeof columns_##name / sizeof *columns_##name,
#define COLUMN(name, type, meaning, expression)
#define FROM(name, from) from },
const struct fact_view facts_views[] = {
#include "facts/views.def"
};
const size_t facts_view_count = sizeof facts_views / sizeof *facts_views;
