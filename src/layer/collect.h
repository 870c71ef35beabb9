/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a block: from a tar stream or from a directory.  What is worth
 * reading inside a file is not known here; a `struct collector` decides.
 */
#ifndef LAYER_COLLECT_H
#define LAYER_COLLECT_H

#include "base/digest.h"
#include "base/stream.h"
#include "base/xattr.h"
#include "layer/block.h"

/* The headers of linked programs are in it, with room to spare. */
#define COLLECT_HEAD_BYTES 4096

/* Runs of a body that nobody needs: they read as zeros. */
#define COLLECT_SKIP_MOST 16
struct body_skips {
	struct { uint64_t from, to; } at[COLLECT_SKIP_MOST];
	size_t n;
};

/* What stands in the directory of an overlay for that which the directories below it lack. */
enum overlay_marks {
	MARKS_NONE,                /* it is no such directory: names and devices are what they are */
	MARKS_KERNEL,              /* devices 0:0, and an xattr of directories (Documentation/filesystems/overlayfs.rst) */
	MARKS_FUSE,                /* of fuse-overlayfs: these, and the names that tar has for them */
};
#define OVERLAY_MARKS_MOST MARKS_FUSE

/* So many ids of a user name space, from `inside` on, are those from `outside` on where it is read from. */
struct id_run {
	uint32_t inside, outside, count;
};

struct id_map {
	const struct id_run *at;
	size_t n;                  /* 0: they are the same */
};

struct collector {
	void *context;
	enum hashed_files hashing;  /* of regular files */
	/* Does anybody want the bytes of this regular file?  Asked once for each. */
	bool (*wants)(void *context, const struct entry *entry);
	/*
	 * The whole body of a wanted file, borrowed for the call.  Adds rows and
	 * problems for `index`; an error of its own making (memory, a limit of the block) ends the layer.
	 */
	int (*take)(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body,
	            struct plim_error *err);
	/*
	 * Is the body of a regular file that `wants` did not ask for wanted for what it begins with (COLLECT_HEAD_BYTES, or all)?
	 * `*skips`, empty before, gets what of it may be left out; then LIMIT_PROGRAM_FILE_BYTES is its bound.  Asked where
	 * `heads` says so.  Both may be NULL.
	 */
	bool (*heads)(void *context, const struct entry *entry);
	bool (*bids)(void *context, const struct entry *entry, struct slice head, struct body_skips *skips);
	/* Is the body of this regular file to be kept as it is, whoever else wants it?  May be NULL, as the two below. */
	bool (*keeps)(void *context, const struct entry *entry);
	/* The whole body of such a file; absent where it is beyond LIMIT_CONFIG_BODY_BYTES. */
	int (*keep)(void *context, struct block_builder *into, uint32_t index, const struct entry *entry, struct slice body,
	            struct plim_error *err);
	/* The first COLLECT_HEAD_BYTES, or all, of a regular file that somebody may execute.  May be NULL. */
	int (*head)(void *context, struct block_builder *into, uint32_t index, struct slice head, struct plim_error *err);
	/*
	 * May be NULL: then whatever is mounted in a directory is a part of it.  Else the directory `index` is left out: another file system of
	 * that kind is mounted there, or none (absent), and why.
	 */
	int (*left_out)(void *context, struct block_builder *into, uint32_t index, struct slice kind, struct slice reason, struct plim_error *err);
	const struct mounts *mounts;    /* with it: known before anybody asks them; may be NULL */
	/* What HASH_RECORDED asks for, of a regular file.  May be NULL. */
	int (*recorded)(void *context, struct block_builder *into, uint32_t index, const struct digest *md5, const struct digest *sha1,
	                struct plim_error *err);
	/*
	 * May be NULL.  Are the bytes of this regular file to be searched as they pass, whoever else wants them?  Then come its pieces, until
	 * `*more` is made false, and its end, which adds rows and problems.
	 */
	bool (*searches)(void *context, const struct entry *entry);
	int (*search)(void *context, struct slice piece, bool *more, struct plim_error *err);
	int (*searched)(void *context, struct block_builder *into, uint32_t index, struct plim_error *err);
	/*
	 * Of a directory.  Marks become ENTRY_WHITEOUT and ENTRY_OPAQUE; a file whose content, or a directory whose names, are taken from elsewhere
	 * (metacopy, redirect_dir) is a problem; what else the overlay notes in xattrs is not told.
	 */
	enum overlay_marks marks;
	/* Whether a file begins as a program does is told of each (ENTRY_PROGRAM). */
	bool programs;
	/* Of a directory: what owners are called inside. */
	struct id_map uids, gids;
	/* An xattr of an entry of any kind, its capability apart. */
	int (*xattr)(void *context, struct block_builder *into, uint32_t index, const struct xattr *xattr, struct plim_error *err);
};

/*
 * Walks a plain tar stream to its very end.  Paths become clean; names
 * ".wh.NAME" and ".wh..wh..opq" become ENTRY_WHITEOUT and ENTRY_OPAQUE (other ".wh..wh." names, AUFS's own, are dropped).  A
 * path that climbs above the root, one of more than LIMIT_PATH_BYTES or with a NUL is PLIM_EFORMAT.
 * A wanted body beyond LIMIT_BODY_BYTES becomes a problem of its entry.
 * Errors name offset and path, not the layer: the caller adds it.
 */
int collect_tar(struct stream *plain, const struct collector *collector, struct block_builder *into, struct plim_error *err);

/*
 * Walks an unpacked tree below `dirfd` (borrowed) without following links or crossing out of it, in
 * bytewise order of names; whiteout names are plain names here.  What cannot be opened or read becomes a problem.
 * Xattrs are read of files and directories; hard links appear as files.  The kernel's own file systems mounted inside (proc, sysfs, devpts,
 * cgroup) are not entered.
 */
int collect_directory(int dirfd, const struct collector *collector, struct block_builder *into, struct plim_error *err);

#endif
