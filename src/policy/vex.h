/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VEX as a policy has it.  The policy's own files are read with it as bytes;
 * what they say is foreign, and is read once the process is confined.
 */
#ifndef POLICY_VEX_H
#define POLICY_VEX_H

#include "base/digest.h"
#include "vex/statement.h"

struct yaml_node;

/* A file that the policy names, or one below a directory that it names. */
struct vex_file {
	struct slice name;             /* as messages show it */
	struct slice location;         /* below its directory; absent: named by itself */
	size_t directory;              /* which of those that the policy names */
	char *text;                    /* owned */
	size_t size;
};

/* A document that waives, and why it may. */
struct vex_source {
	struct slice name;             /* the file, or where the attestation was found */
	struct slice key;              /* who signed it; absent: the policy names it */
	struct digest subject;         /* what that was signed about; DIGEST_NONE: nothing particular */
	bool of_hub;                   /* one of an indexed directory: most of it is about other images */
	struct vex_document document;
};

/* What hangs on images and was signed by whom the policy trusts; owned by who evaluates. */
struct vex_attested {
	const struct vex_source *at;
	size_t n;
	struct slice trouble;          /* why there may be more; absent: there is not */
};

#endif
