/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel of the running machine tells, read from its proc file
 * system in two steps, each in the same process: links, which the kernel
 * shows to nobody who is confined by Landlock, as bytes; then, confined,
 * everything that has to be taken apart.  Names, arguments and paths of
 * processes are whatever those processes want.
 *
 * The result is a block of one entry, the root, with rows of live.def on it;
 * a problem's cataloger is the table that it concerns, or "TABLE.COLUMN".
 */
#ifndef CATALOG_LIVE_LIVE_H
#define CATALOG_LIVE_LIVE_H

#include "base/arena.h"
#include "base/auto.h"
#include "base/strbuf.h"
#include "layer/block.h"

#define KIND(name, table, meaning) LIVE_##name,
#define FIELD(kind, name, column, type, meaning)
#define END(name)
enum live_kind {
#include "catalog/live/live.def"
	LIVE_KIND_COUNT
};
#undef KIND
#undef FIELD
#undef END

#define KIND(name, table, meaning) enum {
#define FIELD(kind, name, column, type, meaning) kind##_##name,
#define END(name) name##_FIELD_COUNT };
#include "catalog/live/live.def"
#undef KIND
#undef FIELD
#undef END

/* The links of one process. */
struct process_links {
	uint64_t pid;
	struct slice path, cwd, root;    /* absent: it has none, or may not be seen */
	int on_disk;                     /* of its program: 1, 0, -1 not known */
	bool is_kernel;                  /* a thread of the kernel: it has no program */
};

/* A socket that a process holds. */
struct socket_holder {
	uint64_t inode, pid, fd;
};

struct live_links {
	struct arena *arena;
	struct process_links *processes;    /* in the kernel's order */
	size_t process_count, process_room;
	struct socket_holder *holders;      /* by inode, process, descriptor */
	size_t holder_count, holder_room;
	size_t refused;                     /* processes whose links may not be seen */
	bool privileged;                    /* it is root who looks: no process is hidden */
};

/* `proc` is the root of a proc file system, borrowed, `privileged` whether root looks; PLIM_EUNSUPPORTED where it is none.  Released by live_links_done, also on failure. */
int live_links_read(int proc, bool privileged, struct live_links *out, struct plim_error *err);
void live_links_done(struct live_links *links);
static inline void
auto_live_links(struct live_links *links)
{
	live_links_done(links);
}

/* A whole file of proc, below `directory`, into `out`: 0, or a positive errno; EFBIG beyond limit LIVE_BYTES. */
int live_file_read(int directory, const char *path, struct strbuf *out);

/* The whole block, but finishing it. */
int live_collect(int proc, const struct live_links *links, struct block_builder *into, struct plim_error *err);

#endif
