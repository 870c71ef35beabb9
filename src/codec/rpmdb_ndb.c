/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's own format "ndb" (Packages.db), little-endian throughout.  The file
 * begins with pages of 16-byte slots, the first two of which are the head;
 * a slot names a run of 16-byte blocks with one header between two markers.
 */
#include "codec/rpmdb.h"

#include "base/cursor.h"
#include "base/error.h"
#include "base/limits.h"

#include <inttypes.h>
#include <zlib.h>

#define BLOCK_SIZE     16
#define SLOT_PAGE_SIZE 4096
#define FILE_HEAD_SIZE 32
#define BLOB_HEAD_SIZE 16
#define BLOB_TAIL_SIZE 12

struct slot {
	struct slice magic;
	uint32_t package, first, count;    /* blocks */
};

struct walk {
	struct slice db;
	const struct rpmdb_sink *sink;
	uint64_t blocks_left;    /* no more blocks are read than the file has: overlapping slots end here */
};

static int
ndb_bid(struct slice head)
{
	return slice_starts(head, SLICE("RpmP")) ? 32 : 0;
}

static struct slot
slot_read(struct cursor *c)
{
	struct slot slot;
	slot.magic = cursor_take(c, 4);
	slot.package = cursor_u32le(c);
	slot.first = cursor_u32le(c);
	slot.count = cursor_u32le(c);
	return slot;
}

/* The checksum covers the marker before, the header, and the padding up to the marker behind. */
static const char *
blob_open(struct slice run, uint32_t package, struct slice *out)
{
	if (run.n < BLOB_HEAD_SIZE + BLOB_TAIL_SIZE)
		return "the blocks are too few for a header";
	struct cursor head = cursor_of(run), tail = cursor_of(run);
	struct slice starts = cursor_take(&head, 4);
	uint32_t owner = cursor_u32le(&head);
	cursor_u32le(&head);    /* the generation that wrote it */
	uint32_t length = cursor_u32le(&head);
	cursor_seek(&tail, run.n - BLOB_TAIL_SIZE);
	uint32_t checksum = cursor_u32le(&tail), length_again = cursor_u32le(&tail);

	if (!slice_is(starts, "BlbS") || !slice_is(cursor_take(&tail, 4), "BlbE"))
		return "the blocks do not begin and end with the marks of a header";
	if (owner != package)
		return "the blocks belong to another package than the slot says";
	if (length != length_again || length > run.n - BLOB_HEAD_SIZE - BLOB_TAIL_SIZE)
		return "the header's length does not fit its blocks";
	if (adler32(1, (const Bytef *)run.p, (uInt)(run.n - BLOB_TAIL_SIZE)) != checksum)
		return "the header's checksum does not match";
	*out = (struct slice){ run.p + BLOB_HEAD_SIZE, length };
	return NULL;
}

static const char *
slot_open(struct walk *walk, const struct slot *slot, struct slice *out)
{
	if (!slice_is(slot->magic, "Slot") || slot->package == 0 || slot->first == 0)
		return "not a slot";
	struct cursor c = cursor_of(walk->db);
	uint64_t at = (uint64_t)slot->first * BLOCK_SIZE, size = (uint64_t)slot->count * BLOCK_SIZE;
	if (at > walk->db.n || size > walk->db.n - at)
		return "the slot points behind the end of the file";
	if (size > LIMIT_RPM_HEADER_BYTES)
		return "the header is larger than RPM_HEADER_BYTES";
	if (slot->count > walk->blocks_left)
		return "slots overlap";
	walk->blocks_left -= slot->count;
	cursor_seek(&c, at);
	return blob_open(cursor_take(&c, size), slot->package, out);
}

static bool
slot_is_free(const struct slot *slot)
{
	return slice_is(slot->magic, "Slot") && slot->package == 0 && slot->first == 0;
}

static int
slots_walk(struct walk *walk, struct cursor *c, struct plim_error *err)
{
	while (cursor_left(c) > 0) {
		struct rpmdb_place place = { "offset", c->at };
		struct slot slot = slot_read(c);
		if (slot_is_free(&slot))
			continue;
		struct slice blob;
		const char *fault = slot_open(walk, &slot, &blob);
		if (fault == NULL)
			place.at = (uint64_t)slot.first * BLOCK_SIZE;
		int r = fault ? walk->sink->damage(walk->sink->context, place, fault, err)
		              : walk->sink->header(walk->sink->context, place, blob, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
ndb_each(struct slice db, const struct rpmdb_sink *sink, struct plim_error *err)
{
	struct cursor head = cursor_of(db);
	cursor_take(&head, 4);
	uint32_t version = cursor_u32le(&head);
	cursor_u32le(&head);    /* generation */
	uint64_t slots = (uint64_t)cursor_u32le(&head) * SLOT_PAGE_SIZE;
	if (head.bad || slots == 0 || slots > db.n)
		return error_set(err, PLIM_EFORMAT, "offset 12: %" PRIu64 " bytes of slots in a file of %zu", slots, db.n);
	if (version != 0)
		return error_set(err, PLIM_EUNSUPPORTED, "offset 4: version %u of the ndb format", version);

	struct walk walk = { db, sink, db.n / BLOCK_SIZE };
	struct cursor c = cursor_of(slice_first(db, slots));
	cursor_seek(&c, FILE_HEAD_SIZE);
	return slots_walk(&walk, &c, err);
}

const struct rpmdb_format rpmdb_ndb = {
	.name = "ndb",
	.bid = ndb_bid,
	.each = ndb_each,
};
