/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FACTS_TABLE_ACCOUNTING_H
#define FACTS_TABLE_ACCOUNTING_H

#include "facts/facts.h"

extern const struct fact_table table_package_file, table_unaccounted_file;

#endif
