/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets and the images in them.  One file or directory may hold several
 * images (tags, platforms) that share layers: an image_set has them all, with
 * each blob once.  Configurations, manifests and indexes are verified when
 * the set is opened; layer blobs by whoever reads them to their end.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"
#include "base/stream.h"

struct platform {
	struct slice os, architecture, variant;    /* variant may be absent */
};

/* "linux/amd64", "linux/arm64/v8"; false for anything else. */
bool platform_parse(struct slice text, struct platform *out);
/* `wanted` names `have`: equal, where a wanted platform without variant takes any. */
bool platform_matches(const struct platform *wanted, const struct platform *have);
void platform_text(const struct platform *platform, struct strbuf *into);

/* A JSON array of strings as a configuration has it: absent and empty are different things. */
struct string_list {
	const struct slice *at;
	size_t n;
	bool set;
};

struct string_pair {
	struct slice key, value;
};

struct history_step {
	struct slice created_by, comment, author, created;
	bool empty_layer;
};

/* The image configuration (OCI image-spec config.md; Docker's additions).  Missing fields are absent, never an error. */
struct image_config {
	struct platform platform;
	struct slice created;              /* RFC 3339 as written */
	struct slice author;
	struct slice user;
	struct slice working_dir;
	struct slice stop_signal;
	struct string_list env, entrypoint, cmd, shell, on_build;
	struct string_list ports, volumes; /* keys of the objects, sorted bytewise */
	const struct string_pair *labels;  /* sorted bytewise by key */
	size_t label_count;
	struct string_list healthcheck;    /* Test; ["NONE"] disables it */
	const struct history_step *history;
	size_t history_count;
	const struct digest *diff_ids;
	size_t diff_id_count;
};

/* Into the arena; PLIM_EFORMAT with the field's name for a value of the wrong type. */
int image_config_parse(struct slice json, struct arena *arena, struct image_config **out, struct plim_error *err);
/* Of a layer with all below it (DIGEST_NONE: it is the lowest): the digest of both texts (OCI image specification, layer chain ids). */
struct digest image_chain_over(const struct digest *below, const struct digest *diff);

struct image_blob {
	struct digest digest;      /* as the manifest names it; DIGEST_NONE in a docker archive's own layout */
	uint64_t size;             /* as the manifest says; UINT64_MAX where nothing says it */
	struct slice media_type;   /* empty where there is none */
	struct slice name;         /* for messages: "blobs/sha256/ab12..." or "ab12/layer.tar" */
	uint64_t offset;           /* where its bytes begin in a plain archive; UINT64_MAX elsewhere */
	uint64_t stored;           /* how many there are; UINT64_MAX where it is not known yet */
};

struct image_layer {
	size_t blob;               /* index into the set's blobs */
	struct digest diff_id;     /* of the plain bytes, as the configuration claims */
	struct slice media_type;   /* as the manifest says; empty where there is none */
	struct slice instruction;  /* created_by of the history step that made it; absent where history does not say */
};

struct image {
	struct slice reference;    /* "repo:tag" as the archive or index names it; absent if none */
	struct slice const *names; /* all references of it in the archive */
	size_t name_count;
	struct platform platform;  /* of the index entry, else of the configuration */
	struct digest index_digest, manifest_digest, config_digest;    /* DIGEST_NONE where there is none */
	const struct image_config *config;
	const struct image_layer *layers;
	size_t layer_count;
	/* History and layers do not fit each other: instructions are unknown. */
	bool history_mismatch;
};

struct image_set;

/*
 * Opens a target: "TRANSPORT:PATH[:REF]" (docker-archive, oci, oci-archive, rootfs) or the path of a file or
 * directory, sniffed by its content.  `platforms` (NULL for all) selects among those of an index; one that matches
 * nothing is PLIM_ENOTFOUND and names those there are.  Entries annotated as attestation manifests are skipped where
 * they are such.  An error names target, file and offset.
 */
int image_set_open(const char *target, const struct platform *platforms, size_t platform_count, struct image_set **out,
                   struct plim_error *err);
void image_set_close(struct image_set *set);
AUTO_DEFINE(image_set, struct image_set, image_set_close)

/* The target as people wrote it, without the machine's directories ("docker-archive:web.tar:web:1"). */
struct slice image_set_name(const struct image_set *set);
const char *image_set_transport(const struct image_set *set);
/* Images in the index's or archive's order; none for a tree. */
size_t image_set_count(const struct image_set *set);
const struct image *image_set_image(const struct image_set *set, size_t at);
/* A tree (rootfs:): its directory, borrowed; -1 for images. */
int image_set_directory(const struct image_set *set);
size_t image_set_blob_count(const struct image_set *set);
const struct image_blob *image_set_blob(const struct image_set *set, size_t at);

/*
 * Called once for each wanted blob, in the order that suits the source.  `stored` gives the bytes as stored
 * (compressed or not), never more than the size known; it need not be read to its end.  A negative answer ends the walk.
 */
typedef int image_blob_fn(void *context, size_t blob, struct stream *stored, struct plim_error *err);

/* `wanted[i]` for blob i (NULL: all).  A compressed outer archive is inflated a second time, once for all blobs. */
int image_set_read(struct image_set *set, const bool *wanted, image_blob_fn *fn, void *context, struct plim_error *err);

#endif
