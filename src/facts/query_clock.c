/* SPDX-License-Identifier: Apache-2.0 */
/* A file system for SQLite that differs in the time of day, and in where chance comes from. */
#include "facts/query_clock.h"

#include <stdio.h>
#include <sys/random.h>

/* SQLite counts days from noon of 24 November 4714 BC, in milliseconds: so much until 1970. */
#define JULIAN_MS_1970 INT64_C(210866760000000)

static int
current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	struct query_clock *clock = (struct query_clock *)vfs;
	clock->asked = true;
	*out = JULIAN_MS_1970 + clock->now * 1000;
	return SQLITE_OK;
}

static int
current_time(sqlite3_vfs *vfs, double *out)
{
	sqlite3_int64 ms;
	int status = current_time_ms(vfs, &ms);
	*out = (double)ms / 86400000;
	return status;
}

/* The machine's would open a device, which a confined process may not; SQLite seeds with what it gets, and no query may ask for chance. */
static int
randomness(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	return (int)getrandom(out, (size_t)n, 0);
}

int
query_clock_init(struct query_clock *clock)
{
	const sqlite3_vfs *machine = sqlite3_vfs_find(NULL);
	if (machine == NULL)
		return SQLITE_ERROR;
	clock->vfs = *machine;
	/* Names tell them apart, and there may be as many as there are connections. */
	snprintf(clock->name, sizeof clock->name, "plimsoll-%p", (void *)clock);
	clock->vfs.zName = clock->name;
	clock->vfs.pNext = NULL;
	clock->vfs.xRandomness = randomness;
	clock->vfs.xCurrentTime = current_time;
	clock->vfs.xCurrentTimeInt64 = current_time_ms;
	/* Chance is asked of the default one, whatever the connection. */
	return sqlite3_vfs_register(&clock->vfs, 1);
}

void
query_clock_done(struct query_clock *clock)
{
	sqlite3_vfs_unregister(&clock->vfs);
}
