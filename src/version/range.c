/* SPDX-License-Identifier: Apache-2.0 */
#include "version/range.h"

/* Which answers of a comparison make it hold: below, equal, above. */
static const struct relation {
	const char *sign;
	bool holds[3];
} relations[] = {
	[VERSION_LESS_EQUAL] = { "<=", { true, true, false } },      [VERSION_LESS] = { "<", { true, false, false } },
	[VERSION_GREATER_EQUAL] = { ">=", { false, true, true } },   [VERSION_GREATER] = { ">", { false, false, true } },
	[VERSION_NOT_EQUAL] = { "!=", { true, false, true } },       [VERSION_EQUAL] = { "=", { false, true, false } },
};

static bool
take_relation(struct slice *text, enum version_relation *out)
{
	static const enum version_relation longest_first[] = {
		VERSION_LESS_EQUAL, VERSION_GREATER_EQUAL, VERSION_NOT_EQUAL, VERSION_LESS, VERSION_GREATER, VERSION_EQUAL,
	};
	for (size_t i = 0; i < sizeof longest_first / sizeof *longest_first; i++) {
		*out = longest_first[i];
		if (slice_skip(text, slice_of(relations[*out].sign)))
			return true;
	}
	return false;
}

bool
version_bound_next(struct slice *rest, struct version_bound *out)
{
	struct slice bound, tail;
	bool more = slice_cut(*rest, ',', &bound, &tail);
	bound = slice_trim(bound);
	if (!take_relation(&bound, &out->relation))
		return false;
	out->version = slice_trim(bound);
	/* A comma with nothing behind it stays, for nobody to take for an end. */
	if (out->version.n == 0 || (more && slice_trim(tail).n == 0))
		return false;
	*rest = more ? tail : slice_from(*rest, rest->n);
	return true;
}

bool
version_relation_holds(enum version_relation relation, int order)
{
	return relations[relation].holds[(order > 0) - (order < 0) + 1];
}
