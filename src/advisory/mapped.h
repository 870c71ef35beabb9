/* SPDX-License-Identifier: Apache-2.0 */
/* Between database.c, which opens a file and verifies what of it is touched, and store.c, which reads its records. */
#ifndef ADVISORY_MAPPED_H
#define ADVISORY_MAPPED_H

#include "advisory/database.h"
#include "advisory/format.h"
#include "base/cursor.h"

/* What a look-up learns about the file; a database is constant for those who ask it. */
struct touched {
	bool *blocks, *nodes;          /* verified */
	struct hasher *hasher;
	uint64_t damaged_at;           /* offset of a block that is not what its leaf says, UINT64_MAX: none */
	bool lied;                     /* a record pointed outside its section, or is none */
};

struct database {
	char *path;
	struct slice file;
	uint64_t blocks, leaves_at, nodes_at, nodes, size;
	struct digest root;
	struct slice signatures;       /* absent: there are none */
	struct {
		uint64_t at, size, count;
	} sections[SECTION_COUNT];
	struct touched *touched;
	struct data_feed *feeds;
	size_t feed_count;
	struct slice *keys;            /* the ecosystems, sorted */
	size_t key_count;
};

/* Verifies all blocks that have a part of it; false where one is damaged. */
bool database_verify(const struct database *database, uint64_t at, size_t n);

/* Verified bytes; bad where a block is damaged.  The place must lie inside of the blocks. */
static inline struct cursor
database_touch(const struct database *database, uint64_t at, size_t n)
{
	uint64_t block = at / FORMAT_BLOCK - 1, last = (at + n - (n > 0)) / FORMAT_BLOCK - 1;
	struct cursor c = { .in = { database->file.p + at, n } };
	/* Mostly one, and seen before. */
	if (block != last || n == 0 || !database->touched->blocks[block])
		c.bad = !database_verify(database, at, n);
	return c;
}

/* What a stream has at `*at`, which moves on; false at its end, and where it is damaged. */
bool store_next_record(const struct database *database, enum section section, uint64_t *at, struct cursor *out);
struct slice store_take_text(struct cursor *c);
int64_t store_take_time(struct cursor *c);
/* Whether the record could be read; remembers it where it could not. */
bool store_is_whole(const struct database *database, const struct cursor *c);

#endif
