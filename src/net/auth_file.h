/* SPDX-License-Identifier: Apache-2.0 */
/* Files of credentials: containers-auth.json(5) and Docker's config.json. */
#ifndef NET_AUTH_FILE_H
#define NET_AUTH_FILE_H

#include "base/arena.h"

#include <plimsoll/error.h>

struct credentials {
	struct slice user, password;
	struct slice identity_token;    /* in their place: an OAuth2 refresh token */
	struct slice helper;            /* in the place of all: docker-credential-HELPER knows */
	bool found;                     /* none of this: speak without */
};

/*
 * What a file says of a repository (`host`, `path`): its own key, those of what it is in, the host's; a helper named for the host goes
 * before, one for all behind.  `docker`: keys are hosts, whatever stands behind them.  Texts are in the arena.  PLIM_EFORMAT names the key.
 */
int auth_file_find(struct slice text, bool docker, struct slice host, struct slice path, struct arena *arena, struct credentials *out,
                   struct plim_error *err);

/* What docker-credential-NAME answered to `get`. */
int auth_helper_read(struct slice text, struct arena *arena, struct credentials *out, struct plim_error *err);
/* A program of that name may be asked: no slash, nothing but letters, digits, '-', '_' and '.'. */
bool auth_helper_is_name(struct slice name);

/* The files of this user and machine, in the order in which they are asked: $REGISTRY_AUTH_FILE alone, else podman's places and Docker's. */
struct auth_place {
	char *path;        /* in the arena */
	bool docker;
	bool must;         /* be there: somebody named it */
};
struct auth_places {
	struct auth_place at[4];
	size_t n;
};
int auth_places_find(const char *named, struct arena *arena, struct auth_places *out, struct plim_error *err);

#endif
