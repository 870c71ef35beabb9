/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict reader of tar streams: v7, ustar (POSIX.1-1988), PAX (POSIX.1-2001,
 * local and global headers), GNU (long names and links, base-256 numbers,
 * sparse files old and in PAX 0.0, 0.1 and 1.0).  It tells what the archive
 * says; what a path means is for the layer that reads it.
 */
#ifndef CODEC_TAR_H
#define CODEC_TAR_H

#include "base/stream.h"
#include "base/xattr.h"

enum tar_type { TAR_FILE, TAR_HARDLINK, TAR_SYMLINK, TAR_CHAR, TAR_BLOCK, TAR_DIRECTORY, TAR_FIFO };

struct tar_entry {
	struct slice path;            /* as written; valid until the next tar_next, as all slices here */
	struct slice link;            /* of a symlink or hard link, as written */
	enum tar_type type;
	uint32_t mode;                /* permission, set-id and sticky bits only */
	uint32_t uid, gid;
	uint64_t size;                /* of the file itself: a sparse file's holes count */
	int64_t mtime;
	uint32_t major, minor;        /* of a device */
	struct slice capability;      /* value of security.capability (SCHILY.xattr or LIBARCHIVE.xattr), absent if none */
	const struct xattr *xattrs;   /* without the capability */
	size_t xattr_count;
	bool overlay;                 /* it has xattrs by which overlay file systems hide or move what lies below */
	bool sparse;                  /* its body is not stored in one run */
	uint64_t offset;              /* of the entry's first header block in the stream, for messages */
};

struct tar;

/* `stream` is borrowed and must outlive the reader. */
int tar_open(struct stream *stream, struct tar **out, struct plim_error *err);
void tar_close(struct tar *tar);
AUTO_DEFINE(tar, struct tar, tar_close)

/*
 * Goes to the next entry, skipping what is left of the body: 1 with an entry,
 * 0 at the end (two zero blocks or the end of the stream; whatever follows
 * the zero blocks must be zeros, else PLIM_EFORMAT), negative on errors, each
 * with the offset.  A bad checksum, a body that is cut off, a negative or
 * impossible number is an error, never an end.
 */
int tar_next(struct tar *tar, struct tar_entry *entry, struct plim_error *err);

/* The next piece of the current entry's body, holes as zeros; an empty piece at its end. */
int tar_read(struct tar *tar, struct slice *piece, struct plim_error *err);

/* Bytes of the stream consumed so far. */
uint64_t tar_offset(const struct tar *tar);

#endif
