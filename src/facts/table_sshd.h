/* SPDX-License-Identifier: Apache-2.0 */
/* The table `sshd_setting`. */
#ifndef FACTS_TABLE_SSHD_H
#define FACTS_TABLE_SSHD_H

#include "facts/facts.h"

extern const struct fact_table table_sshd_setting;

#endif
