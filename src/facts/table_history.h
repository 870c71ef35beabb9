/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FACTS_TABLE_HISTORY_H
#define FACTS_TABLE_HISTORY_H

#include "facts/facts.h"

extern const struct fact_table table_history, table_history_command, table_history_argument, table_history_variable;

#endif
