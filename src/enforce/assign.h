/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assign files (plimsoll-assign(5)): which repositories and namespaces demand whose approval, by which policy, how young.  People write YAML
 * that names files; `plimsoll assign sign` puts everything inside that it names, and signs it as JSON.  One reader reads both: JSON is YAML.
 */
#ifndef ENFORCE_ASSIGN_H
#define ENFORCE_ASSIGN_H

#include "base/strbuf.h"
#include "gate/job/trust.h"
#include "gate/run.h"
#include "policy/fields.h"

struct assign_keys {
	struct trust_key_order *at;
	size_t n;
};

struct assign_policy {
	struct slice name;             /* as the file called it; absent: by its digest */
	struct digest digest;
};

struct assign_policies {
	struct assign_policy *at;
	size_t n;
};

struct assign_rule {
	struct slice name;
	struct slice_list repositories;    /* globs, any `*` behind the host takes slashes; at least one */
	struct slice_list namespaces;      /* globs; none: any, and doors that know none */
	/* Either signed by one of these ... */
	struct assign_keys keys, certificates;    /* of certificates `pem` and `name` only */
	struct assign_policies policies;   /* one of them; none: any */
	uint64_t age_most, data_age_most;  /* seconds; 0: not asked */
	bool any_tag;                      /* an approval for another tag counts */
	bool judged;                       /* what nobody signed is judged by the door, by one of `policies`, where it has one */
	/* ... or nobody needs to: whatever is in these repositories. */
	bool unsigned_too;
	struct slice owner, reason;        /* who answers for that */
	int64_t until;                     /* the last day of it; DATE_NONE: not unsigned */
	uint64_t remember, stale;          /* seconds: how long an answer lasts, and how much longer where its registry cannot be asked */
	struct digest digest;              /* of what it demands: answers given by another rule are not remembered for this one */
};

/* The glass that may be broken: images that run whatever the rules say, for a while, loudly. */
struct assign_glass {
	struct slice name, owner, reason;
	struct digest *digests;
	size_t digest_count;
	struct slice_list repositories, namespaces;
	int64_t until;
};

struct assign {
	int64_t time;                      /* of signing, seconds; it is the serial number too */
	struct assign_rule *rules;
	size_t rule_count;
	struct assign_glass *glasses;
	size_t glass_count;
	struct slice denied;               /* the deny list's path, from the directory of the assign file; absent: none */
	struct assign_keys deny_keys;
	uint64_t deny_age_most;
	uint64_t deny_serial_least;
};

struct assign_reading {
	const char *directory;             /* of files that are named; NULL: none may be, all is inside */
	struct run *run;                   /* for policies that have an address; NULL likewise */
};

/* Everything lies in the arena.  PLIM_EPOLICY with place, line and caret. */
int assign_read(struct slice name, struct slice text, const struct assign_reading *how, struct arena *arena, struct assign **out, struct plim_error *err);

/* Canonical JSON with everything inside, which assign_read reads. */
int assign_write(const struct assign *assign, struct strbuf *into, struct plim_error *err);

/* The first rule that speaks of this repository in this namespace (absent: none is known); NULL: nobody may run it. */
const struct assign_rule *assign_find(const struct assign *assign, struct slice repository, struct slice namespace);

/* A glass that holds on `day` for the digest or the repository (absent, DIGEST_NONE: not known); NULL: none. */
const struct assign_glass *assign_glass_find(const struct assign *assign, const struct digest *digest, struct slice repository, struct slice namespace, int64_t day);

#endif
