/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that approve images, attest what was found, or sign deny lists. */
#ifndef PLIMSOLL_KEY_H
#define PLIMSOLL_KEY_H

#include <plimsoll/error.h>

#include <stddef.h>
#include <stdio.h>

/* Zero it, set `size`, then what you need; strings are borrowed for the call. */
struct plim_key_options {
	size_t size;                        /* sizeof this struct */
	const char *type;                   /* "p256" or "ed25519"; NULL: p256 */
	const char *format;                 /* "pkcs8" or "cosign"; NULL: pkcs8 */
	const char *out;                    /* the files' names without their endings; NULL: "plimsoll" */
	int no_passphrase;                  /* the key lies there as it is */
	const char *passphrase_file;        /* its first line; NULL: $PLIMSOLL_KEY_PASSPHRASE, else the terminal is asked */
	const char *role;                   /* "approve", "evidence", "deny" or "data"; NULL: approve */
	const char *const *policies;        /* digests, NULL-terminated; NULL: any */
	const char *const *repositories;    /* globs, NULL-terminated; NULL: all */
	const char *from, *until;           /* YYYY-MM-DD, both included; NULL: no end */
	const char *certificate;            /* subject of a certificate for the Notary Project, "C=DE,ST=Hessen,O=Example"; NULL: none */
};

/*
 * Makes OUT.key, OUT.pub, OUT.may.yaml and, where it is asked for, OUT.crt; none that exists is written over, and where one cannot be made none
 * is left.  Writes the names and the key's id.
 */
PLIM_API int plim_key_generate(const struct plim_key_options *options, FILE *into, struct plim_error *err);

struct plim_key_show_options {
	size_t size;                    /* sizeof this struct */
	const char *may;                /* the companion; NULL: the file beside the key */
	const char *passphrase_file;    /* as above; asked for only where a private key is locked */
};

/* Writes what kind of key it is, its id, and what it may sign; `key` is a file, public or private, or a "pkcs11:" URI. */
PLIM_API int plim_key_show(const struct plim_key_show_options *options, const char *key, FILE *into, struct plim_error *err);

#endif
