/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for one registry: containers-certs.d(5) and Docker's folder of the same form. */
#ifndef NET_CERTIFICATES_H
#define NET_CERTIFICATES_H

#include "base/arena.h"

#include <plimsoll/error.h>

struct certificates {
	struct slice authorities;          /* PEM of all *.crt, behind the system's; absent where there are none */
	const char *certificate, *key;     /* paths of the first *.cert and its *.key; NULL without */
};

/*
 * `named`: the one directory; NULL for that of HOST[:PORT] in the user's, the system's and Docker's certs.d, the first that there is.
 * `system`: the file of the system's authorities, may be NULL.  Everything is in the arena.
 */
int certificates_find(const char *named, struct slice host, const char *system, struct arena *arena, struct certificates *out,
                      struct plim_error *err);

#endif
