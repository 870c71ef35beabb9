/* SPDX-License-Identifier: Apache-2.0 */
/* What SQLite has against a statement, and where. */
#ifndef FACTS_QUERY_ERROR_H
#define FACTS_QUERY_ERROR_H

#include "base/slice.h"

#include <plimsoll/error.h>

#include <sqlite3.h>

/*
 * The last error of `db` as PLIM_EQUERY.  The byte of the statement that it is about goes to `*place`, SIZE_MAX when nobody knows; where
 * `place` is NULL, that line of the statement and a caret stand behind the message instead.
 */
int query_error(sqlite3 *db, struct slice sql, size_t *place, struct plim_error *err);

#endif
