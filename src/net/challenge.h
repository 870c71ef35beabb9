/* SPDX-License-Identifier: Apache-2.0 */
/* What a server demands before it answers: the header WWW-Authenticate, RFC 9110 section 11.6.1, and RFC 6750 for Bearer. */
#ifndef NET_CHALLENGE_H
#define NET_CHALLENGE_H

#include "base/arena.h"

#include <plimsoll/error.h>

#define CHALLENGE_MOST 8

struct challenge {
	struct slice scheme;                    /* "Basic", in any case */
	struct slice realm, service, scope;     /* absent where not told */
};

struct challenges {
	struct challenge at[CHALLENGE_MOST];
	size_t n;
};

/*
 * Adds those of one header; several may stand in one.  Texts are in the arena.  PLIM_EFORMAT for what does not follow the grammar, a
 * parameter twice included; PLIM_ELIMIT beyond CHALLENGE_MOST.
 */
int challenges_parse(struct slice header, struct arena *arena, struct challenges *out, struct plim_error *err);
/* The first of a scheme, by its name in any case; NULL without one. */
const struct challenge *challenges_find(const struct challenges *challenges, const char *scheme);

#endif
