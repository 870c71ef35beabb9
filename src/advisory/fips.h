/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ubuntu publishes validated builds in three channels, which nothing in an image tells apart: a preview, what was certified, and that
 * with what was mended since.  What is said of each counts as said of one channel, "fips".
 */
#ifndef ADVISORY_FIPS_H
#define ADVISORY_FIPS_H

#include "advisory/record.h"
#include "base/arena.h"

/* Each may be followed by the ones behind it. */
enum fips_grade { FIPS_NONE, FIPS_PREVIEW, FIPS_CERTIFIED, FIPS_UPDATES };

/* "fips-updates", "FIPS-preview"; FIPS_NONE for anything else. */
enum fips_grade fips_grade(struct slice channel);

/*
 * Leaves out of an advisory's statements those of a grade that another one of the same package outdoes: whoever takes updates has what
 * is mended in them.  That one is not affected outdoes nothing.  The n that are left keep their order; keys are made in the arena.
 */
bool fips_reduce(struct affected *list, const enum fips_grade *grades, size_t *n, struct arena *arena);

#endif
