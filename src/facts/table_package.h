/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FACTS_TABLE_PACKAGE_H
#define FACTS_TABLE_PACKAGE_H

#include "facts/facts.h"

extern const struct fact_table table_package, table_apk_packages;

#endif
