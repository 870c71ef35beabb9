/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Approvals of exceptions.  A policy names who approves (`approvals:
 * {exceptions: {signed_by: [...], required: N}}`); beside each file with
 * exceptions, and beside the policy itself, "FILE.approvals" has signatures
 * over its bytes.  Signatures are foreign to this folder: whoever evaluates
 * holds them against the keys first, and until then there is none.
 */
#ifndef POLICY_APPROVALS_H
#define POLICY_APPROVALS_H

#include "base/digest.h"
#include "base/slice.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

/* That one of the keys approved the file as it is. */
struct given_approval {
	size_t key;                /* of the policy's approvers */
	size_t same;               /* the first of them that is the same key: two names of one person are one */
	int64_t day;               /* of signing */
};

struct given_approvals {
	const struct given_approval *at;
	size_t n;
	size_t of_another_text;    /* by one of the keys, of what the file was before or of another file */
	struct slice trouble;      /* why there may be more; absent: there are not */
};

struct policy;
struct origin_signer;

/* Whose approvals count; 0: nobody need approve. */
size_t policy_approvers(const struct policy *policy, const struct origin_signer **out);

struct approvable {
	struct slice name;         /* as messages show it */
	struct digest digest;      /* SHA-256 of its bytes */
	struct slice approvals;    /* the bytes of the file beside it; absent: there is none */
};
/* The file at an index, of all that the policy is made of; false behind the last. */
bool policy_approvable(const struct policy *policy, size_t at, struct approvable *out);
/* What somebody found of its approvals; copied. */
int policy_approve(struct policy *policy, size_t at, const struct given_approvals *given, struct plim_error *err);

/* A line for each file whose exceptions do not count on that day, `now` in seconds: policy_notes without what is not known there. */
void policy_approval_notes(const struct policy *policy, int64_t now, struct strbuf *into);

struct policy_source;
/* Whether enough approved it by that day, in their time; else `lacking` says what there is. */
bool approvals_suffice(const struct policy *policy, const struct policy_source *source, int64_t today, struct strbuf *lacking);
/* Whether an exception's file is approved so, where the policy asks for it. */
struct exception;
bool exception_counts(const struct policy *policy, const struct exception *exception, int64_t today);
/* Reads "FILE.approvals" beside a file of the policy, into its arena; absent where there is none. */
int approvals_load(struct policy *policy, int directory, struct slice file, struct slice *out, struct plim_error *err);

#endif
