/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd for Kubernetes: bundles are STATE/io.containerd.runtime.v2.task/k8s.io/ID, in which nobody but containerd writes, and its annotations tell
 * the name of the image.  Only a name with a digest says which image that is.
 */
#include "enforce/start/identity.h"

#include "base/error.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define TASKS "io.containerd.runtime.v2.task/k8s.io"

static bool
is_in(const char *state, const struct oci_bundle *bundle)
{
	char path[PATH_MAX], real[PATH_MAX], wanted[PATH_MAX + 1032];
	if (snprintf(path, sizeof path, "%s/" TASKS, state) >= (int)sizeof path || realpath(path, real) == NULL)
		return false;
	snprintf(wanted, sizeof wanted, "%s/%.*s", real, SLICE_ARG(bundle->id));
	return slice_is(bundle->directory, wanted);
}

static int
identify(const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err)
{
	struct slice name = oci_bundle_annotation(bundle, "io.kubernetes.cri.image-name");
	struct reference reference;
	if (name.n == 0)
		name = oci_bundle_annotation(bundle, "io.kubernetes.cri.podsandbox.image-name");
	if (name.n == 0)
		return error_set(err, PLIM_EUSAGE, "the bundle does not tell its image");
	int r = reference_parse(name, &reference, err);
	if (r < 0 || (r = identity_name(out, name, arena, err)) < 0)
		return r;
	if (reference.digest.algorithm == DIGEST_NONE)
		return error_set(err, PLIM_EUSAGE, "the bundle names its image %.*s, which does not tell what will run: let pods name it by digest", SLICE_ARG(slice_first_text(name, 300)));
	out->namespace = oci_bundle_annotation(bundle, "io.kubernetes.cri.sandbox-namespace");
	return identity_place(out, &reference, &reference.digest, arena, err);
}

static int
find(const char *const *states, const struct oci_bundle *bundle, struct arena *arena, struct identity *out, struct plim_error *err)
{
	for (; *states; states++) {
		if (!is_in(*states, bundle))
			continue;
		int r = identify(bundle, arena, out, err);
		return r < 0 ? r : 1;
	}
	return 0;
}

const struct identity_finder identity_containerd = { "containerd", find };
