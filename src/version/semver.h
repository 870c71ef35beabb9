/* SPDX-License-Identifier: Apache-2.0 */
/* MAJOR.MINOR.PATCH[-LABELS][+BUILD] and its precedence: the ground of the orderings that follow semver 2.0.0. */
#ifndef VERSION_SEMVER_H
#define VERSION_SEMVER_H

#include "version/scheme.h"

struct semver {
	struct slice number[3];
	unsigned numbers;         /* that were given: ranges and Go leave some out, which count as zero */
	bool wild;                /* a wildcard stands for those that are left out */
	bool disordered;          /* a number followed it */
	struct slice pre, build;  /* without their sign; absent where there are none */
};

/* Where the ecosystems differ. */
struct semver_rules {
	const char *most;         /* the largest number, NULL without one */
	const char *wildcards;    /* in the place of a number, "" for none */
	bool behind_wildcards;    /* numbers and labels may follow one; they say nothing */
	bool padded;              /* numbers and labels may begin with zeros */
	unsigned least;           /* numbers that must be there; labels may follow that many, but two or three */
};

/* Takes one off the front of `rest`, as far as it goes; false where none begins it. */
bool semver_take(struct slice *rest, const struct semver_rules *rules, struct semver *out);
/* The whole text. */
bool semver_parse(struct slice text, const struct semver_rules *rules, struct semver *out);
int semver_check(struct slice text, const struct semver_rules *rules, struct plim_error *err);

/* Precedence: the build does not count. */
int semver_order(const struct semver *a, const struct semver *b);
/* Of texts: what is refused comes first. */
int semver_compare(struct slice a, struct slice b, const struct semver_rules *rules);
/* Of the first `n` numbers alone. */
int semver_order_numbers(const struct semver *a, const struct semver *b, unsigned n);
/* How many of the numbers "^" keeps: up to the first that is not zero. */
unsigned semver_caret_width(const struct semver *want);
/* Of labels behind a version: none comes after any. */
int semver_order_labels(struct slice a, struct slice b);
/* The same where none comes first, as with pub's builds. */
int semver_order_parts(struct slice a, struct slice b);

#endif
