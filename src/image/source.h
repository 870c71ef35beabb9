/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files of an image come from: a directory, or a tar archive that
 * is plain or compressed.  Paths are relative and clean ("blobs/sha256/ab12").
 */
#ifndef IMAGE_SOURCE_H
#define IMAGE_SOURCE_H

#include "base/arena.h"
#include "image/image.h"

struct source;

struct source_want {
	struct slice path;
	size_t blob;       /* what image_blob_fn is told */
};

struct source_ops {
	/* One document, whole, in the arena; PLIM_ENOTFOUND when there is none, PLIM_ELIMIT above LIMIT_DOCUMENT_BYTES. */
	int (*load)(struct source *source, struct slice path, struct arena *arena, struct slice *out, struct plim_error *err);
	/* Where the bytes of `path` are once links are followed (in the arena or the source), and how many there are. */
	int (*find)(struct source *source, struct slice path, struct arena *arena, struct slice *place, uint64_t *size,
	            struct plim_error *err);
	/*
	 * Where the bytes of `path` lie in the one file that holds all, for whoever has that file.  UINT64_MAX twice: within a
	 * compressed archive.  NULL: there is no such file, each path is a file of its own.
	 */
	int (*place)(struct source *source, struct slice path, uint64_t *offset, uint64_t *size, struct plim_error *err);
	/* Opens each wanted file once, in the order that suits the source. */
	int (*read)(struct source *source, const struct source_want *wanted, size_t n, image_blob_fn *fn, void *context,
	            struct plim_error *err);
	void (*close)(struct source *source);
};

struct source {
	const struct source_ops *ops;
	/* Manifests and indexes are found at "manifests/ALGORITHM/HEX": registries keep them apart from blobs. */
	bool manifests_apart;
};

static inline void
source_close(struct source *source)
{
	if (source)
		source->ops->close(source);
}
AUTO_DEFINE(source, struct source, source_close)

/* Both take the descriptor over, also when they fail. */
int source_open_directory(int fd, struct source **out, struct plim_error *err);
int source_open_archive(int fd, struct source **out, struct plim_error *err);

/* The digest that a path of the form "FOLDER/ALGORITHM/HEX" names; `folder` ends with a slash. */
bool layout_path_digest(struct slice path, struct slice folder, struct digest *out);

/* The file at `path` of whoever is at the other end of the channel; the caller's to close. */
int source_ask(int channel, struct slice path, int *out, struct plim_error *err);
/* A tar archive that passes by: asked for over the channel (borrowed) as "archive" each time it is read. */
int source_open_passing(int channel, struct source **out, struct plim_error *err);

/* The file at `path` below a layout's directory, never out of it; for whoever asks in another process's name. */
int layout_file_open(int root, struct slice path, int *out, uint64_t *size, struct plim_error *err);

/* The size of that file, which is not opened unless it is a link: a file that is gone or none is an error all the same. */
int layout_file_size(int root, struct slice path, uint64_t *size, struct plim_error *err);

/* The kind of the question; kinds of other messages on the same channel begin above it. */
#define SOURCE_ASK 1

/* A directory that somebody else holds, or a registry: every file is asked for over the channel (borrowed), one message each. */
int source_open_remote(int channel, bool manifests_apart, struct source **out, struct plim_error *err);
/* The other end: answers one such question about `root`; the body of it is the path.  A path that no layout has is refused. */
int source_answer(int channel, int root, struct slice path, struct plim_error *err);

/* Whether there is anything of that name: what cannot be read is there, and its reader will say why. */
bool source_has(struct source *source, const char *path);

/* Joins `path`, relative to directory `base`, into a clean path in the arena; absent when it leads out of the root. */
struct slice member_path_clean(struct slice base, struct slice path, struct arena *arena);

#endif
