/* SPDX-License-Identifier: Apache-2.0 */
/* The root's path, a newline, a list of mounts: each that is told is found, and none is below another that came later. */
#include "../fuzz.h"

#include "layer/mounted.h"

#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mounts) struct mounts mounts = { 0 };
	struct slice root, rest = { (const char *)data, size };
	struct plim_error err;
	if (!slice_next(&rest, '\n', &root) || mounts_parse(rest, root, &mounts, &err) < 0)
		return 0;
	if (mounts.text.n > rest.n)
		abort();
	vec_each(&mounts.all, mount)
		if (mounts_find(&mounts, mount->path) == NULL || mount->type.n == 0 || mount->why == NULL)
			abort();
	return 0;
}
