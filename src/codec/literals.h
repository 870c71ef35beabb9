/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many literals looked for in one pass over bytes.  Of each literal the three
 * neighbouring bytes are taken that text has least of; where they stand, the
 * whole literal is compared.  What is compiled is immutable and may be shared by threads.
 */
#ifndef CODEC_LITERALS_H
#define CODEC_LITERALS_H

#include "base/auto.h"
#include "base/slice.h"

#include <plimsoll/error.h>

/* A shorter one would stand nearly everywhere. */
#define LITERAL_LEAST 3
#define LITERAL_MOST  255

struct literal {
	struct slice text;         /* LITERAL_LEAST to LITERAL_MOST bytes */
	bool nocase;               /* ASCII letters match in either case */
};

struct literals;

/* Texts are borrowed.  PLIM_ELIMIT for one that is too short or too long. */
int literals_new(const struct literal *all, size_t n, struct literals **out, struct plim_error *err);
void literals_free(struct literals *literals);
AUTO_DEFINE(literals, struct literals, literals_free)

/* `literal` is its number, `offset` where it begins.  An answer other than 0 ends the search. */
typedef int literal_found_fn(void *context, size_t literal, size_t offset);

/*
 * Each occurrence of each literal, overlapping ones too, once: in the order of the places of their rarest
 * bytes, which is not quite that of their beginnings, but always the same one.  Answers 0, or what `found` answered.
 */
int literals_scan(const struct literals *literals, struct slice in, literal_found_fn *found, void *context);

/* The same with vectors of so many bytes at most, where the processor has them: the answers do not differ. */
enum literals_width { LITERALS_1, LITERALS_16, LITERALS_32 };
int literals_scan_width(const struct literals *literals, enum literals_width width, struct slice in, literal_found_fn *found, void *context);

#endif
