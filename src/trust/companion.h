/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a key may sign.  Beside "approve.key" lies "approve.may.yaml":
 *
 *     plimsoll_key: v1
 *     key: sha256:...                    # the id of the key that it speaks of
 *     role: approve                      # or evidence, deny, data, exceptions, assign
 *     policies: [sha256:...]             # or any; approve only
 *     repositories: ["registry.example.com*"]    # globs; any `*` takes slashes, as in a policy; approve and evidence
 *     from: 2026-01-01                   # first day, may be left out
 *     until: 2026-12-31                  # last day, may be left out
 *
 * The signer holds each order against it; whoever verifies may hold a public
 * key's against what was signed.  Unknown keys are errors.
 */
#ifndef TRUST_COMPANION_H
#define TRUST_COMPANION_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

/* Roles exclude each other: enforcers that ask only who signed would take evidence, or a refusal, for an approval. */
enum key_role {
	KEY_ROLE_NONE,    /* not told */
	KEY_APPROVES,     /* images */
	KEY_EVIDENCES,    /* what was found: SBOM, vulnerabilities */
	KEY_DENIES,       /* deny lists */
	KEY_DATA,         /* databases of advisories */
	KEY_EXCEPTS,      /* files of exceptions */
	KEY_ASSIGNS,      /* which keys and policies count where: assign files of guards */
	KEY_ROLE_COUNT,
};
const char *key_role_name(enum key_role role);    /* "none", "approve", "evidence", "deny", "data", "exceptions", "assign" */
bool key_role_parse(struct slice name, enum key_role *out);    /* never KEY_ROLE_NONE */

struct companion {
	struct digest key;               /* DIGEST_NONE: not told */
	enum key_role role;
	bool any_policy;
	const struct digest *policies;
	size_t policy_count;
	const struct slice *repositories;    /* globs as they were written */
	size_t repository_count;
	int64_t from, until;             /* days, both included; DATE_NONE: no end */
};

/* `*out` lives in the arena.  Errors are PLIM_EPOLICY with place, line and caret. */
int companion_parse(struct slice name, struct slice text, struct arena *arena, struct companion **out, struct plim_error *err);
void companion_write(const struct companion *companion, struct strbuf *into);

/* The companion's path for a key file: "a/approve.key", ".pub" and ".crt" have "a/approve.may.yaml", "k" has "k.may.yaml". */
void companion_path(struct slice key_path, struct strbuf *into);

/* A glob of repositories in which any `*` takes slashes too. */
bool repository_matches(struct slice glob, struct slice repository);

/* PLIM_EUSAGE says what it does not allow: another role, a day outside, another repository, another policy. */
int companion_allows_role(const struct companion *companion, enum key_role role, struct plim_error *err);
int companion_allows_day(const struct companion *companion, int64_t day, struct plim_error *err);
int companion_allows_repository(const struct companion *companion, struct slice repository, struct plim_error *err);
int companion_allows_policy(const struct companion *companion, const struct digest *policy, struct plim_error *err);

#endif
