/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limits of limits.def as LIMIT_<NAME>.  They are variables only because a
 * user may choose others before anything is read; nothing else writes them,
 * and every process of a run is forked after.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include "base/slice.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

#include <stdint.h>

#define PLIM_LIMIT(name, number, reason) extern uint64_t LIMIT_##name;
#include "base/limits.def"
#undef PLIM_LIMIT

/* Takes "NAME=NUMBER", where a number may end in K, M or G (powers of 1024). */
int limit_choose(struct slice assignment, struct plim_error *err);

/* Whether a message says that one of the limits was reached: "..., limit LAYER_BYTES". */
bool limit_is_named(struct slice message);

/* Appends "NAME=NUMBER\n" of each that was chosen: what is kept under other limits is another thing. */
void limits_chosen(struct strbuf *into);

#endif
