/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What SQL takes for now: date('now'), CURRENT_TIMESTAMP and their like.  SQLite asks the file system of the connection for the time, once a statement; so a
 * connection is opened with one of its own, which is the machine's but for the clock and for chance.
 */
#ifndef FACTS_QUERY_CLOCK_H
#define FACTS_QUERY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

struct query_clock {
	sqlite3_vfs vfs;           /* SQLite's own part comes first */
	char name[32];
	int64_t now;               /* seconds since 1970: may be set at any time */
	bool asked;                /* a statement read it */
};

/* SQLite knows it by `name` until it is done, for which every connection must be closed; the struct may not move.  Answers a status of SQLite. */
int query_clock_init(struct query_clock *clock);
void query_clock_done(struct query_clock *clock);

#endif
