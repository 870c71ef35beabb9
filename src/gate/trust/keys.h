/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and policies as options name them, read for whoever holds signatures against them. */
#ifndef GATE_TRUST_KEYS_H
#define GATE_TRUST_KEYS_H

#include "gate/job/trust.h"
#include "gate/run.h"

/* Public keys' files, each with the companion beside it, if there is one.  Texts are in the arena; a file that holds a private key is refused. */
int trust_keys_load(const char *const *paths, struct arena *arena, struct trust_key_order **out, size_t *n, struct plim_error *err);
int trust_certificates_load(const char *const *paths, struct arena *arena, struct trust_certificate_order **out, size_t *n, struct plim_error *err);
/* Digests of policies: files, built-in names, addresses, or digests as they are. */
int trust_policies_load(struct run *run, const char *const *names, struct arena *arena, struct digest **out, size_t *n, struct plim_error *err);
/* A whole file, in the arena. */
int trust_file_load(const char *path, struct arena *arena, struct slice *out, struct plim_error *err);

#endif
