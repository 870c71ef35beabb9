/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to a registry (OCI distribution-spec 1.1, "Endpoints"), as far as whoever pulls sends them. */
#ifndef ENFORCE_REGISTRY_ROUTE_H
#define ENFORCE_REGISTRY_ROUTE_H

#include "base/arena.h"
#include "base/digest.h"

#include <plimsoll/error.h>

enum route_kind { ROUTE_ROOT, ROUTE_MANIFEST, ROUTE_BLOB, ROUTE_REFERRERS };

struct registry_route {
	enum route_kind kind;
	struct slice repository;       /* "HOST/PATH"; the host is one of the door's */
	struct slice tag;              /* of a manifest; absent: by digest */
	struct digest digest;
};

/*
 * `path` and `query` as they came, nothing decoded: names need no percent signs, and whoever writes some means something else.  `hosts` are those
 * behind the door, NULL-terminated, the first where the query names none ("ns=HOST", as containerd sends it).  PLIM_EUSAGE says what is wrong,
 * PLIM_ENOTFOUND that there is no such endpoint.
 */
int registry_route_parse(struct slice path, struct slice query, const char *const *hosts, struct arena *arena, struct registry_route *out, struct plim_error *err);

#endif
