/* SPDX-License-Identifier: Apache-2.0 */
/* Where repositories really are: containers-registries.conf(5), version 2, with its drop-ins and aliases. */
#ifndef NET_REGISTRIES_H
#define NET_REGISTRIES_H

#include "base/arena.h"
#include "net/reference.h"

#include <plimsoll/error.h>

struct registries;

/* A place that has what a repository is said to have. */
struct endpoint {
	struct slice host, path;
	bool insecure;             /* without TLS, or with a certificate that nobody vouches for */
	bool mirror;
};

/* `named`: the file that is all of it; NULL for $CONTAINERS_REGISTRIES_CONF, else the user's or the system's, and their drop-ins. */
int registries_load(const char *named, struct arena *arena, struct registries **out, struct plim_error *err);
/* Adds one file; `name` for messages.  What is said later holds. */
int registries_add(struct registries *registries, struct slice text, const char *name, struct plim_error *err);
struct registries *registries_new(struct arena *arena);

/*
 * The repositories ("HOST/PATH") that a reference may mean, in the order in which they are tried: one, unless it has no host.
 */
int registries_names(const struct registries *registries, const struct reference *reference, struct arena *arena, struct slice **out, size_t *out_count,
                     struct plim_error *err);

/* Where `repository` is looked for: mirrors, then itself.  PLIM_EUSAGE where it is blocked. */
int registries_endpoints(const struct registries *registries, struct slice repository, bool by_digest, struct arena *arena, struct endpoint **out,
                         size_t *out_count, struct plim_error *err);
/* Writing goes to the repository itself: whether that is called insecure; PLIM_EUSAGE where it is blocked. */
int registries_insecure(const struct registries *registries, struct slice repository, bool *out, struct plim_error *err);

#endif
