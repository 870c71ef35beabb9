/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of regular files on their way into a block. */
#include "layer/collect_body.h"

#include "base/error.h"
#include "base/limits.h"

#include <stdio.h>
#include <sys/mman.h>

/* What one unusually large file may leave allocated for the next. */
#define KEPT_BYTES ((size_t)8 << 20)

int
body_init(struct body *body, const struct collector *collector, struct block_builder *into, struct plim_error *err)
{
	block_with_digests(into, collector->hashing);
	*body = (struct body){ .collector = collector, .into = into, .hasher = hasher_new(DIGEST_SHA256) };
	if (collector->hashing == HASH_RECORDED) {
		body->md5 = hasher_new(DIGEST_MD5);
		body->sha1 = hasher_new(DIGEST_SHA1);
		if (body->md5 == NULL || body->sha1 == NULL)
			return error_nomem(err);
	}
	return body->hasher ? 0 : error_nomem(err);
}

static void
sparse_done(struct body *body)
{
	if (body->sparse)
		munmap(body->sparse, body->sparse_size);
	body->sparse = NULL;
	body->sparse_size = body->sparse_at = 0;
}

void
body_done(struct body *body)
{
	hasher_free(body->hasher);
	hasher_free(body->md5);
	hasher_free(body->sha1);
	strbuf_done(&body->bytes);
	sparse_done(body);
}

struct hashes {
	struct digest sha256, md5, sha1;
};

/* Programs and configuration are what an intruder replaces. */
static bool
wants_digest(enum hashed_files hashing, const struct entry *entry)
{
	if (hashing != HASH_PROGRAMS)
		return hashing != HASH_NOTHING;
	return (entry->mode & 0111) || slice_starts(entry->path, SLICE("etc/"));
}

static void
hash_add(struct body *body, struct slice piece)
{
	if (!body->hashed)
		return;
	hasher_add(body->hasher, piece);
	if (body->md5 == NULL)
		return;
	hasher_add(body->md5, piece);
	hasher_add(body->sha1, piece);
}

/* All of them begin anew. */
static struct hashes
hash_end(struct body *body)
{
	struct hashes hashes = { { 0 }, { 0 }, { 0 } };
	if (!body->hashed)
		return hashes;
	hashes.sha256 = hasher_end(body->hasher);
	if (body->md5) {
		hashes.md5 = hasher_end(body->md5);
		hashes.sha1 = hasher_end(body->sha1);
	}
	body->hashed = false;
	return hashes;
}

bool
body_begin(struct body *body, const struct entry *entry)
{
	const struct collector *collector = body->collector;
	if (body->bytes.room > KEPT_BYTES)
		strbuf_done(&body->bytes);
	strbuf_clear(&body->bytes);
	sparse_done(body);
	/* Bytes of a file that failed half-way may still be in it. */
	hash_end(body);
	bool file = entry->type == ENTRY_FILE;
	body->entry = entry;
	body->begun = body->program = false;
	body->wanted = collector->wants && collector->wants(collector->context, entry);
	body->hashed = wants_digest(collector->hashing, entry);
	body->too_large = body->wanted && entry->size > LIMIT_BODY_BYTES;
	body->kept = collector->keeps && collector->keeps(collector->context, entry);
	body->keep_none = body->kept && entry->size > LIMIT_CONFIG_BODY_BYTES;
	body->asked = file && !body->wanted && collector->heads && collector->heads(collector->context, entry);
	body->headed = body->asked || (collector->head && file && (entry->mode & 0111));
	body->head_bytes = 0;
	body->searched = body->searching = file && collector->searches && collector->searches(collector->context, entry);
	return body->wanted || body->hashed || body->kept || body->headed || body->searched;
}

static bool
is_head_whole(const struct body *body)
{
	return body->head_bytes == sizeof body->head;
}

bool
body_has_enough(const struct body *body)
{
	bool head = !body->headed || is_head_whole(body);
	return !body->wanted && !body->hashed && !body->kept && !body->searching && head;
}

static struct slice
head_of(const struct body *body)
{
	return (struct slice){ body->head, body->head_bytes };
}

/* How much of the piece went into the head. */
static size_t
head_add(struct body *body, struct slice piece)
{
	piece = slice_first(piece, sizeof body->head - body->head_bytes);
	if (piece.n)
		memcpy(body->head + body->head_bytes, piece.p, piece.n);
	body->head_bytes += piece.n;
	return piece.n;
}

/* Pages that nobody writes to cost nothing. */
static int
sparse_begin(struct body *body, struct plim_error *err)
{
	body->sparse_size = body->entry->size;
	body->sparse = mmap(NULL, body->sparse_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (body->sparse != MAP_FAILED)
		return 0;
	body->sparse = NULL;
	return error_nomem(err);
}

static void
sparse_copy(struct body *body, uint64_t from, uint64_t to, struct slice piece)
{
	to = to < body->sparse_size ? to : body->sparse_size;
	if (from < to)
		memcpy(body->sparse + from, piece.p + (from - body->sparse_at), to - from);
}

/* The parts of the piece before, between and behind the skips, which are in order. */
static void
sparse_add(struct body *body, struct slice piece)
{
	uint64_t at = body->sparse_at, end = at + piece.n;
	for (size_t i = 0; i < body->skips.n && at < end; i++) {
		uint64_t from = body->skips.at[i].from, to = body->skips.at[i].to;
		if (to <= at)
			continue;
		sparse_copy(body, at, from < end ? from : end, piece);
		at = to;
	}
	if (at < end)
		sparse_copy(body, at, end, piece);
	body->sparse_at = end;
}

/* Once its first bytes are known, or there are no more of them.  A body that is kept as it is is gathered already. */
static int
ask(struct body *body, struct plim_error *err)
{
	const struct collector *collector = body->collector;
	body->asked = false;
	body->skips.n = 0;
	body->wanted = collector->bids(collector->context, body->entry, head_of(body), &body->skips);
	if (!body->wanted)
		return 0;
	body->too_large = body->entry->size > (body->skips.n ? LIMIT_PROGRAM_FILE_BYTES : LIMIT_BODY_BYTES);
	if (body->too_large || (body->kept && !body->keep_none))
		return 0;
	if (body->skips.n == 0) {
		strbuf_put(&body->bytes, head_of(body));
		return body->bytes.failed ? error_nomem(err) : 0;
	}
	int r = sparse_begin(body, err);
	if (r == 0)
		sparse_add(body, head_of(body));
	return r;
}

static int
gather(struct body *body, struct slice piece, struct plim_error *err)
{
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

/* What the kernel executes: linked programs and libraries, and scripts that name their interpreter. */
static bool
is_program(struct slice first)
{
	return slice_starts(first, SLICE("\177ELF")) || slice_starts(first, SLICE("#!"));
}

int
body_add(struct body *body, struct slice piece, struct plim_error *err)
{
	const struct collector *collector = body->collector;
	if (collector->programs && !body->begun) {
		body->begun = piece.n > 0;
		body->program = is_program(piece);
	}
	int r = body->searching ? collector->search(collector->context, piece, &body->searching, err) : 0;
	if (r < 0)
		return r;
	hash_add(body, piece);
	size_t head = body->headed ? head_add(body, piece) : 0;
	bool gathered = body->kept && !body->keep_none;
	if (body->asked && is_head_whole(body)) {
		r = ask(body, err);
		if (r < 0)
			return r;
		if (!gathered)
			piece = slice_from(piece, head);
	}
	if (body->sparse == NULL)
		return body->asked && !gathered ? 0 : gather(body, piece, err);
	sparse_add(body, piece);
	return 0;
}

static int
too_large(struct body *body, uint32_t index, struct plim_error *err)
{
	char text[96];
	snprintf(text, sizeof text, "a file beyond limit BODY_BYTES (%ju) is not read", (uintmax_t)LIMIT_BODY_BYTES);
	return block_add_problem(body->into, index, SLICE(""), slice_of(text), err);
}

/* What was gathered; a sparse body ends where the bytes ended. */
static struct slice
content_of(const struct body *body)
{
	uint64_t n = body->sparse_at < body->sparse_size ? body->sparse_at : body->sparse_size;
	return body->sparse ? (struct slice){ body->sparse, n } : strbuf_slice(&body->bytes);
}

int
body_end(struct body *body, uint32_t index, const struct entry *entry, struct plim_error *err)
{
	const struct collector *collector = body->collector;
	bool hashed = body->hashed, recorded = hashed && body->md5 && collector->recorded;
	struct hashes hashes = hash_end(body);
	struct slice bytes = hashed ? (struct slice){ (const char *)hashes.sha256.bytes, 32 } : SLICE_NONE;
	int r = body->asked ? ask(body, err) : 0;
	bool take = body->wanted && !body->too_large;
	block_entry_read(body->into, index, (take ? ENTRY_EXTRACTED : 0) | (body->program ? ENTRY_PROGRAM : 0), bytes);
	struct slice content = content_of(body);
	if (r == 0 && recorded)
		r = collector->recorded(collector->context, body->into, index, &hashes.md5, &hashes.sha1, err);
	if (r == 0 && body->too_large)
		r = too_large(body, index, err);
	if (r == 0 && collector->head && (entry->mode & 0111) && body->headed)
		r = collector->head(collector->context, body->into, index, head_of(body), err);
	if (r == 0 && take)
		r = collector->take(collector->context, body->into, index, entry, content, err);
	if (r == 0 && body->searched)
		r = collector->searched(collector->context, body->into, index, err);
	if (r < 0 || !body->kept)
		return r;
	return collector->keep(collector->context, body->into, index, entry, body->keep_none ? SLICE_NONE : content, err);
}

int
body_fail(struct body *body, uint32_t index, const struct plim_error *why, struct plim_error *err)
{
	return block_add_problem(body->into, index, SLICE(""), slice_of(why->text), err);
}
