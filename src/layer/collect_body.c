/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of regular files on their way into a block. */
#include "layer/collect_body.h"

#include "base/error.h"
#include "base/limits.h"

#include <stdio.h>

/* What one unusually large file may leave allocated for the next. */
#define KEPT_BYTES ((size_t)8 << 20)

int
body_init(struct body *body, const struct collector *collector, struct block_builder *into, struct plim_error *err)
{
	block_with_digests(into, collector->hashing);
	*body = (struct body){ .collector = collector, .into = into, .hasher = hasher_new(DIGEST_SHA256) };
	return body->hasher ? 0 : error_nomem(err);
}

void
body_done(struct body *body)
{
	hasher_free(body->hasher);
	strbuf_done(&body->bytes);
}

/* Programs and configuration are what an intruder replaces. */
static bool
wants_digest(enum hashed_files hashing, const struct entry *entry)
{
	if (hashing != HASH_PROGRAMS)
		return hashing == HASH_EVERYTHING;
	return (entry->mode & 0111) || slice_starts(entry->path, SLICE("etc/"));
}

bool
body_begin(struct body *body, const struct entry *entry)
{
	const struct collector *collector = body->collector;
	if (body->bytes.room > KEPT_BYTES)
		strbuf_done(&body->bytes);
	strbuf_clear(&body->bytes);
	/* Bytes of a file that failed half-way may still be in it. */
	if (body->hashed)
		hasher_end(body->hasher);
	body->wanted = collector->wants && collector->wants(collector->context, entry);
	body->hashed = wants_digest(collector->hashing, entry);
	body->too_large = body->wanted && entry->size > LIMIT_BODY_BYTES;
	body->kept = collector->keeps && collector->keeps(collector->context, entry);
	body->keep_none = body->kept && entry->size > LIMIT_CONFIG_BODY_BYTES;
	body->headed = collector->head && entry->type == ENTRY_FILE && (entry->mode & 0111);
	body->head_bytes = 0;
	return body->wanted || body->hashed || body->kept || body->headed;
}

bool
body_has_enough(const struct body *body)
{
	return !body->wanted && !body->hashed && !body->kept && body->head_bytes == sizeof body->head;
}

static void
head_add(struct body *body, struct slice piece)
{
	piece = slice_first(piece, sizeof body->head - body->head_bytes);
	if (piece.n)
		memcpy(body->head + body->head_bytes, piece.p, piece.n);
	body->head_bytes += piece.n;
}

int
body_add(struct body *body, struct slice piece, struct plim_error *err)
{
	if (body->hashed)
		hasher_add(body->hasher, piece);
	if (body->headed)
		head_add(body, piece);
	/* A tree's file may have grown since it was looked at. */
	if (piece.n > LIMIT_CONFIG_BODY_BYTES || body->bytes.n > LIMIT_CONFIG_BODY_BYTES - piece.n)
		body->keep_none = body->kept;
	if (body->wanted && piece.n > LIMIT_BODY_BYTES - body->bytes.n)
		body->too_large = true;
	bool gathers = (body->wanted && !body->too_large) || (body->kept && !body->keep_none);
	if (gathers)
		strbuf_put(&body->bytes, piece);
	else
		strbuf_done(&body->bytes);
	return body->bytes.failed ? error_nomem(err) : 0;
}

static int
too_large(struct body *body, uint32_t index, struct plim_error *err)
{
	char text[96];
	snprintf(text, sizeof text, "a file beyond limit BODY_BYTES (%ju) is not read", (uintmax_t)LIMIT_BODY_BYTES);
	return block_add_problem(body->into, index, SLICE(""), slice_of(text), err);
}

int
body_end(struct body *body, uint32_t index, const struct entry *entry, struct plim_error *err)
{
	struct digest digest;
	struct slice bytes = SLICE_NONE;
	const struct collector *collector = body->collector;
	if (body->hashed) {
		digest = hasher_end(body->hasher);
		bytes = (struct slice){ (const char *)digest.bytes, 32 };
	}
	body->hashed = false;
	bool take = body->wanted && !body->too_large;
	block_entry_read(body->into, index, take ? ENTRY_EXTRACTED : 0, bytes);
	struct slice content = strbuf_slice(&body->bytes);
	int r = body->too_large ? too_large(body, index, err) : 0;
	if (r == 0 && body->headed)
		r = collector->head(collector->context, body->into, index, (struct slice){ body->head, body->head_bytes }, err);
	if (r == 0 && take)
		r = collector->take(collector->context, body->into, index, entry, content, err);
	if (r < 0 || !body->kept)
		return r;
	return collector->keep(collector->context, body->into, index, entry, body->keep_none ? SLICE_NONE : content, err);
}

int
body_fail(struct body *body, uint32_t index, const struct plim_error *why, struct plim_error *err)
{
	return block_add_problem(body->into, index, SLICE(""), slice_of(why->text), err);
}
