/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that are elsewhere: "https://...#sha256=HEX", "oci://REF@sha256:HEX". */
#ifndef GATE_POLICY_ADDRESS_H
#define GATE_POLICY_ADDRESS_H

#include "gate/run.h"

/* Whether a policy's name is an address. */
bool policy_is_address(const char *name);

/*
 * Fetches it, in the arena; the digest in its address is that of these bytes, or of the artifact's manifest, whose only layer they are.  PLIM_EUSAGE
 * for an address without one: what it says tomorrow is not what was agreed to.  `key` is the file of a public key that must have signed the artifact,
 * NULL for none; nobody signs what is at an https address.
 */
int policy_address_fetch(struct run *run, const char *address, const char *key, struct arena *arena, struct slice *text, struct plim_error *err);

#endif
