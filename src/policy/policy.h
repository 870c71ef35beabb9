/* SPDX-License-Identifier: Apache-2.0 */
/* A policy: read strictly from YAML, then evaluated against one inventory. */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "advisory/database.h"
#include "facts/facts.h"
#include "policy/approvals.h"
#include "policy/scap.h"
#include "policy/since.h"
#include "policy/verdict.h"
#include "policy/vex.h"

struct policy;

/* A built-in name ("baseline", "standard", "strict" and the profiles of plimsoll-policies(7)), else a file, perhaps with "#sha256=HEX" behind it.  What is wrong in it is PLIM_EPOLICY with place, line and caret. */
int policy_load(const char *name_or_path, struct policy **out, struct plim_error *err);
/* From bytes that stand in the file `path`: messages name it, relative paths begin beside it. */
int policy_load_text(const char *path, struct slice text, struct policy **out, struct plim_error *err);
/* The same of bytes that came from an address: nothing is beside it, so it extends built-in policies only. */
int policy_load_far(const char *address, struct slice text, struct policy **out, struct plim_error *err);
/* From bytes; `name` is for messages, `directory` (a descriptor, AT_FDCWD) where its relative paths begin. */
int policy_parse(struct slice name, struct slice text, int directory, struct policy **out, struct plim_error *err);
void policy_free(struct policy *policy);
AUTO_DEFINE(policy, struct policy, policy_free)

struct slice policy_name(const struct policy *policy);
struct digest policy_digest(const struct policy *policy);
/* One line of what it demands: "5 areas, 23 checks, 1 rule". */
void policy_describe(const struct policy *policy, struct strbuf *into);

/* What is probably not meant, a line each: exceptions in the shadow of another one, or without a near end.  `now` in seconds. */
void policy_notes(const struct policy *policy, int64_t now, struct strbuf *into);
/* The policy with all that it extends as YAML, which is itself a policy of the same meaning; `origins` adds the place of each line. */
void policy_show(const struct policy *policy, bool origins, struct strbuf *into);
/* The statement of each selected check and own rule. */
void policy_show_sql(const struct policy *policy, struct strbuf *into);

/* Whose signature an image needs: a public key, or a certificate of the Notary Project. */
struct origin_signer {
	struct slice text, name;            /* PEM, and the file as the policy names it */
	bool is_certificate;
	int64_t from, until;                /* days, both included; DATE_NONE: no end */
};
size_t policy_signers(const struct policy *policy, const struct origin_signer **out);

/* Whose signature the advisory data need; none of them a certificate of the Notary Project's. */
size_t policy_data_keys(const struct policy *policy, const struct origin_signer **out);

/* Whose VEX attestations count. */
size_t policy_vex_keys(const struct policy *policy, const struct origin_signer **out);
/* The policy names VEX files: their bytes are read with it, what they say by policy_vex_open, which belongs into a confined process. */
bool policy_has_vex(const struct policy *policy);
int policy_vex_open(struct policy *policy, struct plim_error *err);
/* The same of SCAP data streams: their rules are read, and the checks that answer them selected, by policy_scap_open. */
bool policy_has_scap(const struct policy *policy);
int policy_scap_open(struct policy *policy, struct plim_error *err);
/* OpenVEX of its exceptions; those that it cannot say go to `left_out`, a line each with the place and why. */
void policy_vex_write(const struct policy *policy, int64_t at, struct slice author, struct strbuf *into, struct strbuf *left_out);

/* What was found of the signatures that the policy asks for. */
enum signed_state { SIGNED_NOT_ASKED, SIGNED_BY_ONE, SIGNED_BY_NONE, SIGNED_UNKNOWN };
struct signed_by {
	enum signed_state state;
	struct slice text;                  /* who, or why not */
};

struct evaluation {
	const struct policy *policy;
	struct inventory *inventory;        /* its base_layers are set when an approved base matches */
	struct slice target;
	const struct database *database;    /* NULL without advisory data */
	struct signed_by data_signed;       /* whether they are by whom the policy asks for */
	int64_t at;                         /* seconds: the evaluation's clock */
	struct slice explain;               /* glob of ids and packages whose advisories are explained; absent: none */
	struct slice level;                 /* at which the inventory was made, "standard" or "full"; absent: not known */
	struct slice destination;           /* the repository where it will live; absent: not told */
	struct slice tag;                   /* under which it was asked for; absent: not told */
	struct signed_by signed_by;
	struct vex_attested vex;            /* about this image or others */
	const struct since *since;          /* an older verdict; NULL: none */
	const struct scap_scans *scans;     /* what a scanner told of it (scap_scan.h); NULL: nothing */
};

/* Evaluates all areas.  What the image is worth is in the verdict; an error means that there is none. */
int policy_evaluate(const struct evaluation *evaluation, struct verdict **out, struct plim_error *err);

/* Which layers are those of an approved base, if any: the inventory's base_layers, without a verdict. */
int policy_find_base(const struct policy *policy, struct inventory *inventory, struct plim_error *err);

/* Whether the policy speaks of changes between two images that nothing explains, and what one is worth on that day. */
bool policy_gates_diff(const struct policy *policy, int64_t at, enum action *out);

/* Every query of policy and catalogue compiles; globs match; called by lint and by policy_load. */
int policy_lint(struct policy *policy, struct plim_error *err);
/* Which digests of files its entries and rules ask for: they are taken for nobody else. */
enum hashed_files policy_hashing(const struct policy *policy);
/* Files of the final tree whose content its tests look into and that was not kept: `path` of each is empty; in the arena. */
int policy_missed(const struct policy *policy, const struct inventory *inventory, struct arena *arena, const struct missed_file **out, size_t *out_count,
                  struct plim_error *err);
/* The same of tables that are filled on wish. */
bool policy_reads_wished(const struct policy *policy);

#endif
