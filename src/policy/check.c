/* SPDX-License-Identifier: Apache-2.0 */
/* Finding checks in the catalogue. */
#include "policy/check.h"

#include "base/glob.h"

bool
check_is_named(const struct check *check, struct slice glob)
{
	return glob_match(glob, check->id) || glob_match(glob, check->control);
}

const struct check *
catalogue_find(const struct catalogue *catalogue, struct slice id)
{
	for (size_t i = 0; i < catalogue->n; i++)
		if (slice_eq(catalogue->checks[i].id, id))
			return &catalogue->checks[i];
	return NULL;
}
