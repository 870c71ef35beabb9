/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a layer as it is, whatever catalogers make of it: the
 * content of files below /etc, extended attributes, and what starts programs.
 */
#ifndef CATALOG_KEEP_H
#define CATALOG_KEEP_H

#include "layer/collect.h"

bool config_file_keeps(const struct entry *entry);
/* Adds a row of ROW_CONFIG_FILE; `body` is absent beyond LIMIT_CONFIG_BODY_BYTES.  `*left` of LIMIT_CONFIG_BYTES for this layer. */
int config_file_keep(struct block_builder *into, uint32_t index, struct slice path, struct slice body, uint64_t *left,
                     struct plim_error *err);

/* The same of a file that a policy's tests look into, whatever its path: a row of ROW_CONTENT.  `masked`: there are secrets in it. */
int content_keep(struct block_builder *into, uint32_t index, struct slice path, struct slice body, bool masked, uint64_t *left, struct plim_error *err);

/* Fill the inventory's config_files, and its rows of ROW_EXTENDED_ATTRIBUTE one for each name of a file. */
struct inventory;
int list_config_files(struct inventory *inventory, struct plim_error *err);
int list_xattrs(struct inventory *inventory, struct plim_error *err);

/* Adds a row of ROW_INTERPRETER for a program that does not start by itself; `head` is what it begins with. */
int interpreter_keep(struct block_builder *into, uint32_t index, struct slice head, struct plim_error *err);

/* Adds a row of ROW_FILE_DIGEST. */
int file_digest_keep(struct block_builder *into, uint32_t index, const struct digest *md5, const struct digest *sha1, struct plim_error *err);

/* Adds a row of ROW_EXTENDED_ATTRIBUTE. */
int xattr_keep(struct block_builder *into, uint32_t index, const struct xattr *xattr, struct plim_error *err);

/* Adds a row of ROW_LEFT_OUT for a directory; one of ROW_HOST for the root, which is entry 0. */
int left_out_keep(struct block_builder *into, uint32_t index, struct slice type, struct slice reason, struct plim_error *err);
int host_keep(struct block_builder *into, bool live, struct plim_error *err);

#endif
