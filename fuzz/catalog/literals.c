/* SPDX-License-Identifier: Apache-2.0 */
/* Literals, a line each ("~" before one in either case), an empty line, a text: against looking everywhere, in all widths. */
#include "../fuzz.h"

#include "base/vec.h"
#include "codec/literals.h"

#define MOST 24

struct hits {
	VEC(uint64_t) at;
};

static int
keep(void *context, size_t literal, size_t offset)
{
	struct hits *hits = context;
	uint64_t *hit = vec_push(&hits->at);
	fuzz_demand(hit != NULL);
	*hit = (uint64_t)offset << 8 | literal;
	return 0;
}

static int
hit_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void
look_everywhere(const struct literal *all, size_t n, struct slice text, struct hits *out)
{
	for (size_t at = 0; at < text.n; at++)
		for (size_t i = 0; i < n; i++) {
			struct slice there = slice_first(slice_from(text, at), all[i].text.n);
			if (all[i].nocase ? slice_eq_nocase(there, all[i].text) : slice_eq(there, all[i].text))
				keep(out, i, at);
		}
}

static void
compare(const struct literals *literals, enum literals_width width, struct slice text, const struct hits *wanted)
{
	struct hits got = { 0 };
	fuzz_demand(literals_scan_width(literals, width, text, keep, &got) == 0);
	if (got.at.n)
		qsort(got.at.at, got.at.n, sizeof *got.at.at, hit_cmp);
	fuzz_demand(got.at.n == wanted->at.n);
	fuzz_demand(got.at.n == 0 || memcmp(got.at.at, wanted->at.at, got.at.n * sizeof *got.at.at) == 0);
	vec_done(&got.at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct literal all[MOST];
	struct slice rest = { (const char *)data, size }, line;
	struct hits wanted = { 0 };
	AUTO(literals) struct literals *literals = NULL;
	size_t n = 0;
	if (size > 4096)
		return 0;
	while (n < MOST && slice_next(&rest, '\n', &line) && line.n) {
		bool nocase = slice_skip(&line, SLICE("~"));
		if (line.n >= LITERAL_LEAST && line.n <= LITERAL_MOST)
			all[n++] = (struct literal){ line, nocase };
	}
	fuzz_demand(literals_new(all, n, &literals, NULL) == 0);
	/* Where the sanitizer sees one byte too many. */
	char *copy = malloc(rest.n ? rest.n : 1);
	fuzz_demand(copy != NULL);
	if (rest.n)
		memcpy(copy, rest.p, rest.n);
	struct slice text = { copy, rest.n };
	look_everywhere(all, n, text, &wanted);
	for (int width = LITERALS_1; width <= LITERALS_32; width++)
		compare(literals, (enum literals_width)width, text, &wanted);
	vec_done(&wanted.at);
	free(copy);
	return 0;
}
