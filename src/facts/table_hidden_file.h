/* SPDX-License-Identifier: Apache-2.0 */
/* The table hidden_file: what lower layers bring and the final tree does not show. */
#ifndef FACTS_TABLE_HIDDEN_FILE_H
#define FACTS_TABLE_HIDDEN_FILE_H

#include "facts/facts.h"

extern const struct fact_table table_hidden_file;

#endif
