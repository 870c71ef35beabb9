/* SPDX-License-Identifier: Apache-2.0 */
/* What both collectors do with a regular file: digest it, gather it, hand it to whoever wants it. */
#ifndef LAYER_COLLECT_BODY_H
#define LAYER_COLLECT_BODY_H

#include "base/digest.h"
#include "base/strbuf.h"
#include "layer/collect.h"

struct body {
	const struct collector *collector;
	struct block_builder *into;
	struct hasher *hasher;
	struct hasher *md5, *sha1;    /* NULL where nobody asks */
	struct strbuf bytes;
	bool wanted, hashed, too_large;
	bool kept, keep_none;    /* as it is; without its bytes, for there are too many */
	bool headed;             /* its first bytes are wanted */
	bool asked;              /* ... and decide whether the others are */
	bool searched, searching;    /* as its bytes pass; it needs more of them */
	bool begun, program;     /* its first bytes were seen, where anybody asks; they are those of a program */
	const struct entry *entry;    /* of the file at hand */
	struct body_skips skips;
	char *sparse;            /* mapping of a body with skips, as long as the entry says; NULL for one in `bytes` */
	uint64_t sparse_size, sparse_at;
	char head[COLLECT_HEAD_BYTES];
	size_t head_bytes;
};

int body_init(struct body *body, const struct collector *collector, struct block_builder *into, struct plim_error *err);
void body_done(struct body *body);
static inline void
auto_body(struct body *body)
{
	body_done(body);
}

/* Makes ready for a file; false when nobody needs its bytes. */
bool body_begin(struct body *body, const struct entry *entry);
/* Nobody needs more of it: the rest may be left unread. */
bool body_has_enough(const struct body *body);
/* A piece of it. */
int body_add(struct body *body, struct slice piece, struct plim_error *err);
/* All was read: writes the digest into the entry and lets the collector take the bytes. */
int body_end(struct body *body, uint32_t index, const struct entry *entry, struct plim_error *err);
/* The file could not be read: a problem of its entry. */
int body_fail(struct body *body, uint32_t index, const struct plim_error *why, struct plim_error *err);

#endif
