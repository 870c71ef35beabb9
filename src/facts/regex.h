/* SPDX-License-Identifier: Apache-2.0 */
/* PCRE2 under limits: patterns come from a policy or a query, subjects from an image. */
#ifndef FACTS_REGEX_H
#define FACTS_REGEX_H

#include "base/strbuf.h"

#include <plimsoll/error.h>

struct regex;

int regex_new(struct slice pattern, struct regex **out, struct plim_error *err);
/*
 * One of Go's regexp package, whose syntax is RE2's: what that does not know (look-around, back-references, ...) is refused, and "$" is the end of the
 * text alone.  Unlike there, octal escapes are refused too, and bytes that are not UTF-8 match nothing.
 */
int regex_new_go(struct slice pattern, struct regex **out, struct plim_error *err);
/* The same pattern as PCRE2 spells it, appended. */
int regex_of_go(struct slice pattern, struct strbuf *out, struct plim_error *err);
void regex_free(struct regex *regex);

/* 1 found, 0 not; PLIM_ELIMIT when the engine gave up, which is neither. */
int regex_find(const struct regex *regex, struct slice subject);
/* The same from byte `at` on; what group `n` took goes to `*out`, 0 for all of the match: absent where it took no part, or there is no such group. */
int regex_group(const struct regex *regex, struct slice subject, size_t at, unsigned n, struct slice *out);

#endif
