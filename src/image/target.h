/* SPDX-License-Identifier: Apache-2.0 */
/* What people write for a target, taken apart and opened, before a byte of it is read. */
#ifndef IMAGE_TARGET_H
#define IMAGE_TARGET_H

#include "base/wire.h"
#include "image/image.h"

struct source;

enum target_kind {
	TARGET_ARCHIVE,            /* a file that holds all */
	TARGET_LAYOUT,             /* a directory of blobs */
	TARGET_TREE,               /* a root file system */
	TARGET_HOST,               /* the same of a machine: what is mounted below it is left out; at "/" the running one */
	TARGET_REGISTRY,           /* an image in a registry: files of a layout, which somebody else fetches */
	TARGET_ENGINE,             /* an image of Docker's or podman's: an archive that passes by, whenever it is asked for */
	TARGET_DOCUMENT,           /* a bill of materials in an image's place */
	TARGET_STORAGE,            /* an image of podman's store: documents, and layers of which the tars are made again */
};

struct target {
	enum target_kind kind;
	int fd;                    /* of the file, the directory or the store, the caller's to close; -1 for a registry or an engine */
	struct slice transport;    /* "oci-archive"; absent: to be found out from the archive's members */
	struct slice name;         /* without the machine's directories */
	struct slice reference;    /* absent if none */
	struct slice address;      /* of a registry or an engine: the reference that it is asked for, as it is written; absent elsewhere */
	struct slice driver;       /* of a store; does not travel */
};

/* A directory that is read as it lies there, by one process. */
static inline bool
target_is_tree(enum target_kind kind)
{
	return kind == TARGET_TREE || kind == TARGET_HOST;
}

/* Texts live in the arena.  A bare word that is no file's name may be a reference. */
int target_open(const char *text, struct arena *arena, struct target *out, struct plim_error *err);

/* The same target, written where relative paths begin at `directory`; absent without memory. */
struct slice target_below(struct slice text, struct slice directory, struct arena *arena);

/* As they travel to another process; the target's descriptor goes beside it. */
extern const struct wire_struct wire_target, wire_platform, wire_image;

/*
 * The images of a target.  `source` is taken over, also on failure; NULL for a tree, whose descriptor is then taken from `target`.
 */
int image_set_of(const struct target *target, struct source *source, const struct platform *platforms, size_t platform_count,
                 struct image_set **out, struct plim_error *err);

/* The set as it travels.  Read back, it lends no bytes of blobs: whoever has the descriptors does. */
void image_set_write(const struct image_set *set, struct strbuf *into);
int image_set_parse(struct slice bytes, struct image_set **out, struct plim_error *err);

/* Manifests, indexes and configurations that the set was made from: whose digests it claims. */
size_t image_set_document_count(const struct image_set *set);
struct slice image_set_document(const struct image_set *set, size_t at);

#endif
