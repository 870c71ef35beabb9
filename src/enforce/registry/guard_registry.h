/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A registry in front of others: manifests of images that are authorised, and everything that they lead to, for whatever runtime pulls.  No image
 * can be put together without its manifest, so blobs are passed on unasked.  Nothing is written, and nothing kept.
 */
#ifndef ENFORCE_REGISTRY_GUARD_REGISTRY_H
#define ENFORCE_REGISTRY_GUARD_REGISTRY_H

#include "enforce/server/serving.h"

struct guard_registry_options {
	const char *const *hosts;                  /* of the registries behind it; NULL-terminated; the first is the usual one */
	const struct fetcher_options *network;
	unsigned fetchers;                         /* processes that fetch; 0: four */
};

/* Until somebody ends it. */
int guard_registry_run(const struct serving_options *serving, const struct guard_registry_options *options, FILE *told, struct plim_error *err);

#endif
