/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in bytes that are in memory: literals first, then the rules' patterns where one stands. */
#ifndef CATALOG_SECRET_FIND_H
#define CATALOG_SECRET_FIND_H

#include "base/auto.h"
#include "catalog/secret/rule.h"

#include <plimsoll/error.h>

/* No rule looks further before or behind its literal. */
#define SECRET_BEFORE_BYTES ((size_t)128)
#define SECRET_BEHIND_BYTES ((size_t)8192)

/* One at a time uses it: patterns are compiled when the first literal of theirs is met. */
struct secret_finder;

int secret_finder_new(struct secret_finder **out, struct plim_error *err);
void secret_finder_free(struct secret_finder *finder);
AUTO_DEFINE(secret_finder, struct secret_finder, secret_finder_free)

struct secret_match {
	const struct secret_rule *rule;
	uint64_t at;               /* where the secret itself begins in the text, ... */
	size_t n;
	uint64_t hides_from, hides_to;    /* what of the text must not be shown: all of it, and of those that it stands for */
	uint64_t place;            /* ... and where one would look for it: a key's first line */
	uint32_t line, column;     /* for whoever counts them */
	bool example;
	char excerpt[SECRET_EXCERPT_SIZE];
};

/* Numbers are of the text at hand. */
typedef int secret_match_fn(void *context, const struct secret_match *match, struct plim_error *err);

/*
 * What literals that begin in [from, to) of the text lead to; the bytes around are looked at, too.  Secrets may come out of order, overlap and
 * come twice: secret_matches_settle puts that right.  A pattern that takes too long is PLIM_ELIMIT.
 */
int secret_find(struct secret_finder *finder, struct slice text, size_t from, size_t to, struct secret_places *places, secret_match_fn *found, void *context,
                struct plim_error *err);

/* In order and apart: of those that overlap the one whose rule is first, which hides all of them.  Answers how many are left. */
size_t secret_matches_settle(struct secret_match *matches, size_t n);

#endif
