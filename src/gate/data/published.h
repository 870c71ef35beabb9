/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of a mirror that has signed databases: what leads to the newest one (plimsoll-database(7), INDEX OF A MIRROR).  Nobody signs it, so
 * that it is believed in nothing but where to look.
 */
#ifndef GATE_DATA_PUBLISHED_H
#define GATE_DATA_PUBLISHED_H

#include "base/digest.h"
#include "base/wire.h"

/* A file beside the index. */
struct published_file {
	struct slice name;
	struct digest from;            /* of a delta: root of the database that it begins with; none of the bundle */
	struct digest digest;          /* SHA-256 of its bytes */
	uint64_t size;
};

struct published_index {
	struct published_file bundle;
	struct digest root;            /* of the newest database */
	uint64_t serial, size;         /* its size without signatures */
	struct published_file *deltas; /* to it */
	size_t delta_count;
};
extern const struct wire_struct wire_published_index;

void published_write(const struct published_index *index, struct strbuf *into);
/* Texts and arrays are in the arena; members that are not known are passed over.  What it answers has passed published_check. */
int published_parse(struct slice text, struct arena *arena, struct published_index *out, struct plim_error *err);
/* PLIM_EFORMAT where a name is more than a name, a digest is none or a size is not one of a database; for what came from another process, too. */
int published_check(const struct published_index *index, struct plim_error *err);

/* Has a confined process read one, or whatever else `form` (enum index_form) says that it is: its answer, SAY_INDEX, in `*out`. */
struct run;
struct message;
int published_read(struct run *run, int fd, uint32_t form, struct message *out, struct plim_error *err);

#endif
