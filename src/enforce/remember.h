/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guard was told before: one file an answer, below a directory that nobody but the guard's user can write, each written whole or not at
 * all.  Nothing in it comes from strangers but texts, which are only shown.
 */
#ifndef ENFORCE_REMEMBER_H
#define ENFORCE_REMEMBER_H

#include "base/arena.h"
#include "base/digest.h"
#include "enforce/guard.h"

/* By what an answer is found again: another rule, or a rule that demands something else, has answers of its own. */
struct memory_key {
	struct slice repository, tag;      /* tag absent: asked by digest */
	struct digest digest;              /* DIGEST_NONE: asked by tag alone */
	struct digest rule;
};

struct remembered {
	enum guard_outcome outcome;
	struct digest digest;              /* what the place was found to be */
	const struct digest *parts;        /* manifests, configurations and layers that it leads to: a deny list may name any */
	size_t part_count;
	struct slice reason;
	int64_t asked;                     /* seconds */
	int64_t fresh;                     /* until then nobody need be asked again */
	int64_t until;                     /* until then it holds at all */
};

struct memory {
	char *directory;                   /* NULL: nothing is remembered */
};

/* Makes the directory if it is not there.  PLIM_EUSAGE where somebody else could write it: what lies there would authorise. */
int memory_open(const char *directory, struct memory *out, struct plim_error *err);
void memory_done(struct memory *memory);

/* False where there is none, or what there is cannot be read: then it is asked anew.  Lies in the arena. */
bool memory_find(const struct memory *memory, const struct memory_key *key, struct arena *arena, struct remembered *out);
int memory_keep(const struct memory *memory, const struct memory_key *key, const struct remembered *what, struct plim_error *err);

/*
 * The highest number that was seen under this name: a lower one is PLIM_EUSAGE, for somebody replays what was signed before.  A higher one is kept.
 */
int memory_rises(const struct memory *memory, const char *name, uint64_t number, struct plim_error *err);

#endif
