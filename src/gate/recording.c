/* SPDX-License-Identifier: Apache-2.0 */
/* Stored inventories as bytes. */
#include "gate/recording.h"

#include "base/auto.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/wire.h"
#include "catalog/cataloger.h"
#include "codec/pack.h"
#include "layer/block.h"

#include <plimsoll/build.h>

#include <stdio.h>

#define MAGIC "PLIMINV\n"
#define SHA256_BYTES 32
#define PART_BYTES (4 + 8 + 8 + SHA256_BYTES)

_Static_assert(sizeof MAGIC - 1 == RECORDING_MAGIC_SIZE, "as others read it");

bool
recording_is(struct slice head)
{
	return slice_starts(head, SLICE(MAGIC));
}

/* Who read the layers: rows that its catalogers do not make yet must not look like rows that are not there. */
static struct digest
maker(void)
{
	char version[16];
	AUTO(hasher) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	if (hasher == NULL)
		return (struct digest){ 0 };
	snprintf(version, sizeof version, "%d", BLOCK_VERSION);
	hasher_add(hasher, slice_of(PLIM_VERSION "\n"));
	hasher_add(hasher, slice_of(version));
	for (size_t i = 0; catalogers[i]; i++) {
		hasher_add(hasher, SLICE("\n"));
		hasher_add(hasher, slice_of(catalogers[i]->name));
	}
	return hasher_end(hasher);
}

int
recording_add(struct recording_part *part, enum recording_kind kind, struct slice plain, struct arena *arena, struct plim_error *err)
{
	AUTO(strbuf) struct strbuf packed = { 0 };
	int r = pack(plain, &packed, err);
	if (r < 0)
		return r;
	*part = (struct recording_part){ kind, arena_dup(arena, strbuf_slice(&packed)), plain.n, digest_of(strbuf_slice(&packed)) };
	return part->packed.p ? 0 : error_nomem(err);
}

static void
put_sha256(struct strbuf *into, const struct digest *digest)
{
	strbuf_put(into, (struct slice){ (const char *)digest->bytes, SHA256_BYTES });
}

void
recording_write(const struct recording *recording, struct strbuf *into)
{
	struct digest made_by = maker();
	strbuf_puts(into, MAGIC);
	wire_put_u32(into, RECORDING_VERSION);
	wire_put_u32(into, (uint32_t)recording->n);
	put_sha256(into, &made_by);
	for (size_t i = 0; i < recording->n; i++) {
		const struct recording_part *part = &recording->parts[i];
		wire_put_u32(into, part->kind);
		wire_put_u64(into, part->packed.n);
		wire_put_u64(into, part->size);
		put_sha256(into, &part->digest);
	}
	for (size_t i = 0; i < recording->n; i++)
		strbuf_put(into, recording->parts[i].packed);
}

static struct digest
take_sha256(struct cursor *from)
{
	struct digest digest = { .algorithm = DIGEST_SHA256 };
	struct slice bytes = cursor_take(from, SHA256_BYTES);
	if (bytes.p)
		memcpy(digest.bytes, bytes.p, SHA256_BYTES);
	return digest;
}

static int
take_header(struct cursor *from, uint32_t *parts, struct plim_error *err)
{
	struct digest ours = maker();
	if (!slice_eq(cursor_take(from, sizeof MAGIC - 1), SLICE(MAGIC)))
		return error_set(err, PLIM_EFORMAT, "no stored inventory");
	uint32_t version = cursor_u32le(from);
	*parts = cursor_u32le(from);
	struct digest theirs = take_sha256(from);
	if (from->bad)
		return error_set(err, PLIM_EFORMAT, "it ends in its header");
	if (version != RECORDING_VERSION || !digest_eq(&ours, &theirs))
		return error_set(err, PLIM_EUNSUPPORTED, "it was recorded by another version of plimsoll: record it again");
	return 0;
}

/* The set first, then blocks and gaps only. */
static int
take_part(struct cursor *from, struct recording *out, struct plim_error *err)
{
	struct recording_part *part = &out->parts[out->n];
	uint32_t kind = cursor_u32le(from);
	part->packed.n = (size_t)cursor_u64le(from);
	part->size = cursor_u64le(from);
	part->digest = take_sha256(from);
	part->kind = (enum recording_kind)kind;
	if (kind > RECORDING_GAP || (kind == RECORDING_SET && out->n > 0))
		return error_set(err, PLIM_EFORMAT, "part %zu is of a kind that cannot stand there", out->n);
	if (part->size > LIMIT_WORKER_ANSWER_BYTES)
		return error_set(err, PLIM_ELIMIT, "part %zu is larger than limit WORKER_ANSWER_BYTES", out->n);
	out->has_set |= kind == RECORDING_SET;
	out->n++;
	return 0;
}

int
recording_parse(struct slice bytes, struct arena *arena, struct recording *out, struct plim_error *err)
{
	struct cursor from = cursor_of(bytes);
	uint32_t n = 0;
	int r = take_header(&from, &n, err);
	if (r < 0)
		return r;
	if (n > cursor_left(&from) / PART_BYTES)
		return error_set(err, PLIM_EFORMAT, "%u parts are more than there can be", n);
	*out = (struct recording){ .parts = arena_make_array(arena, n + (size_t)1, struct recording_part) };
	if (out->parts == NULL)
		return error_nomem(err);
	for (uint32_t i = 0; i < n; i++)
		if ((r = take_part(&from, out, err)) < 0)
			return r;
	for (uint32_t i = 0; i < n; i++)
		out->parts[i].packed = cursor_take(&from, out->parts[i].packed.n);
	if (from.bad || cursor_left(&from) > 0)
		return error_set(err, PLIM_EFORMAT, "its parts have another length than it has");
	return 0;
}

int
recording_unpack(const struct recording_part *part, char **out, struct plim_error *err)
{
	struct digest digest = digest_of(part->packed);
	if (!digest_eq(&digest, &part->digest))
		return error_set(err, PLIM_EDIGEST, "it is damaged: its bytes have another digest");
	return unpack(part->packed, (size_t)part->size, out, err);
}
