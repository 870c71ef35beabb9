/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of comparisons: one writer a format. */
#ifndef REPORT_COMPARISON_H
#define REPORT_COMPARISON_H

#include "diff/diff.h"

/* One pair of images; of a platform that only one target has, that side alone and no diff. */
struct compared {
	const struct image *old, *new;    /* NULL for a tree, or where there is none */
	struct slice platform;            /* absent for trees */
	const struct diff *diff;          /* NULL where one side has no such image */
	bool of_new;                      /* without a diff: which side has it */
};

struct comparison {
	struct slice old_target, new_target;
	const struct compared *pairs;     /* at least one */
	size_t count;
	int64_t at;                       /* seconds: the evaluation's clock */
	enum result result;
	unsigned columns;
	bool colour;
};

/* Files that nothing explains, and images that the other side has not. */
size_t comparison_unexplained(const struct comparison *comparison);

struct comparison_writer {
	const char *name;
	void (*write)(const struct comparison *comparison, struct strbuf *into);
};

extern const struct comparison_writer comparison_text, comparison_json;
extern const struct comparison_writer *const comparison_writers[];    /* NULL-terminated */

#endif
