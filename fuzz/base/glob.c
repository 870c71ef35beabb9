/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern, a newline, a text, against the plainest matcher there is. */
#include "../fuzz.h"

#include "base/glob.h"

struct trial {
	struct slice pattern, text;
	size_t steps;    /* exponential: it gives up */
};

static bool
matches_from(struct trial *trial, size_t p, size_t t)
{
	struct slice pattern = slice_from(trial->pattern, p), text = slice_from(trial->text, t);
	bool any = slice_starts(pattern, SLICE("**")), run = !any && slice_starts(pattern, SLICE("*"));
	if (trial->steps == 0 || --trial->steps == 0 || pattern.n == 0)
		return text.n == 0;
	if (!any && !run)
		return text.n && (pattern.p[0] == '?' ? text.p[0] != '/' : pattern.p[0] == text.p[0]) && matches_from(trial, p + 1, t + 1);
	p += any ? 2 : 1;
	/* "**" and a slash are no directory at all, where one would begin. */
	if (any && slice_starts(slice_from(trial->pattern, p), SLICE("/")) && (t == 0 || trial->text.p[t - 1] == '/') && matches_from(trial, p + 1, t))
		return true;
	for (;; t++) {
		if (matches_from(trial, p, t))
			return true;
		if (t == trial->text.n || (run && trial->text.p[t] == '/'))
			return false;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice pattern, text;
	if (size > 256)
		return 0;
	slice_cut((struct slice){ (const char *)data, size }, '\n', &pattern, &text);
	struct trial trial = { pattern, text, 20000 };
	bool matches = glob_match(pattern, text), plain = matches_from(&trial, 0, 0);
	fuzz_demand(trial.steps == 0 || matches == plain);
	fuzz_demand(glob_is_pattern(pattern) || matches == slice_eq(pattern, text));
	return 0;
}
