/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are sought: they have the rows that a query asks for by a path or a directory, as osquery has them, and without such no query. */
#ifndef FACTS_TABLE_OSQUERY_H
#define FACTS_TABLE_OSQUERY_H

#include "facts/facts.h"

extern const struct fact_table table_osquery_file, table_osquery_hash, table_file_lines;

#endif
