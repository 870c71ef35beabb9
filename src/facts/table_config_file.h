/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FACTS_TABLE_CONFIG_FILE_H
#define FACTS_TABLE_CONFIG_FILE_H

#include "facts/facts.h"

extern const struct fact_table table_config_file;

#endif
