/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the doors that listen; each is door_<name>.c, in plimsoll-guard. */
#ifndef CLI_DOOR_H
#define CLI_DOOR_H

#include "cli/guarding.h"
#include "enforce/server/serving.h"

enum { OPT_LISTEN = 1536, OPT_STATUS, OPT_DECIDERS, OPT_CERTIFICATE, OPT_KEY, OPT_CLIENT_CA, OPT_OWN = 1792 };

#define DOOR_OPTIONS \
	{ { "listen", required_argument, NULL, OPT_LISTEN }, "ADDRESS", "a path, or HOST:PORT; a socket that systemd holds goes before it" }, \
	{ { "status", required_argument, NULL, OPT_STATUS }, "ADDRESS", "where /healthz, /readyz and /metrics are" }, \
	{ { "deciders", required_argument, NULL, OPT_DECIDERS }, "N", "processes that ask registries; 4" }, \
	{ { "limit", required_argument, NULL, OPT_LIMIT }, "NAME=N", "another limit (see plimsoll-limits(7)); may be repeated" }, \
	GUARDING_OPTIONS

#define DOOR_TLS_OPTIONS \
	{ { "certificate", required_argument, NULL, OPT_CERTIFICATE }, "FILE", "of the server, with its chain (PEM); read anew when it changes" }, \
	{ { "key", required_argument, NULL, OPT_KEY }, "FILE", "of that certificate" }, \
	{ { "client-ca", required_argument, NULL, OPT_CLIENT_CA }, "FILE", "clients need a certificate of one of these authorities" }

struct door_arguments {
	struct guarding guarding;
	struct serving_options serving;    /* filled by door_done */
};

#define DOOR_NONE ((struct door_arguments){ .guarding = GUARDING_NONE })

/* Takes one of them out of `optarg`; 0, or the exit status after a complaint, also for an option that is none of them.  Those of a door's own begin with OPT_OWN. */
int door_option(const struct command *self, int chosen, struct door_arguments *args);
/* Once all were taken; `usual` is where it listens if nobody says it, NULL: somebody must.  0, or the exit status after a complaint. */
int door_done(const struct command *self, int argc, const char *usual, struct door_arguments *args);

#define DOOR(name) extern const struct command door_##name;
#include "cli/doors.def"
#undef DOOR

#endif
