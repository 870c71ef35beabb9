/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every command that reads what comes from outside; READING_OPTIONS where that is an image. */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "cli/command.h"

#include <plimsoll/run.h>

enum { OPT_JOBS = 512, OPT_NO_CACHE, OPT_REQUIRE_SANDBOX, OPT_LIMIT, OPT_QUIET, OPT_PLATFORM, OPT_AUTHFILE, OPT_CERT_DIR,
       OPT_PLAIN_HTTP, OPT_REGISTRIES_CONF, OPT_ANONYMOUS, OPT_DOCKER_HOST, OPT_LEVEL };

#define CONFINING_OPTIONS \
	{ { "require-sandbox", no_argument, NULL, OPT_REQUIRE_SANDBOX }, NULL, "fail where the kernel cannot confine what reads it" }, \
	{ { "limit", required_argument, NULL, OPT_LIMIT }, "NAME=N", "another limit (see plimsoll-limits(7)); may be repeated" }, \
	{ { "quiet", no_argument, NULL, OPT_QUIET }, NULL, "show no progress on a terminal" }

#define NETWORK_OPTIONS \
	{ { "authfile", required_argument, NULL, OPT_AUTHFILE }, "FILE", "credentials for registries, as podman and Docker keep them" }, \
	{ { "anonymous", no_argument, NULL, OPT_ANONYMOUS }, NULL, "ask registries without credentials" }, \
	{ { "cert-dir", required_argument, NULL, OPT_CERT_DIR }, "DIR", "ca.crt, client.cert and client.key for registries" }, \
	{ { "plain-http", required_argument, NULL, OPT_PLAIN_HTTP }, "HOST[:PORT]", "a registry that may be asked without TLS; may be repeated" }, \
	{ { "registries-conf", required_argument, NULL, OPT_REGISTRIES_CONF }, "FILE", "mirrors and short names, in place of the usual registries.conf" }

#define READING_OPTIONS \
	NETWORK_OPTIONS, \
	{ { "docker-host", required_argument, NULL, OPT_DOCKER_HOST }, "SOCKET", "of the engine that docker-daemon: is asked of" }, \
	{ { "level", required_argument, NULL, OPT_LEVEL }, "standard|full", "how much is looked at: full hashes and searches every byte" }, \
	{ { "jobs", required_argument, NULL, OPT_JOBS }, "N", "layers read at once; one per core" }, \
	{ { "no-cache", no_argument, NULL, OPT_NO_CACHE }, NULL, "read every layer, and keep nothing of it" }, \
	CONFINING_OPTIONS

#define PLATFORM_OPTION \
	{ { "platform", required_argument, NULL, OPT_PLATFORM }, "OS/ARCH", "this platform of an index only; may be repeated" }

#define PLATFORM_MOST 64

/* Valid when zeroed. */
struct platforms {
	const char *at[PLATFORM_MOST + 1];
	size_t n;
};

/* Takes one out of `optarg`; 0, or the exit status after a complaint. */
int platforms_option(const struct command *self, struct platforms *platforms);
/* NULL-terminated; NULL where none was chosen. */
const char *const *platforms_chosen(const struct platforms *platforms);

/* Takes one of NETWORK_OPTIONS out of `optarg`; 0, or the exit status after a complaint, also for an option that is none of them. */
int network_option(const struct command *self, int chosen, struct plim_run_options *run);

/* Takes one of READING_OPTIONS out of `optarg`; 0, or the exit status after a complaint, also for an option that is none of them. */
int reading_option(const struct command *self, int chosen, struct plim_run_options *run);

#endif
