/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of podman, buildah, CRI-O and skopeo on this machine, as their
 * library containers/storage lays it out: where it is, and its files, for
 * whoever opens them in another process's name.  Nothing of it is locked or
 * written.
 */
#ifndef IMAGE_STORE_H
#define IMAGE_STORE_H

#include "base/arena.h"

#include <plimsoll/error.h>

struct store_place {
	const char *directory;         /* graphroot */
	struct slice driver;           /* absent: what is there tells it */
	struct slice reference;        /* what is meant in it */
};

/*
 * "[DRIVER@DIRECTORY+RUN:OPTIONS]REFERENCE", where all but the directory may be left out; or the reference alone: then storage.conf(5) tells,
 * $CONTAINERS_STORAGE_CONF, the user's or the system's, and STORAGE_DRIVER.
 */
int store_find(struct slice address, struct arena *arena, struct store_place *out, struct plim_error *err);

/* "overlay" or "vfs", the one that is named or the only one that is there; PLIM_EUNSUPPORTED for another, or where there are both. */
int store_driver(int root, struct slice named, struct slice *out, struct plim_error *err);

/*
 * Docker's own data root: "[/DIRECTORY]ID", without a directory /var/lib/docker.  `out->driver` is "docker/" and how it keeps files, once
 * docker_root_driver looked: the one of `named` ("overlay2"), or the only one that is there.
 */
int docker_root_find(struct slice address, struct arena *arena, struct store_place *out, struct plim_error *err);
int docker_root_driver(int root, struct slice named, struct slice *out, struct plim_error *err);

/*
 * Answers one SOURCE_ASK about the store; its body is the path: "storage/images.json", "storage/layers.json", or "storage/data/ID/KEY" for
 * what images.json calls big data; of Docker "docker-root/config/HEX".
 */
int store_answer(int channel, int root, struct slice driver, struct slice path, struct plim_error *err);

/* One line of hexadecimal digits, as stores name what they keep: nothing that means something in a path. */
bool store_is_id(struct slice id);

/* What a layer is assembled from, by the blob's name ("layers/ID"): its tar-split and the directory of its files, both the caller's. */
int store_layer_open(int root, struct slice driver, struct slice blob, int *metadata, int *directory, struct plim_error *err);

#endif
