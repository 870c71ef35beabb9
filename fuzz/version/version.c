/* SPDX-License-Identifier: Apache-2.0 */
/* Three versions cut out of the input: every ordering must be antisymmetric and transitive over any bytes, every range be read or refused. */
#include "version/scheme.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
sign(int order)
{
	return (order > 0) - (order < 0);
}

static void
check_pair(const struct version_scheme *scheme, struct slice a, struct slice b)
{
	scheme->check(a, NULL);
	if (scheme->compare(a, a) != 0 || sign(scheme->compare(a, b)) != -sign(scheme->compare(b, a)))
		abort();
}

static void
check_triple(const struct version_scheme *scheme, struct slice a, struct slice b, struct slice c)
{
	int ab = sign(scheme->compare(a, b)), bc = sign(scheme->compare(b, c)), ac = sign(scheme->compare(a, c));
	if (ab <= 0 && bc <= 0 && ac != (ab < 0 || bc < 0 ? -1 : 0))
		abort();
}

/* Whether a range is refused does not depend on the version that is asked about. */
static void
check_range(const struct version_scheme *scheme, struct slice range, struct slice a, struct slice b)
{
	bool inside;
	if (scheme->check(a, NULL) < 0 || scheme->check(b, NULL) < 0)
		return;
	if ((version_satisfies(scheme, range, a, &inside, NULL) < 0) != (version_satisfies(scheme, range, b, &inside, NULL) < 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Quadratic orderings are not what is looked for. */
	if (size > 4096)
		return 0;
	struct slice rest = { (const char *)data, size }, a, b, c;
	slice_cut(rest, '\n', &a, &rest);
	slice_cut(rest, '\n', &b, &c);
	for (const struct version_scheme *const *scheme = version_schemes; *scheme; scheme++) {
		check_pair(*scheme, a, b);
		check_pair(*scheme, b, c);
		check_triple(*scheme, a, b, c);
		check_triple(*scheme, b, a, c);
		check_triple(*scheme, a, c, b);
		check_range(*scheme, a, b, c);
		check_range(*scheme, c, a, b);
	}
	return 0;
}
