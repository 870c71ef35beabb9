/* SPDX-License-Identifier: Apache-2.0 */
/* Names of repositories, read strictly: a policy's globs are held against them. */
#include "image/repository.h"

#include "base/error.h"
#include "net/reference.h"

int
repository_parse(struct slice text, struct slice *out, struct plim_error *err)
{
	struct reference reference;
	int r = reference_parse(text, &reference, err);
	if (r < 0)
		return r;
	if (reference.host.p == NULL)
		return error_set(err, PLIM_EUSAGE, "'%.*s' does not begin with a registry: write registry.example.com/team/web", SLICE_ARG(slice_first(text, 300)));
	*out = (struct slice){ reference.host.p, (size_t)(reference.path.p + reference.path.n - reference.host.p) };
	return 0;
}
