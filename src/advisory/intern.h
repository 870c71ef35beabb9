/* SPDX-License-Identifier: Apache-2.0 */
/* Texts, each kept once and known by a number: feeds repeat themselves, and there are millions of records. */
#ifndef ADVISORY_INTERN_H
#define ADVISORY_INTERN_H

#include "base/strbuf.h"
#include "base/vec.h"

struct interned {
	uint32_t at, n;
};

struct interner {              /* valid when zeroed */
	struct strbuf bytes;
	VEC(struct interned) texts;
	uint32_t *slots;       /* numbers, 0 where free */
	size_t room;           /* a power of two */
	uint64_t seed;
};

void interner_done(struct interner *in);

/* The text must not be one of its own.  Its number, from 1 on in the order of their coming; 0 for the empty one.  INTERN_FAILED without memory, or beyond 4 GiB. */
#define INTERN_FAILED UINT32_MAX
uint32_t intern(struct interner *in, struct slice text);

/* The text of a number, valid until the next one is interned; absent of 0. */
struct slice interned(const struct interner *in, uint32_t number);

/* Forgets all but the first `n`. */
void interner_cut(struct interner *in, size_t n);

#endif
