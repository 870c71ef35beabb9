/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the end of what is quoted or grouped: false where it has none. */
#ifndef CODEC_SHELL_QUOTE_H
#define CODEC_SHELL_QUOTE_H

#include "base/slice.h"

/* Quotes and substitutions inside each other; people write three. */
#define SHELL_DEPTH 8

/* '\0' behind the end, which is no letter of any set. */
static inline char
shell_char_at(struct slice in, size_t at)
{
	return at < in.n ? in.p[at] : '\0';
}

static inline bool
shell_is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* From where `*at` stands behind the next `end`, but for one behind a backslash where that escapes. */
bool shell_skip_to(struct slice in, size_t *at, char end, bool escapes);
/* From a '(' or '{' behind the one that closes it; what is quoted or substituted inside is passed over, SHELL_DEPTH at most.  `quoted`: inside "". */
bool shell_skip_group(struct slice in, size_t *at, bool quoted, unsigned depth);

#endif
