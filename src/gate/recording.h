/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored inventory: what the judge needs of a target, without the target.
 * Numbers are little-endian:
 *   header   magic "PLIMINV\n", version u32, number of parts u32, SHA-256 of what read the layers
 *   parts    for each: kind u32, packed size u64, plain size u64, SHA-256 of the packed bytes
 *   bytes    of the parts, one zstd frame each, in their order; nothing behind
 * The image set comes first, unless it is of a tree; then a block or a gap for each blob.
 */
#ifndef GATE_RECORDING_H
#define GATE_RECORDING_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#define RECORDING_VERSION 2

enum recording_kind { RECORDING_SET, RECORDING_BLOCK, RECORDING_GAP };

struct recording_part {
	enum recording_kind kind;
	struct slice packed;
	uint64_t size;             /* plain */
	struct digest digest;      /* of the packed bytes */
};

struct recording {
	struct recording_part *parts;
	size_t n;
	bool has_set;              /* it is the first part */
};

/* Whether a file that begins so is one. */
#define RECORDING_MAGIC_SIZE 8
bool recording_is(struct slice head);

/* Packs one more part; its bytes are in the arena. */
int recording_add(struct recording_part *part, enum recording_kind kind, struct slice plain, struct arena *arena, struct plim_error *err);
void recording_write(const struct recording *recording, struct strbuf *into);

/*
 * Takes one apart; parts borrow from `bytes`.  What another version made, or other catalogers, is PLIM_EUNSUPPORTED: it may lack what
 * a policy asks for by now.
 */
int recording_parse(struct slice bytes, struct arena *arena, struct recording *out, struct plim_error *err);
/* Plain bytes of a part, compared with its digest before; the caller's to free. */
int recording_unpack(const struct recording_part *part, char **out, struct plim_error *err);

#endif
