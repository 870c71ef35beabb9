/* SPDX-License-Identifier: Apache-2.0 */
/* Who we are to a registry: files of credentials, read once each, and the programs that they name. */
#ifndef NET_CREDENTIALS_H
#define NET_CREDENTIALS_H

#include "net/auth_file.h"

struct wallet {
	struct auth_places places;
	struct slice texts[4];         /* of those that are there */
	bool read;
	bool anonymous;
	const char *named;             /* --authfile; may be NULL */
	struct arena *arena;
};

/* What there is for a repository of a registry.  A file that cannot be read, or a helper that fails, is an error: nobody guesses on. */
int wallet_find(struct wallet *wallet, struct slice host, struct slice path, struct credentials *out, struct plim_error *err);

#endif
