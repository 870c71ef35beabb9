/* SPDX-License-Identifier: Apache-2.0 */
/* Why tables and columns that queries of others name are not here. */
#ifndef POLICY_IMPORT_REASONS_H
#define POLICY_IMPORT_REASONS_H

#include "base/slice.h"

/* Of what SQLite says ("no such table: apps", "no such column: f.ctime") about a statement; absent where nothing more is known. */
struct slice import_reason(struct slice said, struct slice sql);

#endif
