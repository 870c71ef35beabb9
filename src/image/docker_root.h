/* SPDX-License-Identifier: Apache-2.0 */
/* Files of Docker's data root, for store_files.c: `driver` is how it keeps them, "overlay2". */
#ifndef IMAGE_DOCKER_ROOT_H
#define IMAGE_DOCKER_ROOT_H

#include "base/strbuf.h"
#include "image/store.h"

/* As store_answer: the path of a document below the root; false for a name that no such store has. */
bool docker_root_path(struct slice driver, struct slice asked, struct strbuf *out);
/* As store_layer_open; the blob's name is "layers/CHAIN". */
int docker_root_layer_open(int root, struct slice driver, struct slice blob, int *metadata, int *directory, struct plim_error *err);
/* A directory below the root, never out of it; -1 with errno. */
int store_directory_open(int root, const char *path);

#endif
