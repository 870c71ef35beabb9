/* SPDX-License-Identifier: Apache-2.0 */
/* The table secret: of every layer, shown or not, and of the image's settings. */
#ifndef FACTS_TABLE_SECRET_H
#define FACTS_TABLE_SECRET_H

#include "facts/facts.h"

extern const struct fact_table table_secret;

#endif
