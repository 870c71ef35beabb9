/* SPDX-License-Identifier: Apache-2.0 */
/* Extended headers of tar (POSIX.1-2001 pax) and what GNU tar adds to them for sparse files. */
#ifndef CODEC_TAR_PAX_H
#define CODEC_TAR_PAX_H

#include "base/vec.h"
#include "codec/tar.h"

/* A run of bytes of a sparse file that is stored. */
struct extent {
	uint64_t offset, size;
};
struct extents {
	struct extent *at;
	size_t n, room;
};

struct pax {
	struct slice path, link, capability;    /* in the header's text, or in `decoded` */
	char *decoded;                          /* a capability that came in base64 */
	bool has_size, has_uid, has_gid, has_mtime, has_real_size;
	uint64_t size, real_size;
	uint32_t uid, gid;
	int64_t mtime;
	VEC(struct xattr) xattrs;           /* without the capability */
	struct slice sparse_name, sparse_map, sparse_major, sparse_minor;
	bool overlay;                           /* a mark of overlay file systems */
	bool map_in_body;                       /* GNU.sparse 1.0 */
	bool has_pending;                       /* an offset of 0.0 that waits for its size */
	uint64_t pending;
	struct extents extents;                 /* of 0.0 */
};

/* Releases what it holds and leaves it zeroed. */
void pax_done(struct pax *pax);

/* Reads the records of one header, `out` zeroed before; slices point into `text`. */
int pax_parse(struct slice text, struct pax *out, struct plim_error *err);

/*
 * A global header: the time is kept until another one changes it.
 * Names, owners, sizes, sparse maps and capabilities are refused there: Go's reader, and so
 * every runtime, ignores them, others obey, and the two would see two images.
 */
int pax_parse_global(struct slice text, struct pax *global, struct plim_error *err);

/* Replaces in `entry` what the header says. */
void pax_apply(const struct pax *pax, struct tar_entry *entry);

bool pax_is_sparse(const struct pax *pax);
/* The map of GNU.sparse 0.0 and 0.1. */
int pax_extents(const struct pax *pax, struct extents *into, struct plim_error *err);
int extents_add(struct extents *extents, uint64_t offset, uint64_t size, struct plim_error *err);

#endif
